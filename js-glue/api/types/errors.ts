// Errors as code sees them that has no need of the class.

/** The shape of `RacletteError`, for code that does not import the class. */
export interface RacletteErrorLike {
  name: string
  code: string
  message: string
  cause?: unknown
  details?: Record<string, unknown>
}
