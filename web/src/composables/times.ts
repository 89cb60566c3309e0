// Formatting of times: the time of day for today, with the date for other days. "Today" is updated each minute, so that
// a page left open over midnight is right.
import { shallowRef } from "vue"

const MINUTE = 60_000

const today = shallowRef(new Date().toDateString())
setInterval(() => {
  today.value = new Date().toDateString()
}, MINUTE)

const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" })

export type Precision = "minutes" | "seconds"

/** The text and attributes of a `time` element. */
export function describeTime(time: Date, precision: Precision = "minutes") {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" }
  if (precision === "seconds") options.second = "2-digit"
  if (time.toDateString() !== today.value) Object.assign(options, { day: "numeric", month: "short" })
  if (!today.value.endsWith(String(time.getFullYear()))) options.year = "numeric"
  const short = new Intl.DateTimeFormat(undefined, options)
  return { iso: time.toISOString(), full: full.format(time), short: short.format(time) }
}
