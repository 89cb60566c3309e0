// What both apps start with: a runtime for the page's own backend, logged in.
import { createRuntime } from "raclette-wasm"
import todoConfig from "../../../web/src/generated-config"

export const { pluginKey } = todoConfig

async function credentials(): Promise<{ token: string }> {
  const answer = await fetch("/auth/dev-login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: "somebody" }),
  })
  return (await answer.json()) as { token: string }
}

export const runtime = await createRuntime({ plugins: [todoConfig], auth: credentials })
