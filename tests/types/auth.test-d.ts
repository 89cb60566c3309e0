// The forms of `auth`: what it returns, and socket.io-client's callback.
import type { Auth, AuthCallback } from "raclette-wasm"
import { describe, expectTypeOf, it } from "vitest"
import { runtime } from "./runtime"

declare const getToken: () => Promise<string>
const of = (auth: Auth) => runtime.of("/admin", { auth })

describe("auth", () => {
  it("is an object, or a function that returns one", () => {
    of({ token: "t" })
    of(() => ({ token: "t" }))
    of(async () => ({ token: await getToken() }))
    of(({ reason }) => {
      expectTypeOf(reason).toEqualTypeOf<string | undefined>()
      return { token: "t", reason }
    })
    of(async ({ reason }: { reason?: string }) => ({ reason }))
    // @ts-expect-error a token alone
    of(() => "t")
    // @ts-expect-error a promise of a token alone
    of(() => getToken())
    // @ts-expect-error a token alone
    of("t")
  })

  it("is a function that calls its argument, as socket.io-client's is", () => {
    of((cb) => cb({ token: "t" }))
    of((cb) => {
      cb({ token: "t", reason: cb.reason })
    })
    of(async (cb) => cb({ token: await getToken() }))
    of((cb) => getToken().then((token) => cb({ token })))
    function declared(cb: AuthCallback) {
      cb({ token: "t" })
    }
    of(declared)
    const official = (cb: (data: object) => void): void => cb({ token: "t" })
    of(official)
    // @ts-expect-error a token alone
    of((cb) => cb("t"))
    // @ts-expect-error nothing
    of((cb) => cb())
  })
})
