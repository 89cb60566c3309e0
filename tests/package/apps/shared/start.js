// Logs in at the backend of `npm start`, as in README's example, and creates a runtime.
import { createRuntime } from "raclette-wasm"
import todoConfig from "./generated-config.js"

const url = "http://127.0.0.1:8082"

export async function start(options) {
  const login = { method: "POST", headers: { "content-type": "application/json" }, body: '{"user":"me"}' }
  const { token } = await (await fetch(`${url}/auth/dev-login`, login)).json()
  return createRuntime({ url, plugins: [todoConfig], auth: { token }, ...options })
}
