// sessionStorage and localStorage without exceptions. If they are blocked or full, reads return undefined and writes do
// nothing: the page works, but forgets.

export interface StringStorage {
  read(key: string): string | undefined
  write(key: string, value: string): void
}

function stringStorage(storage: () => Storage): StringStorage {
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
        // Blocked or full.
      }
    },
  }
}

/** Per tab. Survives reloads. */
export const tabStorage = stringStorage(() => sessionStorage)
/** Per browser. */
export const browserStorage = stringStorage(() => localStorage)
