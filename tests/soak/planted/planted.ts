// The planted bugs, and what a run must report for each.
export interface Planted {
  name: string
  /** What the node's process loads before anything else. */
  file: string
  /** What may be said of it. */
  whats: readonly string[]
}

const at = (file: string) => new URL(file, import.meta.url).href

export const PLANTED: readonly Planted[] = [
  { name: "lost-event", file: at("lost-event.ts"), whats: ["an event was lost without a word"] },
  { name: "false-answer", file: at("false-answer.ts"), whats: ["the database is not as was answered"] },
]
