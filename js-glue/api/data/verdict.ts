// Decides between an arriving item and the known one. If their requests overlapped in time, the version decides; without
// versions, an event or a mutation's answer wins over a read that began earlier.
//
// | arrives                | against what is known       | by version            | verdict |
// | ---------------------- | --------------------------- | --------------------- | ------- |
// | a read's answer        | it began later              | not older             | take    |
// |                        |                             | older                 | doubt   |
// |                        |                             | older, for the second time | take |
// |                        | it began earlier            | newer                 | take    |
// |                        |                             | not newer, or unknown | keep    |
// |                        | the answer to a repeated mutation | unknown   | ask     |
// | an answer used again   |                             |                       | keep    |
// | an event               |                             | older                 | keep    |
// |                        |                             | not older, or unknown | take    |
// | a mutation's answer    |                             | not older             | take    |
// |                        | it began later              | older                 | doubt   |
// |                        | it began earlier            | older                 | keep    |
// |                        | it began later              | unknown               | take    |
// |                        | it began earlier            | unknown               | ask     |

/** Where an item comes from. */
export interface News {
  readonly kind: "read" | "reused" | "event" | "mutation"
  /** The moment from which on it may have been so; 0 of a mutation that a page before kept. */
  readonly began: number
  /** The moment from which on it is known to be so: of a read the same, of others their arrival. */
  readonly at: number
  /** The answer to a mutation that was sent more than once: it may tell how things were at the first try. */
  readonly isRepeated?: boolean
}

/** `doubt`: keep, and read once more a second later. `ask`: take, and read the item again. */
export type Verdict = "take" | "keep" | "doubt" | "ask"

/**
 * `since`: the moment from which on what is known was known to be so. `order`: below 0, the version that arrives is the
 * older; undefined, versions say nothing. `doubted`: the moment from which on an older version is believed.
 */
export function verdictOn({ kind, began }: News, since: number, order: number | undefined, doubted: number): Verdict {
  const isLater = began >= since
  const isOlder = order !== undefined && order < 0
  if (kind === "reused") return "keep"
  if (kind === "event") return isOlder ? "keep" : "take"
  if (isOlder) return !isLater ? "keep" : kind === "read" && began >= doubted ? "take" : "doubt"
  if (isLater) return "take"
  if (kind === "read") return order !== undefined && order > 0 ? "take" : "keep"
  return order === undefined ? "ask" : "take"
}
