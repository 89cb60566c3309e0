// The checks find what they are for: each gets the traces of a fault, and similar traces of correct behavior.
import { describe, expect, it } from "vitest"
import { History, Watch, type Watched } from "./history"
import { type Item, Record, type Row } from "./record"
import { STARVED, Timeline } from "./timeline"
import { printViolations } from "./violation"

const at = (second: number) => new Date(second * 1000).toISOString()

const item = (id: string, second = 1, more: Partial<Item> = {}): Item => {
  return { _id: id, name: `todo ${id}`, isCompleted: false, createdAt: at(1), updatedAt: at(second), ...more }
}

const row = (id: string, second = 1, more: Partial<Row> = {}): Row => ({
  ...item(id, second),
  isDeleted: false,
  ...more,
})

describe("the record of what was answered", () => {
  /** An item that was created, with a change whose answer came (`isAnswered`) or did not. */
  function changed(isAnswered: boolean) {
    const record = new Record()
    const entry = record.open("writer")
    record.answered(entry, record.begin(entry, "create", "todo 1", false), item("1"))
    const change = record.begin(entry, "update", "renamed", true)
    if (isAnswered) record.answered(entry, change, item("1", 2))
    return { record, change }
  }
  const before = row("1")
  const after = row("1", 2, { name: "renamed", isCompleted: true })
  const whats = (record: Record, rows: Row[]) => record.check(rows).map(({ what }) => what)

  it("finds a change that was answered and not made", () => {
    expect(whats(changed(true).record, [before])).toEqual(["the database contradicts a response"])
    expect(whats(changed(true).record, [after])).toEqual([])
  })

  it("finds one that was made in part, or by somebody else", () => {
    for (const wrong of [{ isCompleted: false }, { name: "todo 1" }, { updatedAt: at(3) }, { isDeleted: true }]) {
      expect(whats(changed(true).record, [{ ...after, ...wrong }])).toHaveLength(1)
    }
    expect(whats(changed(true).record, [])).toHaveLength(1)
  })

  it("takes one without an answer either way, and says which it was", () => {
    const [done, not] = [changed(false), changed(false)]
    expect([whats(done.record, [after]), done.change.isDone, done.change.version]).toEqual([[], true, at(2)])
    expect([whats(not.record, [before]), not.change.isDone]).toEqual([[], false])
    expect(whats(changed(false).record, [{ ...after, name: "neither" }])).toHaveLength(1)
  })

  it("finds an item that was deleted and is there, and one that is gone and was not deleted", () => {
    for (const kind of ["delete", "hard delete"] as const) {
      const { record } = changed(true)
      const [entry] = record.entries
      if (!entry) throw new Error("no entry")
      const deletion = record.begin(entry, kind, "renamed", true)
      record.answered(entry, deletion, item("1", 3))
      expect(whats(record, [after])).toHaveLength(1)
      const gone = kind === "delete" ? [{ ...after, isDeleted: true, updatedAt: at(3) }] : []
      expect(whats(record, gone)).toEqual([])
    }
  })

  it("finds a second row of one creation, also where that was never answered", () => {
    const second = "a row without a write, or a duplicate of a creation"
    expect(whats(changed(true).record, [after, row("2", 1, { name: "todo 1" })])).toEqual([second])
    const unanswered = () => {
      const record = new Record()
      record.begin(record.open("writer"), "create", "todo 1", false)
      return record
    }
    expect(whats(unanswered(), [row("1"), row("2", 1, { name: "todo 1" })])).toEqual([second])
    expect(whats(unanswered(), [row("1")])).toEqual([])
    expect(whats(unanswered(), [])).toEqual([])
  })
})

describe("a list that is watched", () => {
  /**
   * A list that shows `shown`, and how old what is wrong of it is at each second of `course`, where the database has
   * these rows.
   */
  function ages(course: [rows: Item[], shown: Item[] | undefined][], more: Partial<Watched> = {}): number[] {
    const history = new History()
    let shown: Item[] | undefined
    const list = { name: "list", includes: () => true, shown: () => shown, isOrdered: true, ...more }
    const watch = new Watch(list, history)
    return course.map(([rows, shows], second) => {
      history.add(rows, second)
      shown = shows
      return watch.look(second).age
    })
  }
  const [a, b] = [item("a"), item("b", 1, { createdAt: at(2) })]
  const changed = item("a", 2)

  it("is found where it keeps a row that was deleted", () => {
    expect(
      ages([
        [
          [a, b],
          [a, b],
        ],
        [[b], [a, b]],
        [[b], [a, b]],
        [[b], [a, b]],
      ]),
    ).toEqual([0, 0, 1, 2])
    expect(
      ages([
        [
          [a, b],
          [a, b],
        ],
        [[b], [a, b]],
        [[b], [b]],
      ]),
    ).toEqual([0, 0, 0])
  })

  it("is found where it misses a row, or a change of one", () => {
    expect(
      ages([
        [[a], [a]],
        [[a, b], [a]],
        [[a, b], [a]],
      ]),
    ).toEqual([0, 0, 1])
    expect(
      ages([
        [[a], [a]],
        [[changed], [a]],
        [[changed], [a]],
      ]),
    ).toEqual([0, 0, 1])
  })

  it("is found where it goes back to what was, or shows what never was, from then on", () => {
    expect(
      ages([
        [[a], [a]],
        [[changed], [changed]],
        [[changed], [a]],
        [[changed], [a]],
      ]),
    ).toEqual([0, 0, 1, 2])
    const never = item("a", 9)
    expect(
      ages([
        [[a], [never]],
        [[a], [never]],
        [[a], [a]],
        [[a], [never]],
      ]),
    ).toEqual([0, 1, 0, 0])
  })

  it("is as old as what it shows where that changes, and no older", () => {
    const states = [1, 2, 3, 4, 5, 6].map((second) => item("a", second))
    const lagging = states.map((now, n): [Item[], Item[]] => [[now], [states[Math.max(0, n - 2)] as Item]])
    expect(ages(lagging)).toEqual([0, 0, 1, 1, 1, 1])
    const deaf = states.map((now): [Item[], Item[]] => [[now], [states[0] as Item]])
    expect(ages(deaf)).toEqual([0, 0, 1, 2, 3, 4])
  })

  it("is found where it shows another order, where that counts", () => {
    const course: [Item[], Item[]][] = [
      [
        [a, b],
        [a, b],
      ],
      [
        [a, b],
        [b, a],
      ],
      [
        [a, b],
        [b, a],
      ],
    ]
    expect(ages(course)).toEqual([0, 0, 1])
    expect(ages(course, { isOrdered: false })).toEqual([0, 0, 0])
  })

  it("shows what belongs to it", () => {
    const done = item("a", 2, { isCompleted: true })
    const includes = ({ isCompleted }: Item) => !isCompleted
    expect(
      ages(
        [
          [
            [a, b],
            [a, b],
          ],
          [[done, b], [b]],
        ],
        { includes },
      ),
    ).toEqual([0, 0])
    expect(
      ages(
        [
          [
            [a, b],
            [a, b],
          ],
          [
            [done, b],
            [done, b],
          ],
          [
            [done, b],
            [done, b],
          ],
        ],
        { includes },
      ),
    ).toEqual([0, 0, 1])
  })

  it("shows a part of it page by page, without a gap", () => {
    const c = item("c", 1, { createdAt: at(3) })
    expect(
      ages(
        [
          [
            [a, b, c],
            [a, b],
          ],
        ],
        { isPaged: true },
      ),
    ).toEqual([0])
    expect(
      ages(
        [
          [
            [a, b, c],
            [a, c],
          ],
          [
            [a, b, c],
            [a, c],
          ],
        ],
        { isPaged: true },
      ),
    ).toEqual([0, 1])
  })

  it("may show what its own page is changing, and nothing else", () => {
    const changing = new Set(["a"])
    const assumed = item("a", 1, { name: "renamed" })
    const wrong = item("b", 1, { name: "renamed", createdAt: at(2) })
    expect(
      ages(
        [
          [
            [a, b],
            [assumed, b],
          ],
          [
            [a, b],
            [assumed, b],
          ],
        ],
        { changing },
      ),
    ).toEqual([0, 0])
    expect(
      ages(
        [
          [
            [a, b],
            [assumed, wrong],
          ],
          [
            [a, b],
            [assumed, wrong],
          ],
        ],
        { changing },
      ),
    ).toEqual([0, 1])
  })

  it("is found where it was never read, and where it shows a row twice", () => {
    expect(
      ages([
        [[a], undefined],
        [[a], undefined],
      ]),
    ).toEqual([0, 1])
    expect(
      ages([
        [[a], [a, a]],
        [[a], [a, a]],
      ]),
    ).toEqual([0, 1])
  })
})

describe("the faults", () => {
  it("concern everybody, or the clients of a line, until they end", () => {
    const timeline = new Timeline()
    expect(timeline.quietSince("all")).toBe(0)
    const end = timeline.begin("line half-open", "line 2", 1)
    expect([timeline.quietSince(1), timeline.quietSince(0)]).toEqual([Number.POSITIVE_INFINITY, 0])
    expect(timeline.quietSince("all")).toBe(Number.POSITIVE_INFINITY)
    end()
    expect(timeline.quietSince(1)).toBe(timeline.faults[0]?.to)
  })

  it("are counted by their kind, and the time in which the machine was too busy for itself", () => {
    const timeline = new Timeline()
    for (const kind of ["kill", "kill", "deploy", STARVED] as const) timeline.begin(kind, "", "all", 1000)
    expect([...timeline.counts()]).toEqual([
      ["kill", 2],
      ["deploy", 1],
    ])
    expect(timeline.starvedFor(4000)).toBe(3000)
  })

  it("are printed with what was found, seconds from the beginning", () => {
    const timeline = new Timeline()
    timeline.begin("kill", "node 2", "all", 4200)
    expect(timeline.print(1000)).toEqual(["3.2–… s  kill: node 2"])
    const found = Array.from({ length: 7 }, (_, n) => ({
      what: "it broke",
      where: `list ${n}`,
      at: 2500,
      detail: "so",
    }))
    const lines = printViolations(found, 1000)
    expect(lines[0]).toBe("VIOLATION at 1.5 s: it broke: list 0: so")
    expect(lines.slice(5)).toEqual(["  and 2 more: it broke"])
  })
})
