// Random interleavings of mutations, network changes, requests that fail before or after the server handled them, and
// reloads, against a model of a server with idempotency keys. At rest the server has done every mutation exactly once,
// in order, and nothing is stored.
import fc from "fast-check"
import { expect, it } from "vitest"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { Operation, Runtime, StorageDriver } from "../../js-glue/types"
import { type FakePlatform, flush, makeRuntime } from "./harness"
import { offlineConfig } from "./mutable-config"

const step = fc.constantFrom(
  "mutate",
  "mutate",
  "answer",
  "lose request",
  "lose answer",
  "busy",
  "offline",
  "online",
  "wait",
  "reload",
)

class World {
  readonly #storage = memoryStorage() as StorageDriver
  readonly #made: string[] = []
  readonly #done: string[] = []
  readonly #keys = new Set<string>()
  #runtime: Runtime | undefined
  #platform: FakePlatform | undefined
  #create: Operation | undefined

  async load(): Promise<void> {
    const { runtime, platform } = await makeRuntime({ plugins: [offlineConfig], storage: this.#storage })
    this.#runtime = runtime
    this.#platform = platform
    this.#create = runtime.usePluginApi("pacifico__todo").$data.todo?.create
    await flush()
  }

  async run(kind: string): Promise<void> {
    const platform = this.#platform as FakePlatform
    if (kind === "mutate") this.#mutate()
    else if (kind === "answer") this.#serve("answer")
    else if (kind === "lose request") platform.requests[0]?.failed("lost")
    else if (kind === "lose answer") this.#serve("lose")
    else if (kind === "busy") platform.requests[0]?.answered(503, { message: "busy" })
    else if (kind === "offline" || kind === "online") platform.life(kind)
    else if (kind === "wait") platform.advance(1700)
    else if (kind === "reload") await this.#reload()
    await flush()
    expect(platform.requests.length).toBeLessThanOrEqual(1)
  }

  /** Opens the page again. Does nothing while a mutation in flight is not stored, since it would be lost. */
  async #reload(): Promise<void> {
    const isUnderWay = (this.#platform as FakePlatform).requests.length > 0
    if (isUnderWay && this.#runtime?.queued.value.length !== this.#made.length - this.#done.length) return
    this.#runtime?.dispose()
    await this.load()
  }

  async rest(): Promise<void> {
    this.#platform?.life("online")
    for (let i = 0; i < this.#made.length + 3; i++) {
      await flush()
      this.#serve("answer")
      this.#platform?.advance(60_000)
    }
    await flush()
    expect(this.#done).toEqual(this.#made)
    expect(this.#runtime?.queued.value.length).toBe(0)
    expect(await this.#storage.load()).toEqual([])
    this.#runtime?.dispose()
    expect(this.#platform?.timers.size).toBe(0)
  }

  #mutate(): void {
    const name = `n${this.#made.length}`
    this.#made.push(name)
    void this.#create?.().execute({ name })
  }

  #serve(fate: "answer" | "lose"): void {
    const request = this.#platform?.requests[0]
    if (!request) return
    const key = request.headers.get("idempotency-key") ?? ""
    const { name } = JSON.parse(request.body ?? "{}") as { name: string }
    if (!this.#keys.has(key)) this.#done.push(name)
    this.#keys.add(key)
    if (fate === "answer") request.answered(201, { type: "dataCreate", body: { items: [{ _id: name, name }] } })
    else request.failed("lost on the way back")
  }
}

it("every mutation is done once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
      const world = new World()
      await world.load()
      for (const kind of steps) await world.run(kind)
      await world.rest()
    }),
    { numRuns: 500 },
  )
}, 60_000)
