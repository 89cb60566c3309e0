// How the lifecycle of a component affects its queries. While KeepAlive hides it, they are not active. When it is
// unmounted, they are disposed of after the same render pass has set up its replacement, so a component that is
// recreated (by another `:key`, for example) shares the request in flight.
import type { ComponentInternalInstance } from "vue"
import { getCurrentInstance, getCurrentScope, onActivated, onDeactivated } from "./framework"

/**
 * Internals of components and effect scopes that Vue's types lack. They are the same in all versions of Vue 3 so far.
 */
interface Scoped {
  readonly scope?: unknown
  readonly detached?: boolean
  readonly parent?: Scoped
}

/** True if the current effect scope is that of `instance`, or within it. */
export function isWithin(instance: ComponentInternalInstance): boolean {
  const own = (instance as Scoped).scope
  let scope = getCurrentScope() as Scoped | undefined
  while (scope && scope !== own) scope = scope.detached ? undefined : scope.parent
  return scope !== undefined
}

/** The current component, if called in its own scope. In a store that a component creates, it is undefined. */
export function currentComponent(): ComponentInternalInstance | undefined {
  const instance = getCurrentInstance()
  const { scope } = (instance ?? {}) as Scoped
  return instance && scope !== undefined && scope === getCurrentScope() ? instance : undefined
}

/** Whether a component is hidden, and the callbacks for changes of that. */
export interface Hidden {
  readonly isHidden: boolean
  /** Called at each change. */
  readonly watchers: Set<() => void>
}

/** Follows `component`. Without one it is never hidden. */
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

/** Disposes of members after the render pass in which their component was unmounted. */
export class Leaving {
  readonly #members = new Set<{ dispose(): void }>()

  add(member: { dispose(): void }): void {
    if (this.#members.size === 0) queueMicrotask(() => this.end())
    this.#members.add(member)
  }

  /** Disposes of all members now. */
  end(): void {
    for (const member of this.#members) member.dispose()
    this.#members.clear()
  }
}
