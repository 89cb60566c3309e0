// Names that the public types and the compiled core share: the list generated from the core has exactly these.
import type { QueryOptions, SocketStatus } from "raclette-wasm"
import { describe, expectTypeOf, it } from "vitest"
import type { lifecycleEvents, QuerySettings, socketStatuses, transportNames } from "../../js-glue/core/core-module"
import type { LifecycleEvent, TransportName } from "../../js-glue/types/drivers"

describe("names that the core knows", () => {
  it("are those of the public types, all of them", () => {
    expectTypeOf<(typeof socketStatuses)[number]>().toEqualTypeOf<SocketStatus>()
    expectTypeOf<(typeof transportNames)[number]>().toEqualTypeOf<TransportName>()
    expectTypeOf<(typeof lifecycleEvents)[number]>().toEqualTypeOf<LifecycleEvent>()
  })

  it("are options of a query, as far as they are settings of one", () => {
    // Whether a query retires depends on its observers.
    type Settings = Omit<QuerySettings, "retires">
    expectTypeOf<Pick<QueryOptions, keyof Settings>>().toEqualTypeOf<Settings>()
  })
})
