// Decides between an arriving item and the known one. If their requests overlapped in time, the version decides;
// without versions, an event or a mutation's answer wins over a read that began earlier.
//
// | arriving item          | compared to the known one   | by version            | verdict |
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

/** The source of an item. */
export interface News {
  readonly kind: "read" | "reused" | "event" | "mutation"
  /** The earliest logical time at which the item may have been in this state. 0 for a mutation from an earlier page. */
  readonly began: number
  /** The logical time since when the state is certain: for a read the same as `began`, otherwise the arrival. */
  readonly at: number
  /** The answer to a mutation that was sent more than once. It may describe the state at the first attempt. */
  readonly isRepeated?: boolean
}

/** `doubt`: keep, and read the item again a second later. `ask`: take, and read the item again. */
export type Verdict = "take" | "keep" | "doubt" | "ask"

/**
 * `since`: the logical time since when the known item is certain. `order`: below 0 if the arriving version is older,
 * undefined if the versions cannot be compared. `doubted`: the time from which an older version is accepted.
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
