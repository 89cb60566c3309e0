// Versions are instants: RFC 3339 with 0 to 9 fraction digits and any offset, numbers, and other dates that Date.parse
// accepts; never plain text. The tests see which of an overlapping event and read wins: the newer version, or the event
// if the two cannot be ordered.
import { describe, expect, it } from "vitest"
import { answer, at, type Item, names, read, settle, shown, world } from "./harness"

/** Returns the item that shows after an event with `ofEvent` during a read that returns `ofRead`. */
async function winner(ofEvent: unknown, ofRead: unknown): Promise<unknown> {
  const made = await world()
  const list = await shown(made, [{ _id: "1", name: "old" }], { options: { live: true, useCache: false } })
  void list.execute()
  await settle()
  made.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "event", updatedAt: ofEvent }] })
  await answer(made.platform, read({ _id: "1", name: "read", updatedAt: ofRead }))
  return names(list)[0]
}

const day = (rest: string) => `2026-01-01T${rest}`

describe("the later instant is the newer version", () => {
  it.each<[string, unknown, unknown]>([
    ["no fraction, then one", day("00:00:00Z"), day("00:00:00.250Z")],
    ["offsets: +02:00, then Z", day("02:00:00+02:00"), day("00:00:01Z")],
    ["offsets: Z, then -01:00", day("00:30:00Z"), "2025-12-31T23:30:01-01:00"],
    ["offsets of half an hour", day("05:30:00+05:30"), day("00:00:00.001Z")],
    ["offsets of three quarters", day("05:45:00+05:45"), day("00:00:00.001Z")],
    ["offsets without a colon", day("02:00:00+0200"), day("00:00:01Z")],
    ["1 fraction digit", day("00:00:00.1Z"), day("00:00:00.2Z")],
    ["2 and 1", day("00:00:00.19Z"), day("00:00:00.2Z")],
    ["1 and 3", day("00:00:00.1Z"), day("00:00:00.101Z")],
    ["4", day("00:00:00.0001Z"), day("00:00:00.0002Z")],
    ["5", day("00:00:00.00009Z"), day("00:00:00.0001Z")],
    ["6, as Postgres and Python write", day("00:00:00.000001Z"), day("00:00:00.000002Z")],
    ["6, with another offset", day("02:00:00.000001+02:00"), day("00:00:00.000002Z")],
    ["7, as .NET writes", day("00:00:00.1234567Z"), day("00:00:00.1234568Z")],
    ["8", day("00:00:00.12345678Z"), day("00:00:00.12345679Z")],
    ["9, as Go and Java write", day("00:00:00.123456788Z"), day("00:00:00.123456789Z")],
    ["9 and 3", day("00:00:00.123456789Z"), day("00:00:00.124Z")],
    ["3 and 9", day("00:00:00.123Z"), day("00:00:00.123000001Z")],
    ["a small z and t", "2026-01-01t00:00:00z", "2026-01-01t00:00:01z"],
    ["a small z, then a large", day("00:00:00z"), day("00:00:00.001Z")],
    ["a space between date and time", "2026-01-01 00:00:00Z", "2026-01-01 00:00:01Z"],
    ["the turn of a year", "2025-12-31T23:59:59.999Z", day("00:00:00Z")],
    ["a leap second, after :59", "2016-12-31T23:59:59.999Z", "2016-12-31T23:59:60Z"],
    ["a leap second, before the next", "2016-12-31T23:59:60Z", "2017-01-01T00:00:01Z"],
    ["before 1970", "1969-12-31T23:59:58Z", "1969-12-31T23:59:59Z"],
    ["a year of more digits", "9999-12-31T23:59:59Z", "+010000-01-01T00:00:00Z"],
    ["a date alone", "2026-01-01", "2026-01-02"],
    ["a date alone, then an instant of it", "2026-01-01", day("00:00:01Z")],
    ["HTTP dates", "Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 02 Jan 2026 00:00:00 GMT"],
    ["months whose names do not sort", "01 Jan 2026 00:00:00 GMT", "01 Apr 2026 00:00:00 GMT"],
    ["an HTTP date, then RFC 3339", "Thu, 01 Jan 2026 00:00:00 GMT", day("00:00:01Z")],
    ["texts of years", "999", "1000"],
    ["numbers", 9, 10],
    ["numbers that texts would order otherwise", 999, 1000],
    ["0", 0, 1],
    ["numbers below 0", -2, -1],
    ["fractions", 1.5, 1.6],
    ["seconds", 1_767_225_600, 1_767_225_601],
    ["milliseconds", 1_767_225_600_000, 1_767_225_600_001],
    ["milliseconds, then RFC 3339", 1_767_225_600_000, day("00:00:00.001Z")],
    ["RFC 3339, then milliseconds", day("00:00:00Z"), 1_767_225_600_001],
  ])("%s", async (_name, older, newer) => {
    expect(await winner(older, newer)).toBe("read")
    expect(await winner(newer, older)).toBe("event")
  })
})

describe("the same instant in two notations is the same version", () => {
  it.each<[string, unknown, unknown]>([
    ["fractions of 0", day("00:00:00Z"), day("00:00:00.000000000Z")],
    ["digits that add nothing", day("00:00:00.1Z"), day("00:00:00.100000Z")],
    ["offsets", day("02:00:00+02:00"), day("00:00:00Z")],
    ["-00:00", day("00:00:00-00:00"), day("00:00:00Z")],
    ["z", day("00:00:00z"), day("00:00:00Z")],
    ["a number", day("00:00:00Z"), 1_767_225_600_000],
    ["-0", -0, 0],
  ])("%s", async (_name, one, other) => {
    expect(await winner(one, other)).toBe("event")
    expect(await winner(other, one)).toBe("event")
  })
})

describe("a value that is not an instant is not a version", () => {
  const instant = day("00:00:00Z")
  it.each<[string, unknown, unknown]>([
    ["words", "yesterday", "zzz"],
    ["a word and an instant", "yesterday", instant],
    ["an empty text", "", instant],
    ["null", null, instant],
    ["nothing", undefined, instant],
    ["a boolean", true, instant],
    ["an object", { $date: instant }, { $date: day("00:00:01Z") }],
    ["a list", [instant], [day("00:00:01Z")]],
    ["a 13th month", "2026-13-01T00:00:00Z", "2026-14-01T00:00:00Z"],
    ["a 25th hour", day("25:00:00Z"), day("26:00:00Z")],
  ])("%s: the event stands", async (_name, one, other) => {
    expect(await winner(one, other)).toBe("event")
    expect(await winner(other, one)).toBe("event")
  })
})

describe("a newer version replaces a shown older one", () => {
  it.each<[string, unknown, unknown]>([
    ["00Z, then 00.250Z", day("00:00:00Z"), day("00:00:00.250Z")],
    ["+02:00, then Z", day("02:00:00+02:00"), day("00:00:01Z")],
    ['"999", then "1000"', "999", "1000"],
    ["9 digits", day("00:00:00.123456788Z"), day("00:00:00.123456789Z")],
  ])("%s (kandev#2550, Termix#1050)", async (_name, older, newer) => {
    const of = (name: string, updatedAt: unknown): Item => ({ _id: "1", name, updatedAt })
    for (const by of ["event", "read", "mutation"]) {
      const made = await world()
      const list = await shown(made, [of("older", older)], { options: { live: true, useCache: false } })
      if (by === "event") made.event("todoUpdated", "dataUpdate", { items: [of("newer", newer)] })
      else void (by === "read" ? list.execute() : made.todo.update().execute({ _id: "1" }))
      await settle()
      for (const request of [...made.platform.requests]) request.answered(200, read(of("newer", newer)))
      await settle()
      expect(names(list), by).toEqual(["newer"])
    }
  })

  it("an event's `prevVersion` is compared as an instant, too: no read if only the notation differs", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", name: "a", updatedAt: day("00:00:00Z") }], { options: { live: true } })
    made.event("todoUpdated", "dataUpdate", {
      items: [{ _id: "1", name: "b", updatedAt: at(3) }],
      prevVersion: { _id: "1", name: "a", updatedAt: day("00:00:00.000Z") },
    })
    await settle()
    expect([names(list), made.platform.requests]).toEqual([["b"], []])
  })
})
