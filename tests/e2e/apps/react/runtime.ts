// What the app in React starts with: a runtime for the page's own backend, logged in.
import { createRuntime } from "raclette-wasm"
import todoConfig from "../../../../web/src/generated-config"
import { credentials } from "../credentials"

export const { pluginKey } = todoConfig

export const runtime = await createRuntime({ plugins: [todoConfig], auth: credentials })
