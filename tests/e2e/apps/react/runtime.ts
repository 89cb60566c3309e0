// The runtime of the React app, logged in at the page's own backend.
import { createRuntime } from "raclette-wasm"
import todoConfig from "../../../../web/src/generated-config"
import { credentials } from "../credentials"

export const { pluginKey } = todoConfig

export const runtime = await createRuntime({ plugins: [todoConfig], auth: credentials })
