// The registered runtime of the type tests, which docs/types.md imports.
import { createRuntime } from "raclette-wasm"
import { shopConfig, type Types, todoConfig } from "./configs"

export const runtime = await createRuntime({ plugins: [todoConfig, shopConfig], types: {} as Types })
