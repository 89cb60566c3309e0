// The checks of received events: each gets the traces of a fault, and similar traces of correct behavior.
import { describe, expect, it } from "vitest"
import { eventKey, Hearing, Hearings } from "./hearing"
import { Record } from "./record"
import { Timeline } from "./timeline"

const at = (second: number) => new Date(second * 1000).toISOString()

describe("what clients heard", () => {
  /** Three changes of one item, all committed, and two clients; `hear(client, ...)` lets one hear of some of them. */
  function scene(timeline = new Timeline()) {
    const record = new Record()
    const entry = record.open("writer")
    for (const second of [1, 2, 3]) {
      const write = record.begin(entry, second === 1 ? "create" : "update", `todo ${second}`, false)
      write.from = second * 10_000
      record.answered(entry, write, { _id: "1", updatedAt: at(second) })
    }
    const clients = [new Hearing("first"), new Hearing("second")] as const
    for (const client of clients) client.connected(false, 0)
    const hear = (client: Hearing, second: number, when = second * 10_000) => {
      const payload = { body: { items: [{ _id: "1", updatedAt: at(second) }] } }
      const channels = second === 1 ? ["todoCreated", "mySuperFancyCustomEvent"] : ["todoUpdated"]
      for (const channel of channels) client.hear(channel, payload, when)
    }
    const found = () => new Hearings(clients, timeline).check(record).map(({ what, where }) => `${where}: ${what}`)
    return { record, entry, clients, hear, found }
  }
  const all = [1, 2, 3]

  it("is all of it", () => {
    const { clients, hear, found } = scene()
    for (const client of clients) for (const second of all) hear(client, second)
    expect(found()).toEqual([])
  })

  it("is not all where a node drops an event for one of them, or for all", () => {
    const one = scene()
    for (const second of all) hear2(one, second, second === 2)
    expect(one.found()).toEqual(["second: an event was lost without a reported gap"])
    const both = scene()
    for (const client of both.clients) for (const second of [1, 3]) both.hear(client, second)
    expect(both.found()).toEqual(["first", "second"].map((name) => `${name}: an event was lost without a reported gap`))
  })

  it("may miss what lies in a gap that was reported, and nothing else", () => {
    const gap = (isRecovered: boolean, when: number) => {
      const { clients, hear, found } = scene()
      for (const second of all) hear(clients[0], second)
      hear(clients[1], 1)
      clients[1].connected(isRecovered, when)
      hear(clients[1], 3)
      return found()
    }
    expect(gap(false, 25_000)).toEqual([])
    expect(gap(true, 25_000)).toEqual(["second: an event was lost without a reported gap"])
    expect(gap(false, 15_000)).toEqual(["second: an event was lost without a reported gap"])
  })

  it("comes twice only where somebody who sends it died or stood still", () => {
    const twice = (kind?: "kill" | "deploy" | "line half-open") => {
      const timeline = new Timeline()
      if (kind) timeline.begin(kind, "node", "all", 20_500)
      const { clients, hear, found } = scene(timeline)
      for (const client of clients) for (const second of all) hear(client, second)
      hear(clients[0], 3, 31_000)
      return found()
    }
    expect(twice()).toEqual(["first: an event came twice"])
    expect(twice("kill")).toEqual([])
    expect(twice("deploy")).toEqual(["first: an event came twice"])
    expect(twice("line half-open")).toEqual(["first: an event came twice"])
  })

  it("comes twice to who was away when it was sent twice", () => {
    const twice = (kind: "redis stop" | "deploy") => {
      const timeline = new Timeline()
      timeline.faults.push({ kind, what: "redis", scope: "all", from: 29_000, to: 31_000 })
      const { clients, hear, found } = scene(timeline)
      for (const second of all) hear(clients[0], second)
      for (const second of [...all, 3]) hear(clients[1], second, 60_000)
      return found()
    }
    expect(twice("redis stop")).toEqual([])
    expect(twice("deploy")).toEqual(["second: an event came twice"])
  })

  it("comes in the order of its item", () => {
    const { clients, hear, found } = scene()
    for (const second of all) hear(clients[0], second)
    for (const [n, second] of [1, 3, 2].entries()) hear(clients[1], second, (n + 1) * 10_000)
    expect(found()).toEqual(["second: events of one item came in a wrong order"])
  })

  it("may begin in the middle and come again from the beginning, but has to end with the last", () => {
    const timeline = new Timeline()
    timeline.begin("kill", "node", "all", 0)
    const again = (...order: number[]) => {
      const { clients, hear, found } = scene(timeline)
      for (const second of all) hear(clients[0], second)
      for (const [n, second] of order.entries()) {
        if (second === 0) clients[1].connected(false, n * 10_000)
        else hear(clients[1], second, (n + 1) * 10_000)
      }
      return found()
    }
    expect(again(2, 3, 1, 2, 3)).toEqual([])
    expect(again(1, 2, 3, 2, 0)).toEqual([])
    expect(again(1, 2, 3, 2)).toEqual(["second: events of one item came in a wrong order"])
  })

  it("is of nothing that was not done", () => {
    const { clients, hear, found, record, entry } = scene()
    for (const client of clients) for (const second of all) hear(client, second)
    record.begin(entry, "update", "never", false).isDone = false
    hear(clients[1], 4)
    expect(found()).toEqual(["second: an event announced a change that was not made"])
  })

  function hear2({ clients, hear }: ReturnType<typeof scene>, second: number, isDropped: boolean): void {
    hear(clients[0], second)
    if (!isDropped) hear(clients[1], second)
  }
})

it("events are told apart by channel, item and version", () => {
  expect(eventKey("todoUpdated", "1", at(1))).toBe("todoUpdated 1 1970-01-01T00:00:01.000Z")
})
