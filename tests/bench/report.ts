// The result type of all benches, from which one program prints, stores and draws.

/** The outcome of one bench. */
export interface Report {
  /** Its name in `npm run bench -- <name>`. */
  name: string
  title: string
  /** Tables and findings, ready to print. */
  text: string
  /** The same as data, for `build/bench/<name>.json` and the charts. */
  data: object
}
