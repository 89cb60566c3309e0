// What a bench hands to whoever started it. A report is measured, never assumed: every number of its text is in its data.

/** The outcome of one bench. */
export interface Report {
  name: string
  title: string
  /** What is printed. */
  text: string
  /** What is written to build/bench/<name>.json. */
  data: object
}
