// The parts of a browser page that a runtime notices: cookies, which the load balancer needs for sticky sessions, and
// the login.
import { readFileSync } from "node:fs"
import { WebSocket as NodeWebSocket } from "ws"
import type { PluginConfig, Runtime, RuntimeOptions } from "../../../js-glue"
import { root } from "../../support/process"
import { Login } from "./login"

type Create = (options: RuntimeOptions) => Promise<Runtime>

/** Loads the built package. Resolves with a function that creates pages. */
export async function loadPages() {
  const { createRuntime } = (await import(new URL("dist/index.js", `file://${root}`).href)) as { createRuntime: Create }
  const module = await WebAssembly.compile(readFileSync(new URL("dist/raclette.wasm", `file://${root}`)))
  /** A runtime at `url` with its own user. */
  return (name: string, url: string, plugin: PluginConfig, socket: RuntimeOptions["socket"] = {}): Promise<Runtime> => {
    const jar = new CookieJar()
    const login = new Login(url, name)
    return createRuntime({
      url,
      plugins: [plugin],
      wasm: { module },
      fetch: jar.fetch,
      WebSocket: jar.WebSocket,
      auth: async ({ reason }) => {
        if (reason !== undefined) login.forget()
        return { token: await login.token() }
      },
      log: { sink() {} },
      onError() {},
      socket,
    })
  }
}

/** The cookies of one page, sent with its requests and WebSockets. */
class CookieJar {
  #cookie: string | undefined

  readonly fetch: typeof fetch = async (input, init) => {
    const headers = { ...(init?.headers as Record<string, string>), ...(this.#cookie && { cookie: this.#cookie }) }
    const answer = await fetch(input, { ...init, headers })
    this.#keep(answer.headers.get("set-cookie"))
    return answer
  }

  get WebSocket() {
    const headers = () => (this.#cookie ? { cookie: this.#cookie } : {})
    const keep = (cookie: string | undefined) => this.#keep(cookie ?? null)
    return class extends NodeWebSocket {
      constructor(url: string) {
        super(url, { headers: headers() })
        this.on("upgrade", ({ headers: { "set-cookie": [cookie] = [] } }) => keep(cookie))
      }
    }
  }

  #keep(header: string | null): void {
    this.#cookie = header?.split(";")[0] ?? this.#cookie
  }
}
