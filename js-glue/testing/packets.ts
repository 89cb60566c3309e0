// Packets of Socket.IO 5 as text, as far as a server of tests needs them.
// Source: the Socket.IO protocol, revision 5, "Packet encoding".

export const CONNECT = 0
export const DISCONNECT = 1
export const EVENT = 2
export const ACK = 3
export const CONNECT_ERROR = 4
export const BINARY_EVENT = 5

export interface Packet {
  type: number
  namespace: string
  id?: number | undefined
  data?: unknown
  /** How many binary frames follow. */
  attachments: number
}

/** A packet's frame, that of the engine's `message`. */
export function encodePacket({ type, namespace, id, data }: Omit<Packet, "attachments">): string {
  const nsp = namespace === "/" ? "" : `${namespace},`
  return `4${type}${nsp}${id ?? ""}${data === undefined ? "" : JSON.stringify(data)}`
}

/** The packet of a frame without the engine's `4`; undefined for what is none. */
export function decodePacket(text: string): Packet | undefined {
  const found = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),)?(\d+)?(.*)$/s.exec(text)
  if (!found) return undefined
  const [, type, attachments = "0", namespace = "/", id, json = ""] = found
  try {
    const data: unknown = json === "" ? undefined : JSON.parse(json)
    return {
      type: Number(type),
      namespace,
      id: id === undefined ? undefined : Number(id),
      data,
      attachments: Number(attachments),
    }
  } catch {
    return undefined
  }
}

/** `data` with its attachments in their places. */
export function withAttachments(data: unknown, attachments: readonly unknown[]): unknown {
  if (Array.isArray(data)) return data.map((part) => withAttachments(part, attachments))
  if (typeof data !== "object" || data === null) return data
  const { _placeholder, num } = data as { _placeholder?: boolean; num?: number }
  if (_placeholder === true && num !== undefined) return attachments[num]
  return Object.fromEntries(Object.entries(data).map(([key, part]) => [key, withAttachments(part, attachments)]))
}
