// Random interleavings of several users on one page: reads, mutations, emits, events, late or refused credentials,
// network changes, and switches at any time. Every request is its user's own with that user's credentials, everything
// shown was read for the current user, and queued mutations are sent when their user is back.
import fc from "fast-check"
import { expect, it } from "vitest"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { Operation, PluginApi, Query, Runtime, StorageDriver } from "../../js-glue/types"
import {
  eventFrame,
  type FakeConnection,
  FakePlatform,
  type FakeRequest,
  flush,
  HANDSHAKE,
  makeRuntime,
} from "./harness"
import { offlineConfig } from "./mutable-config"

type Todos = Record<"getAll" | "create" | "update", Operation>

const users = ["anna", "bert", "carl"]
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("create", "update", "read", "next", "emit", "event", "connect") },
  { weight: 5, arbitrary: fc.constantFrom("answer", "answer", "lose request", "lose answer", "busy", "refuse") },
  { weight: 3, arbitrary: fc.constantFrom("offline", "online", "wait", "long wait", "credentials", "drop") },
  { weight: 2, arbitrary: fc.constantFrom(...users) },
)

class World {
  readonly #platform = new FakePlatform()
  readonly #storage = memoryStorage() as StorageDriver
  /** The names of the mutations that each user made, and of those that the server did, by idempotency key. */
  readonly #made: string[] = []
  readonly #done = new Map<string, string>()
  /** The requests and connections that were already checked. */
  readonly #seen = new Set<FakeRequest | FakeConnection>()
  readonly #held: (() => void)[] = []
  #user = "anna"
  #switches: Promise<unknown>[] = []
  #runtime!: Runtime
  #api!: PluginApi
  #list!: Query
  #live!: Query

  async begin(): Promise<void> {
    const { runtime } = await makeRuntime(
      {
        plugins: [offlineConfig],
        storage: this.#storage,
        identity: () => this.#user,
        auth: () => {
          const token = this.#user
          return new Promise((resolve) => this.#held.push(() => resolve({ token })))
        },
      },
      this.#platform,
    )
    this.#runtime = runtime
    this.#api = runtime.usePluginApi("pacifico__todo") as PluginApi
    this.#list = this.#todo.getAll({ params: { limit: 1 }, options: { retry: 1 } })
    this.#live = this.#todo.getAll({ options: { live: true, debounce: 20 } })
  }

  get #todo(): Todos {
    return this.#api.$data.todo as Todos
  }

  async run(kind: string): Promise<void> {
    this.#act(kind)
    await flush()
    this.#check()
  }

  #act(kind: string): void {
    const platform = this.#platform
    const name = `${this.#user}-${this.#made.length}`
    const options = { optimistic: true }
    if (kind === "create") {
      this.#made.push(name)
      void this.#todo.create({ options }).execute({ name })
    } else if (kind === "update") {
      this.#made.push(name)
      void this.#todo.update({ options }).execute({ _id: this.#user, name })
    } else if (kind === "read") for (const query of [this.#list, this.#live]) void query.execute()
    else if (kind === "next") void this.#list.execute.next()
    else if (kind === "emit") void this.#api.$socket.emitWithAck("ask", this.#user).catch(() => {})
    else if (kind === "event") this.#event()
    else if (kind === "connect") this.#connect()
    else if (kind === "drop") this.#drop()
    else if (kind === "offline" || kind === "online") platform.life(kind)
    else if (kind === "wait") platform.advance(1700)
    else if (kind === "long wait") platform.advance(31_000)
    else if (kind === "credentials") this.#held.shift()?.()
    else if (users.includes(kind)) this.#become(kind)
    else this.#serve(kind)
  }

  #become(user: string): void {
    this.#user = user
    this.#switches.push(this.#runtime.reset())
    this.#checkShown()
  }

  #connect(): void {
    this.#runtime.connect()
    const connection = this.#platform.connections.at(-1)
    if (!connection?.open) return
    connection.opened()
    connection.text(HANDSHAKE)
  }

  #drop(): void {
    const connection = this.#platform.connections.at(-1)
    if (!connection?.open) return
    connection.open = false
    connection.closed("lost")
  }

  /** The server emits an event to the user that it has accepted. */
  #event(): void {
    const connection = this.#platform.connections.at(-1)
    const user = connection?.open && userOf(connection)
    if (!connection || !user) return
    connection.text(`40{"sid":"s-${user}"}`)
    connection.text(eventFrame("todoCreated", { type: "dataCreate", body: { items: [row(user, `e-${user}`)] } }))
  }

  #serve(fate: string): void {
    const request = this.#platform.requests[0]
    if (!request) return
    const user = tokenOf(request)
    if (fate === "lose request") request.failed("lost")
    else if (fate === "busy") request.answered(503, { message: "busy", owner: user })
    else if (fate === "refuse") request.answered(401, { message: "who?", owner: user })
    else if (request.method === "GET")
      request.answered(200, { body: { items: [row(user, `r-${user}`)], hasMore: true } })
    else {
      const { name } = JSON.parse(request.body ?? "") as { name: string }
      this.#done.set(request.headers.get("idempotency-key") ?? "", name)
      if (fate === "lose answer") request.failed("lost on the way back")
      else request.answered(201, { type: "dataCreate", body: { items: [row(user, name)] } })
    }
  }

  #check(): void {
    for (const request of this.#platform.requests) {
      if (this.#seen.has(request)) continue
      this.#seen.add(request)
      expect(tokenOf(request)).toBe(this.#user)
      if (request.body) expect(JSON.parse(request.body).name).toMatch(new RegExp(`^${this.#user}-`))
    }
    for (const connection of this.#platform.connections) {
      const user = userOf(connection)
      if (!user) continue
      if (connection.open) expect(user).toBe(this.#user)
      const asked = connection.sent.filter((frame) => String(frame).includes('"ask"'))
      for (const frame of asked) expect(frame).toContain(`"${user}"`)
    }
    for (const { params } of this.#runtime.queued.value) expect(params.name).toMatch(new RegExp(`^${this.#user}-`))
    this.#checkShown()
  }

  #checkShown(): void {
    for (const { dataArr, response, error } of [this.#list, this.#live]) {
      for (const item of dataArr.value)
        expect(item.owner ?? (item.name as string)).toMatch(new RegExp(`^${this.#user}`))
      const shown = JSON.stringify([response.value, error.value?.details]) ?? ""
      for (const other of users.filter((one) => one !== this.#user)) expect(shown).not.toContain(other)
    }
  }

  /** Logs every user in again and answers all requests. */
  async rest(): Promise<void> {
    for (const user of users) {
      await this.run(user)
      await this.run("online")
      for (let i = 0; i < this.#made.length + 6; i++) {
        for (let held = this.#held.length; held >= 0; held--) await this.run("credentials")
        for (let open = this.#platform.requests.length; open >= 0; open--) await this.run("answer")
        await this.run("long wait")
      }
    }
    await Promise.all(this.#switches)
    const done = [...this.#done.values()]
    for (const user of users) {
      const own = (names: readonly string[]) => names.filter((name) => name.startsWith(user))
      expect(own(done)).toEqual(own(this.#made))
    }
    expect([this.#runtime.queued.value, await this.#storage.load()]).toEqual([[], []])
    this.#runtime.dispose()
    expect(this.#platform.timers.size).toBe(0)
  }
}

const row = (owner: string, name: string) => ({ _id: name, owner, name })
const tokenOf = ({ headers }: FakeRequest) => headers.get("authorization")?.replace("Bearer ", "") ?? ""

/** Returns whose credentials the CONNECT of a session contains. */
function userOf({ sent }: FakeConnection): string | undefined {
  const frame = sent.map(String).find((frame) => frame.startsWith("40{"))
  return frame && (JSON.parse(frame.slice(2)) as { token: string }).token
}

it("nothing of one user is seen or sent by another, and nothing is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new World()
      await world.begin()
      for (const kind of steps) await world.run(kind)
      await world.rest()
    }),
    { numRuns: 300 },
  )
}, 60_000)
