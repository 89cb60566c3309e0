// What the life of a component means for the queries that were made in it. KeepAlive hides it: its queries rest. It is
// unmounted: its queries end, but only after whatever takes its place in the same pass was set up. So a component that is
// made anew, by another `:key` for example, joins the read that is under way instead of beginning another.
import type { ComponentInternalInstance } from "vue"
import { getCurrentInstance, getCurrentScope, onActivated, onDeactivated } from "./framework"

/** A component and an effect scope, as far as they are not in Vue's types; the same in all versions of 3 so far. */
interface Scoped {
  readonly scope?: unknown
  readonly detached?: boolean
  readonly parent?: Scoped
}

/** Whether what is made here ends with `instance`: in its own scope, or in one within that. */
export function isWithin(instance: ComponentInternalInstance): boolean {
  const own = (instance as Scoped).scope
  let scope = getCurrentScope() as Scoped | undefined
  while (scope && scope !== own) scope = scope.detached ? undefined : scope.parent
  return scope !== undefined
}

/** The component in whose own scope this is called: a store that is made by a component does not end with it. */
export function currentComponent(): ComponentInternalInstance | undefined {
  const instance = getCurrentInstance()
  const { scope } = (instance ?? {}) as Scoped
  return instance && scope !== undefined && scope === getCurrentScope() ? instance : undefined
}

/** Whether a component is hidden, and who has to know. */
export interface Hidden {
  readonly isHidden: boolean
  /** Told of each change. */
  readonly watchers: Set<() => void>
}

/** What follows `component`; without one it is never hidden. */
export function hiddenWith(component: ComponentInternalInstance | undefined): Hidden {
  const hidden = { isHidden: false, watchers: new Set<() => void>() }
  const set = (isHidden: boolean) => () => {
    if (hidden.isHidden === isHidden) return
    hidden.isHidden = isHidden
    for (const notify of [...hidden.watchers]) notify()
  }
  if (component) {
    onDeactivated(set(true), component)
    onActivated(set(false), component)
  }
  return hidden
}

/** What ends as soon as the pass is over in which its component was unmounted. */
export class Leaving {
  readonly #members = new Set<{ dispose(): void }>()

  add(member: { dispose(): void }): void {
    if (this.#members.size === 0) queueMicrotask(() => this.end())
    this.#members.add(member)
  }

  /** Ends all of them. */
  end(): void {
    for (const member of this.#members) member.dispose()
    this.#members.clear()
  }
}
