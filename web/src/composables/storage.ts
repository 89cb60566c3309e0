// The browser's storages for small strings. Both are optional to the page: where they are blocked or full, reading
// gives nothing, writing does nothing, and the page works on for as long as it is open.

/** A place for strings by name. */
export interface Keep {
  read(key: string): string | undefined
  write(key: string, value: string): void
}

function keepIn(storage: () => Storage): Keep {
  return {
    read(key) {
      try {
        return storage().getItem(key) ?? undefined
      } catch {
        return undefined
      }
    },
    write(key, value) {
      try {
        storage().setItem(key, value)
      } catch {
        // Blocked or full: the value lives as long as the page.
      }
    },
  }
}

/** Lives as long as this tab. */
export const inTab = keepIn(() => sessionStorage)
/** Lives on in this browser. */
export const inBrowser = keepIn(() => localStorage)
