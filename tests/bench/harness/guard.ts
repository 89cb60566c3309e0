// Lets a step fail in each way that code in a page or process can: with an exception, with an error that nobody
// catches, or by never ending.

/** What resolves as `work` does, and rejects with the first error in the meantime, or after `ms`. */
export async function guarded<T>(work: () => T | Promise<T>, ms: number): Promise<T> {
  const ends: (() => void)[] = []
  const failing = new Promise<never>((_, reject) => {
    ends.push(listen(reject))
    const timer = setTimeout(() => reject(new Error(`it did not end within ${ms / 1000} s`)), ms)
    ends.push(() => clearTimeout(timer))
  })
  try {
    return await Promise.race([work(), failing])
  } finally {
    for (const end of ends) end()
  }
}

/** Tells `reject` of uncaught errors, until the returned function is called. */
function listen(reject: (error: unknown) => void): () => void {
  if (typeof addEventListener !== "function") {
    process.on("uncaughtException", reject)
    return () => void process.off("uncaughtException", reject)
  }
  const onError = ({ error }: ErrorEvent) => reject(error)
  const onRejection = ({ reason }: PromiseRejectionEvent) => reject(reason)
  addEventListener("error", onError)
  addEventListener("unhandledrejection", onRejection)
  return () => {
    removeEventListener("error", onError)
    removeEventListener("unhandledrejection", onRejection)
  }
}
