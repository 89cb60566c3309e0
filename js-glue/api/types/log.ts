// The types of $log.

/** 0 error, 1 info, 2 debug. */
export type LogLevel = 0 | 1 | 2

export interface LogEntry {
  level: LogLevel
  /** `plugin/<pluginKey> - <title>`. */
  title: string
  message: unknown
  /** `21.04.2026 - 17:30:40:615`, local time. */
  dateTime: string
}

export type LogSink = (entry: LogEntry) => void

/** Logs `title` with `message`. A function as message is called only if the level is on. */
export interface Log {
  (title: string, message?: unknown, level?: LogLevel): void
  error(title: string, message?: unknown): void
  info(title: string, message?: unknown): void
  debug(title: string, message?: unknown): void
}
