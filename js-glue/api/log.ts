// $log: levels, a threshold and sinks. The core writes titles and times. An entry whose level is off costs one
// comparison: no text is built, and a message that is a function is not called.
import type { CoreModule } from "../core/core-module"
import type { Log, LogLevel, LogSink, RuntimeLog, RuntimeOptions } from "../types"
import type { TimersDriver } from "../types/drivers"
import { messageOf, RacletteError } from "../types/errors"
import { checkName } from "./base/checks"

/** The log of a runtime, shared by all its scopes. */
export class LogWriter {
  readonly #core: CoreModule
  readonly #sinks: readonly LogSink[]
  readonly #timers: Pick<TimersDriver, "wallClock">
  readonly #onError: (error: RacletteError) => void
  #level: LogLevel
  #isReporting = false

  /** Throws `BAD_CONFIG` for an invalid level or sink. */
  constructor(
    core: CoreModule,
    timers: Pick<TimersDriver, "wallClock">,
    { log = {}, onError }: Pick<RuntimeOptions, "log" | "onError">,
  ) {
    const { level = 1, sink = toConsole } = log
    this.#sinks = Array.isArray(sink) ? [...sink] : [sink]
    if (!isLevel(level)) throw new RacletteError("BAD_CONFIG", "`log.level` must be 0, 1 or 2")
    if (this.#sinks.some((one) => typeof one !== "function"))
      throw new RacletteError("BAD_CONFIG", "`log.sink` must be a function or an array of them")
    this.#core = core
    this.#timers = timers
    this.#level = level
    this.#onError = onError ?? ((error) => console.error(error))
  }

  get level(): LogLevel {
    return this.#level
  }

  set level(level: LogLevel) {
    if (!isLevel(level)) throw new RacletteError("BAD_ARGUMENT", "`level` must be 0, 1 or 2")
    this.#level = level
  }

  /** Writes an entry whose level is on. `key`: the plugin's key and its suffix; empty for the runtime. */
  write(key: string, title: string, message: unknown, level: LogLevel, isWarning = false): void {
    const now = this.#timers.wallClock()
    const offset = new Date(now).getTimezoneOffset() * 60000
    const entry = {
      level,
      title: this.#core.logTitle(key, title).text,
      message: typeof message === "function" ? outcomeOf(message as () => unknown) : message,
      dateTime: this.#core.logTime(now - offset).text,
      ...(isWarning && { isWarning }),
    }
    for (const sink of this.#sinks) {
      try {
        sink(entry)
      } catch (cause) {
        this.#reportSinkError(cause)
      }
    }
  }

  /** Reports that a sink threw. Not to the log, which would call the sink again. */
  #reportSinkError(cause: unknown): void {
    if (this.#isReporting) return
    this.#isReporting = true
    try {
      this.#onError(new RacletteError("LISTENER_THREW", `a log sink: ${messageOf(cause)}`, { cause }))
    } catch (thrown) {
      printed(thrown)
    }
    this.#isReporting = false
  }
}

function isLevel(level: unknown): boolean {
  return level === 0 || level === 1 || level === 2
}

function outcomeOf(message: () => unknown): unknown {
  try {
    return message()
  } catch (thrown) {
    return thrown
  }
}

const KEY = Symbol("key")

/** The prefix of the titles of a log made by this binding, also through a proxy. Undefined for any other log. */
export function logKeyOf(log: object): string | undefined {
  return (log as { [KEY]?: string })[KEY]
}

/** `$log` of one plugin, or of the runtime if there is no key. */
export function createLog(writer: LogWriter, pluginKey: string, contexts: readonly string[] = []): Log {
  const key = pluginKey === "" ? "" : [pluginKey, ...contexts].join("/")
  const before = pluginKey === "" && contexts.length > 0 ? `${contexts.join("/")} - ` : ""
  const write = (title: string, message: unknown, given: number, isWarning?: boolean) => {
    const level = Math.min(given, 2) as LogLevel
    if (level <= writer.level) writer.write(key, before + String(title), message, level, isWarning)
  }
  const log: Log = Object.assign((title: string, message?: unknown, level = 1) => write(title, message, level), {
    error: (title: string, message?: unknown) => write(title, message, 0),
    warn: (title: string, message?: unknown) => write(title, message, 1, true),
    info: (title: string, message?: unknown) => write(title, message, 1),
    debug: (title: string, message?: unknown) => write(title, message, 2),
    child(context: string) {
      checkName(context, "the context")
      return createLog(writer, pluginKey, [...contexts, context])
    },
  })
  return Object.defineProperty(log, KEY, { value: key })
}

/** `$log` of a runtime, which also controls the threshold. */
export function createRuntimeLog(writer: LogWriter): RuntimeLog {
  const log = createLog(writer, "")
  return Object.defineProperty(log, "level", {
    get: () => writer.level,
    set: (level: LogLevel) => {
      writer.level = level
    },
    enumerable: true,
  }) as RuntimeLog
}

/** Prints a thrown value, even one that cannot be converted to text. */
function printed(thrown: unknown): void {
  try {
    console.error(thrown)
  } catch {
    console.error(messageOf(thrown))
  }
}

const toConsole: LogSink = ({ level, title, message, dateTime, isWarning }) => {
  const name = isWarning ? "warn" : (["error", "info", "debug"] as const)[level]
  console[name](title, { message, dateTime })
}
