// $log: levels, a threshold, a sink. The core writes titles and times; a message that is a function is called only
// if its level is on.
import type { CoreModule } from "../runtime/core-module"
import type { Log, LogLevel, LogSink } from "./types"

/** The log of a runtime, shared by all its scopes. */
export class LogWriter {
  readonly #core: CoreModule
  readonly #level: LogLevel
  readonly #sink: LogSink
  readonly #wallClock: () => number

  constructor(
    core: CoreModule,
    wallClock: () => number,
    { level = 1, sink = toConsole }: { level?: LogLevel; sink?: LogSink },
  ) {
    this.#core = core
    this.#wallClock = wallClock
    this.#level = level
    this.#sink = sink
  }

  write(pluginKey: string, title: string, message: unknown, level: LogLevel): void {
    if (level > this.#level) return
    const now = this.#wallClock()
    const offset = new Date(now).getTimezoneOffset() * 60000
    this.#sink({
      level,
      title: this.#core.logTitle(pluginKey, String(title)),
      message: typeof message === "function" ? message() : message,
      dateTime: this.#core.logTime(now - offset),
    })
  }
}

/** `$log` of one plugin; without a key, of the runtime. */
export function createLog(writer: LogWriter, pluginKey: string): Log {
  const log = (title: string, message?: unknown, level: LogLevel = 1) => writer.write(pluginKey, title, message, level)
  return Object.assign(log, {
    error: (title: string, message?: unknown) => log(title, message, 0),
    info: (title: string, message?: unknown) => log(title, message, 1),
    debug: (title: string, message?: unknown) => log(title, message, 2),
  })
}

const toConsole: LogSink = ({ level, title, message, dateTime }) => {
  const write = level === 0 ? console.error : level === 1 ? console.info : console.debug
  write(title, { message, dateTime })
}
