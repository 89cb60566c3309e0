// The types of $log.

/** 0 error, 1 info, 2 debug. */
export type LogLevel = 0 | 1 | 2

/** What a sink gets. */
export interface LogEntry {
  /** 0 error, 1 info, 2 debug. */
  level: LogLevel
  /** `plugin/<pluginKey> - <title>`; of a child `plugin/<pluginKey>/<context> - <title>`. */
  title: string
  /** As it was given, or what the function returned (or threw). */
  message: unknown
  /** `21.04.2026 - 17:30:40:615`, local time. */
  dateTime: string
  /** It came by `warn`; else it is not there. */
  isWarning?: true
}

/** Where entries go. One that throws is told to `onError`, and stops nobody. */
export type LogSink = (entry: LogEntry) => void

/** Logs `title` with `message`. A function as message is called only if the level is on; else nothing is done at all. */
export interface Log {
  /** Default of `level`: 1. One above 2 counts as 2. */
  (title: string, message?: unknown, level?: number): void
  /** Level 0. */
  error(title: string, message?: unknown): void
  /** Level 1; a warning of the console. */
  warn(title: string, message?: unknown): void
  /** Level 1. */
  info(title: string, message?: unknown): void
  /** Level 2. */
  debug(title: string, message?: unknown): void
  /** The same log with `context` behind the plugin's key. Throws `BAD_ARGUMENT` for an empty one. */
  child(context: string): Log
}

/** The log of a runtime, whose threshold is that of all its plugins. */
export interface RuntimeLog extends Log {
  /** Entries above it are dropped. Setting anything but 0, 1 or 2 throws `BAD_ARGUMENT`. */
  level: LogLevel
}
