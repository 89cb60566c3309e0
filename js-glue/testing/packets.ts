// The Socket.IO 5 packets that the test server needs.
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
  /** Number of binary frames that follow. */
  attachments: number
}

/** The frame of a packet, with the Engine.IO type `message`. */
export function encodePacket({ type, namespace, id, data }: Omit<Packet, "attachments">): string {
  const nsp = namespace === "/" ? "" : `${namespace},`
  return `4${type}${nsp}${id ?? ""}${data === undefined ? "" : JSON.stringify(data)}`
}

/** Parses a frame without its Engine.IO type. Undefined if it is not a packet. */
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

/** `data` with its placeholders replaced by attachments. */
export function withAttachments(data: unknown, attachments: readonly unknown[]): unknown {
  if (Array.isArray(data)) return data.map((part) => withAttachments(part, attachments))
  if (typeof data !== "object" || data === null) return data
  const { _placeholder, num } = data as { _placeholder?: boolean; num?: number }
  if (_placeholder === true && num !== undefined) return attachments[num]
  return Object.fromEntries(Object.entries(data).map(([key, part]) => [key, withAttachments(part, attachments)]))
}
