// Operations that make queries with refs of Vue, which rest while their component is hidden.
import type { Operation, Query, QueryArgs, QueryTiming } from "raclette-wasm"
import type { EffectScope } from "vue"
import { isRef } from "../shared/api-shape"
import type { Hidden } from "./component"
import { effectScope, getCurrentInstance } from "./framework"
import { toVueRef } from "./refs"

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
    const own = scope.run(effectScope) ?? effectScope()
    const members = Object.entries(query).map(([name, member]) => [
      name,
      isRef(member) ? toVueRef(member, own) : member,
    ])
    const { configure, forget } = resting(query, args?.options, hidden)
    const dispose = () => {
      forget()
      query.dispose()
      own.stop()
    }
    return { ...Object.fromEntries(members), isRead: query.isRead, configure, dispose }
  }
}

/** Lets a query that goes on by itself, or belongs to the component, rest while that is hidden. */
function resting(query: Query, options: QueryArgs["options"] = {}, hidden: Hidden) {
  let isActive = options.active !== false
  const tell = (changed: QueryTiming = {}) => query.configure?.({ ...changed, active: isActive && !hidden.isHidden })
  const follow = () => tell()
  // One that was executed once by a handler does not go on.
  const goesOn = options.live || options.immediate || options.refetchInterval || getCurrentInstance()
  if (query.isRead && goesOn) hidden.watchers.add(follow)
  if (query.isRead && hidden.isHidden) follow()
  return {
    configure(changed: QueryTiming) {
      if ("active" in changed) isActive = changed.active !== false
      tell(changed)
    },
    forget: () => void hidden.watchers.delete(follow),
  }
}
