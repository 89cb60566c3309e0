// The glue that Emscripten generates (build/wasm/raclette.mjs); the build resolves the specifier.
declare module "#wasm-glue" {
  import type { CoreModule, ModuleOptions } from "./core-module"

  /** Makes an instance of the module. `options` is written to: hand over a fresh object each time. */
  export default function factory(options: ModuleOptions): Promise<CoreModule>
}
