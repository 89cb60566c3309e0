// The planted bugs, and what a run must report for each.
export interface Planted {
  name: string
  /** The module that the node's process preloads. */
  file: string
  /** The violations that reveal it. */
  whats: readonly string[]
}

const at = (file: string) => new URL(file, import.meta.url).href

export const PLANTED: readonly Planted[] = [
  { name: "lost-event", file: at("lost-event.ts"), whats: ["an event was lost without a reported gap"] },
  { name: "false-answer", file: at("false-answer.ts"), whats: ["the database contradicts a response"] },
]
