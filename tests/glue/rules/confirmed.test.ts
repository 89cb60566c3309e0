// A version that goes back. If a request that began later returns an older version, the item is read again a second
// later. If that read confirms the older version, it wins.
import { describe, expect, it } from "vitest"
import { eventFrame } from "../harness"
import {
  answer,
  asked,
  at,
  drain,
  type Item,
  names,
  over,
  type RuleQuery,
  read,
  settle,
  shown,
  updated,
  type World,
  world,
} from "./harness"

const row = (name: string, updatedAt: unknown = undefined): Item => ({
  _id: "1",
  name,
  ...(updatedAt !== undefined && { updatedAt }),
})
const uncached = { options: { useCache: false } }
const other = { _id: "2", name: "b", updatedAt: at(1) }

/** A list shows version 5; a later read of it brings version 3. */
async function wentBack(args: object = uncached) {
  const made = await world()
  const list = await shown(made, [row("five", at(5)), other], args)
  made.platform.advance(2000)
  const execution = list.execute()
  await answer(made.platform, read(row("three", at(3)), other))
  return { ...made, list, execution }
}

/** The reads that are sent within `ms`. */
async function within({ platform }: Pick<World<never>, "platform">, ms: number): Promise<string[]> {
  for (let i = 0; i < ms; i += 100) {
    platform.advance(100)
    await settle()
  }
  return platform.requests.map(asked)
}

describe("an older version from a request that began later is read once more, a second later", () => {
  it("and not earlier; `response` contains the older version", async () => {
    const made = await wentBack()
    expect(made.list.response.value).toEqual(read(row("three", at(3)), other))
    expect(await within(made, 800)).toEqual([])
    expect(await within(made, 500)).toEqual(["GET /todo/all"])
    expect(await within(made, 1000)).toEqual(["GET /todo/all"])
  })

  it("a restored backup returns it again: it wins, everywhere", async () => {
    const made = await wentBack()
    const one = made.todo.get({ params: { _id: "1" } })
    await within(made, 1500)
    await answer(made.platform, read(row("three", at(3)), other))
    expect(names(made.list)).toEqual(["three", "b"])
    void one.execute()
    await answer(made.platform, row("three", at(3)))
    expect(names(one)).toEqual(["three"])
    expect(await within(made, 3000)).toEqual([])
  })

  it("a lagging replica has caught up: the newer version stays, and nothing more is read", async () => {
    const made = await wentBack()
    expect(names(made.list)).toEqual(["five", "b"])
    await within(made, 1500)
    await answer(made.platform, read(row("five", at(5)), other))
    expect(names(made.list)).toEqual(["five", "b"])
    expect(await within(made, 3000)).toEqual([])
  })

  it("the item has changed since: the newest version shows", async () => {
    const made = await wentBack()
    await within(made, 1500)
    await answer(made.platform, read(row("six", at(6)), other))
    expect(names(made.list)).toEqual(["six", "b"])
  })

  it("it returns another older version: that wins", async () => {
    const made = await wentBack()
    await within(made, 1500)
    await answer(made.platform, read(row("two", at(2)), other))
    expect(names(made.list)).toEqual(["two", "b"])
  })

  it("after it has won, later versions are compared with it", async () => {
    const made = await wentBack()
    await within(made, 1500)
    await answer(made.platform, read(row("three", at(3)), other))
    void made.list.execute()
    await answer(made.platform, read(row("four", at(4)), other))
    expect(names(made.list)).toEqual(["four", "b"])
    expect(await within(made, 3000)).toEqual([])
  })

  it.each([
    ["numbers", 5, 3],
    ["numbers of a clock", 1_767_225_605_000, 1_767_225_603_000],
    ["other offsets", "2026-01-01T01:00:05+01:00", "2026-01-01T00:00:03Z"],
  ])("with %s as versions", async (_name, five, three) => {
    const made = await world()
    const list = await shown(made, [row("five", five)], uncached)
    for (let i = 0; i < 2; i++) {
      if (i === 0) void list.execute()
      else expect(await within(made, 1500)).toEqual(["GET /todo/all"])
      await answer(made.platform, read(row("three", three)))
    }
    expect(names(list)).toEqual(["three"])
  })

  it("a single item, read by its own query", async () => {
    const made = await world()
    const one = made.todo.get({ params: { _id: "1" }, ...uncached })
    void one.execute()
    await answer(made.platform, row("five", at(5)))
    void one.execute()
    await answer(made.platform, row("three", at(3)))
    expect(await within(made, 1500)).toEqual(["GET /todo/1"])
    await answer(made.platform, row("three", at(3)))
    expect(names(one)).toEqual(["three"])
  })

  it("from another query than the one that showed it", async () => {
    const made = await world()
    const list = await shown(made, [row("five", at(5))])
    const one = made.todo.get({ params: { _id: "1" } })
    void one.execute()
    await answer(made.platform, row("three", at(3)))
    expect(await within(made, 1500)).toHaveLength(1)
    await drain(made.platform, (request) =>
      request.answered(200, request.url.endsWith("all") ? read(row("three", at(3))) : row("three", at(3))),
    )
    expect([names(list), names(one)]).toEqual([["three"], ["three"]])
  })

  it("from a mutation's response: a server whose clock was set back", async () => {
    const made = await world()
    const list = await shown(made, [row("five", at(5))], uncached)
    const execution = made.todo.update().execute({ _id: "1", name: "mine" })
    await answer(made.platform, updated(row("mine", at(3))))
    expect((await over(execution)).error).toBeUndefined()
    expect(await within(made, 1500)).toHaveLength(1)
    await drain(made.platform, (request) =>
      request.answered(200, request.url.endsWith("all") ? read(row("mine", at(3))) : row("mine", at(3))),
    )
    expect(names(list)).toEqual(["mine"])
  })

  it("many items of one response cause one read", async () => {
    const made = await world()
    const rows = (second: number) =>
      [...Array(50).keys()].map((i) => ({ _id: `${i}`, name: `${second}`, updatedAt: at(second) }))
    const list = await shown(made, rows(5), uncached)
    void list.execute()
    await answer(made.platform, read(...rows(3)))
    expect(await within(made, 1500)).toEqual(["GET /todo/all"])
    await answer(made.platform, read(...rows(3)))
    expect(new Set(names(list))).toEqual(new Set(["3"]))
    expect(await within(made, 3000)).toEqual([])
  })

  it("the confirming read sends its own request, and reuses no response", async () => {
    const made = await world()
    const list = await shown(made, [row("five", at(5))])
    made.platform.advance(1001)
    void list.execute()
    await answer(made.platform, read(row("three", at(3))))
    const twin = made.todo.getAll()
    await within(made, 800)
    void twin.execute()
    expect(await within(made, 600)).toEqual(["GET /todo/all"])
  })
})

describe("no confirming read is needed", () => {
  async function quiet(made: Pick<World<never>, "platform">, list: RuleQuery, rows: unknown[]) {
    expect(names(list)).toEqual(rows)
    expect(await within(made, 3000)).toEqual([])
  }

  it("if the older version overlapped with the newer", async () => {
    const made = await world()
    const list = await shown(made, [row("one", at(1))], { options: { live: true, useCache: false } })
    void list.execute()
    await settle()
    made.event("todoUpdated", "dataUpdate", { items: [row("five", at(5))] })
    await answer(made.platform, read(row("three", at(3))))
    await quiet(made, list, ["five"])
  })

  it("if two reads overlapped and the older is answered last", async () => {
    const made = await world()
    const [first, second] = [made.todo.getAll(uncached), made.todo.getAll({ params: { page: 1 }, ...uncached })]
    for (const query of [first, second]) void query.execute()
    await settle()
    const [older, newer] = [...made.platform.requests]
    newer?.answered(200, read(row("five", at(5))))
    older?.answered(200, read(row("three", at(3))))
    await settle()
    await quiet(made, first, ["five"])
  })

  it("if versions are equal, or missing on one side: the later response shows", async () => {
    for (const [shownAt, readAt] of [
      [at(5), at(5)],
      [at(5), undefined],
      [undefined, at(3)],
      [at(5), "soon"],
    ]) {
      const made = await world()
      const list = await shown(made, [row("old", shownAt)], uncached)
      void list.execute()
      await answer(made.platform, read(row("later", readAt)))
      await quiet(made, list, ["later"])
    }
  })

  it("if the query was disposed", async () => {
    const made = await wentBack()
    made.list.dispose()
    expect(await within(made, 3000)).toEqual([])
  })

  it("if another read in between settled it", async () => {
    const made = await wentBack()
    await within(made, 300)
    void made.list.execute()
    await answer(made.platform, read(row("five", at(5)), other))
    expect(names(made.list)).toEqual(["five", "b"])
    expect((await within(made, 3000)).length).toBeLessThanOrEqual(1)
  })

  it("if nothing is stored", async () => {
    const made = await world()
    const apart = made.todo.getAll({ options: { useCache: false, useStore: false } })
    for (const [name, second] of [
      ["five", 5],
      ["three", 3],
    ] as const) {
      void apart.execute()
      await answer(made.platform, read(row(name, at(second))))
    }
    expect(await within(made, 3000)).toEqual([])
    expect(apart.response.value).toEqual(read(row("three", at(3))))
  })
})

describe("a confirming read that fails or is overtaken", () => {
  it("a failure has no effect, and the next read decides", async () => {
    const made = await wentBack()
    await within(made, 1500)
    await answer(made.platform, { message: "no" }, 503)
    expect(names(made.list)).toEqual(["five", "b"])
    void made.list.execute()
    await answer(made.platform, read(row("three", at(3)), other))
    await within(made, 1500)
    for (const request of [...made.platform.requests]) request.answered(200, read(row("three", at(3)), other))
    await settle()
    expect(names(made.list)).toEqual(["three", "b"])
  })

  it("an event with a newer version while it waits wins", async () => {
    const made = await wentBack({ options: { live: true, useCache: false } })
    made.text(eventFrame("todoUpdated", updated(row("six", at(6)))))
    await within(made, 1500)
    for (const request of [...made.platform.requests]) request.answered(200, read(row("six", at(6)), other))
    await settle()
    expect(names(made.list)).toEqual(["six", "b"])
  })
})
