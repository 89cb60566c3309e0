// Operations that make queries with refs of Vue, which rest while their component is hidden.
import type { Operation, Query, QueryArgs, QueryTiming } from "raclette-wasm"
import type { EffectScope } from "vue"
import { isRef } from "../shared/api-shape"
import type { Hidden } from "./component"
import { effectScope, getCurrentInstance } from "./framework"
import { type Listening, toVueRef } from "./refs"

/** How long the queries of one API live. */
export interface Life {
  /** Their refs end with it. */
  readonly scope: EffectScope
  readonly hidden: Hidden
  /** Ends the queries. */
  end(): void
}

export function bridgeOperation(operation: Operation, { scope, hidden, end }: Life) {
  return (args?: QueryArgs) => {
    // They may end a little later than the scope, but none begins then.
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

/** A scope that `scope` knows, and ends, once something of it listens: what nobody listens to leaves nothing behind. */
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
 * Keeps a query up to date that goes on by itself, or was made with its component, as long as that is not hidden. Others,
 * that a handler made, are as active as their refs are followed.
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
