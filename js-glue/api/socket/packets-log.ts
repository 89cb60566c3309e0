// Prints what goes over the connection, for whoever looks for a fault: `log: { packets: true }`. It stands between the
// runtime and its transports, so that without it nothing is spent on it.
import type { OpenTransport, TransportEvents } from "../../types/drivers"

/** Transports that tell `write` of each frame, and of how they begin and end. */
export function withPacketLog(open: OpenTransport, write: (title: string, message?: unknown) => void): OpenTransport {
  return (name, url, events) => {
    write(`${name} opens`, url)
    const traced: TransportEvents = {
      ...events,
      opened() {
        write(`${name} is open`)
        events.opened()
      },
      text(frame) {
        write(`${name} ◀`, frame)
        events.text(frame)
      },
      binary(frame) {
        write(`${name} ◀`, frame)
        events.binary(frame)
      },
      closed(detail) {
        write(`${name} ended`, detail)
        events.closed(detail)
      },
    }
    const transport = open(name, url, traced)
    return {
      sendText(text) {
        write(`${name} ▶`, text)
        transport.sendText(text)
      },
      sendBinary(bytes) {
        write(`${name} ▶`, bytes)
        transport.sendBinary(bytes)
      },
      pause: () => transport.pause(),
      identify: (...address) => transport.identify(...address),
      close() {
        write(`${name} is closed`)
        transport.close()
      },
    }
  }
}
