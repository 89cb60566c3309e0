// Operations that create queries with Vue refs. The queries are not active while their component is hidden.
import type { Operation, Query, QueryArgs, QueryTiming } from "raclette-wasm"
import type { EffectScope } from "vue"
import { isRef } from "../shared/api-shape"
import type { Hidden } from "./component"
import { effectScope, getCurrentInstance } from "./framework"
import { type Listening, toVueRef } from "./refs"

/** Lifetime of the queries of one API. */
export interface Life {
  /** The scope of their refs. */
  readonly scope: EffectScope
  readonly hidden: Hidden
  /** Disposes of the queries. */
  end(): void
}

export function bridgeOperation(operation: Operation, { scope, hidden, end }: Life) {
  return (args?: QueryArgs) => {
    // Queries may end a little later than the scope, but no new ones are created then.
    if (!scope.active) end()
    const query = operation(args)
    const own = within(scope)
    const members = Object.entries(query).map(([name, member]) => [
      name,
      isRef(member) ? toVueRef(member, own) : member,
    ])
    const { configure, forget } = attended(query, args?.options, hidden)
    const dispose = () => {
      forget()
      query.dispose()
      own.stop()
    }
    return { ...Object.fromEntries(members), isRead: query.isRead, configure, dispose }
  }
}

/** A child of `scope`, created at the first subscription: queries that are never read leave nothing in `scope`. */
function within(scope: EffectScope): Listening & { stop(): void } {
  let own: EffectScope | undefined
  let isOver = false
  return {
    get active() {
      return scope.active && !isOver
    },
    run(listen) {
      own ??= scope.run(effectScope)
      return own?.run(listen)
    },
    stop() {
      isOver = true
      own?.stop()
    },
  }
}

/**
 * Sets `active` of queries that refetch by themselves, or were created in setup(), while their component is visible.
 * Queries that a handler creates are active while their refs are observed.
 */
function attended(query: Query, options: QueryArgs["options"] = {}, hidden: Hidden) {
  let { active } = options
  const goesOn = options.live || options.immediate || options.refetchInterval || getCurrentInstance()
  const isAttended = query.isRead && Boolean(goesOn)
  const apply = (changed: QueryTiming = {}) => {
    const isActive = isAttended ? active !== false && !hidden.isHidden : active
    query.configure?.({ ...changed, active: isActive })
  }
  const follow = () => apply()
  if (isAttended) {
    hidden.watchers.add(follow)
    follow()
  }
  return {
    configure(changed: QueryTiming) {
      if ("active" in changed) active = changed.active
      apply(changed)
    },
    forget: () => void hidden.watchers.delete(follow),
  }
}
