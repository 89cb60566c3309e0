// Both ends of a WebSocket between a page and the backend. It keeps the order of frames in each direction, and may
// break with or without notice. A session starts on it, or is upgraded from polling.
import { here } from "../platform/globals"
import type { VirtualPage } from "../platform/page"
import type { Scene } from "../scene"
import type { Receiver, Wire } from "./sockets"

/** A connection with both its ends. */
export class Line implements Wire {
  #receiver: Pick<Receiver, "text" | "gone"> | undefined
  /** Whether it is dead: no frame arrives any more. */
  isSilent = false
  #isOver = false
  /** When the last frame in each direction arrives. */
  #clientAt = 0
  #serverAt = 0

  constructor(
    readonly world: Scene,
    readonly page: VirtualPage,
    readonly socket: PageSocket,
    readonly forget: (line: Line) => void,
  ) {
    page.sockets.add(this)
  }

  /** `sid`: the session that is upgraded to it. */
  accept(sid: string | null): void {
    const { backend } = this.world
    this.#toServer(() => {
      const upgrade = sid === null ? undefined : backend.polling.upgrade(sid, this)
      if (!backend.isUp || (sid !== null && !upgrade)) return this.refuse()
      this.#toClient(() => this.socket.opened())
      this.#receiver = upgrade ?? backend.sockets.accept(this)
    })
  }

  refuse(): void {
    this.#toClient(() => this.#over(() => this.socket.failed()))
  }

  send(frame: string): void {
    this.#toClient(() => {
      this.world.note(() => `${this.page.id} < ${frame}`)
      if (frame.startsWith("4")) this.page.happens(true)
      this.socket.text(frame)
    })
  }

  close(): void {
    this.#toClient(() => this.#over(() => this.socket.closed(1000)))
  }

  fromClient(frame: string): void {
    this.world.note(() => `${this.page.id} > ${frame}`)
    this.#toServer(() => this.#receiver?.text(frame))
  }

  /** Closes it from the page's side. */
  hangUp(): void {
    this.#over(() => {})
    this.#toServer(() => this.#receiver?.gone())
  }

  cut(): void {
    const { clock, random } = this.world
    const receiver = this.#receiver
    clock.after(random.next() * 100, () => this.#over(() => this.socket.closed(1006)), this.page)
    clock.after(random.next() * 100, () => receiver?.gone())
    this.isSilent = true
  }

  silence(): void {
    this.isSilent = true
  }

  #over(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.page.sockets.delete(this)
    this.page.happens(true)
    this.forget(this)
    tell()
  }

  #toClient(run: () => void): void {
    this.#clientAt = Math.max(this.#clientAt, this.world.clock.now + 1 + this.world.random.next() * 30)
    const arrive = () => !this.isSilent && !this.#isOver && run()
    this.world.clock.after(this.#clientAt - this.world.clock.now, arrive, this.page)
  }

  #toServer(run: () => void): void {
    this.#serverAt = Math.max(this.#serverAt, this.world.clock.now + 1 + this.world.random.next() * 30)
    this.world.clock.after(this.#serverAt - this.world.clock.now, () => !this.isSilent && run())
  }
}

/** The `WebSocket` that the package sees. */
export class PageSocket {
  binaryType = ""
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onerror: ((event: { message?: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  readonly #line: Line

  constructor(url: string) {
    this.#line = here().network.connect(here(), this, url) as Line
  }

  send(frame: string): void {
    this.#line.fromClient(frame)
  }

  close(): void {
    if (this.readyState >= 2) return
    this.readyState = 3
    this.#line.hangUp()
  }

  opened(): void {
    this.readyState = 1
    this.onopen?.()
  }

  text(data: string): void {
    this.onmessage?.({ data })
  }

  failed(): void {
    this.readyState = 3
    this.onerror?.({})
    this.onclose?.({ code: 1006, reason: "" })
  }

  closed(code: number): void {
    this.readyState = 3
    this.onclose?.({ code, reason: "" })
  }
}
