// The process of all clients, so that they use a different core than the backend. It is a child of the bench, takes
// commands from it, and ends with it.
import { type BareClient, connectClient } from "./client"
import { Ledger } from "./ledger"
import { type Percentiles, percentilesOf } from "./percentiles"
import type { Answer, Command, Load, Observed, Target } from "./protocol"
import { signToken } from "./token"
import { UsageProbe } from "./usage"
import { Writer } from "./writer"

/** How many clients connect at the same time. */
const AT_ONCE = 50
/** How long to wait for missing deliveries after the last write was due, in ms. Later ones are far too late. */
const GRACE_PERIOD = 2000
/** How long a step without a fixed rate may take, in ms. */
const MAX_DURATION = 60_000

class LoadClients {
  readonly #target: Target
  readonly #writer: Writer
  readonly #clients: BareClient[] = []
  #ledger: Ledger | undefined
  #steps = 0
  #dropped = 0
  #onDrop: () => void = () => {}

  constructor(target: Target) {
    this.#target = target
    this.#writer = new Writer(target.url, signToken(target.secret, "writer"))
  }

  /** Connects clients until there are `count`. */
  async grow(count: number): Promise<Percentiles> {
    const first = this.#clients.length
    const times = new Float64Array(Math.max(0, count - first))
    let next = first
    const connectOneByOne = async () => {
      while (next < count) {
        const place = next++
        const client = await this.#connect(place)
        times[place - first] = client.connectTime
        this.#clients[place] = client
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, connectOneByOne))
    return percentilesOf(times)
  }

  async run({ pace, writes }: Load): Promise<Observed> {
    const clients = this.#clients.length
    const ledger = new Ledger(`Step ${++this.#steps}, todo`, clients, writes)
    this.#ledger = ledger
    const probes = { server: new UsageProbe(this.#target.pid), loadClient: new UsageProbe(process.pid) }
    const begin = performance.now()
    const { over, sum } = this.#writer.start(ledger, writes, pace)
    const limit = "rate" in pace ? (writes * 1000) / pace.rate + GRACE_PERIOD : MAX_DURATION
    await this.#untilOver(Promise.all([over, ledger.complete]), limit)
    const seconds = (performance.now() - begin) / 1000
    const usage = { server: probes.server.stop(), loadClient: probes.loadClient.stop() }
    return { clients, writes, seconds, dropped: this.#dropped, ...ledger.close(), ...sum(), ...usage }
  }

  /** Resolves when `work` is done, a connection was lost, or `limit` ms are over. */
  async #untilOver(work: Promise<unknown>, limit: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const end = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limit)
      this.#onDrop = resolve
      if (this.#dropped > 0) resolve()
    })
    await Promise.race([work, end])
    clearTimeout(timer)
  }

  #connect(place: number): Promise<BareClient> {
    const { url, secret } = this.#target
    return connectClient(url, signToken(secret, `listener ${place}`), {
      onEvent: (frame) => this.#ledger?.hear(place, frame, performance.now()),
      onDrop: () => {
        this.#dropped++
        this.#onDrop()
      },
    })
  }
}

let clients: LoadClients | undefined

async function obey(command: Command): Promise<Answer> {
  if ("target" in command) {
    clients = new LoadClients(command.target)
    return { done: true }
  }
  if (!clients) return { error: "there is no target" }
  if ("clients" in command) return { connectTime: await clients.grow(command.clients) }
  return { observed: await clients.run(command.load) }
}

process.on("message", (command: Command) => {
  const answer = obey(command).catch((error: Error): Answer => ({ error: error.message }))
  answer.then((said) => process.send?.(said))
})
process.on("disconnect", () => process.exit())
