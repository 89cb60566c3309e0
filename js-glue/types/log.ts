// The types of $log.

/** 0 error, 1 info, 2 debug. */
export type LogLevel = 0 | 1 | 2

/** Argument of a sink. */
export interface LogEntry {
  /** 0 error, 1 info, 2 debug. */
  level: LogLevel
  /** `plugin/<pluginKey> - <title>`, or `plugin/<pluginKey>/<context> - <title>` from a child log. */
  title: string
  /** The message, or what its function returned or threw. */
  message: unknown
  /** `21.04.2026 - 17:30:40:615`, local time. */
  dateTime: string
  /** Set for entries from `warn`. */
  isWarning?: true
}

/** Receives log entries. If it throws, `onError` is called and the other sinks still run. */
export type LogSink = (entry: LogEntry) => void

/** Logs `title` with `message`. A function as message is called only if the level is on. */
export interface Log {
  /** Default `level`: 1. Levels above 2 count as 2. */
  (title: string, message?: unknown, level?: number): void
  /** Level 0. */
  error(title: string, message?: unknown): void
  /** Level 1; `console.warn`. */
  warn(title: string, message?: unknown): void
  /** Level 1. */
  info(title: string, message?: unknown): void
  /** Level 2. */
  debug(title: string, message?: unknown): void
  /** A log with `context` after the plugin's key. Throws `BAD_ARGUMENT` for an empty context. */
  child(context: string): Log
}

/** The log of a runtime. Its level applies to all plugins. */
export interface RuntimeLog extends Log {
  /** Entries with a higher level are dropped. Throws `BAD_ARGUMENT` for anything but 0, 1 or 2. */
  level: LogLevel
}
