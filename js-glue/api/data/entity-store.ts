// The entity types of one runtime. Operations of all plugins with the same type share its items.
import type { LogicalClock } from "../../runtime/logical-clock"
import type { Keys } from "./item"
import { EntityType } from "./store"

/** The entity types of one runtime, as many as its plugins' configs name. */
export class EntityStore {
  readonly #types = new Map<string, EntityType>()
  readonly #clock: LogicalClock

  constructor(clock: LogicalClock) {
    this.#clock = clock
  }

  clear(): void {
    for (const type of this.#types.values()) type.clear()
  }

  /** Returns the type `name`. The first call determines its keys. */
  type(name: string, keys: Keys): EntityType {
    const known = this.#types.get(name)
    if (known) return known
    const made = new EntityType(keys, this.#clock)
    this.#types.set(name, made)
    return made
  }
}
