// Logs the packets of the connection, for debugging: `log: { packets: true }`. It wraps the transports, so it costs
// nothing when it is off.
import type { OpenTransport, TransportEvents } from "../../types/drivers"

/** Wraps transports so that `write` is called for each frame and for each open and close. */
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
