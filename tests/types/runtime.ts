// The one runtime of an application, which the type tests register and docs/types.md imports.
import { createRuntime } from "raclette-wasm"
import { shopConfig, type Types, todoConfig } from "./configs"

export const runtime = await createRuntime({ plugins: [todoConfig, shopConfig], types: {} as Types })
