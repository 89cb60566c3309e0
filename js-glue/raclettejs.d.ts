// Declares the import paths of raclette.js that `raclette-wasm/vite` resolves. Add `"types": ["raclette-wasm/raclettejs"]` to
// tsconfig.json.
declare module "@raclettejs/core/orchestrator/composables" {
  export * from "raclette-wasm/vue"
}
declare module "@raclettejs/core/orchestrator" {
  export * from "raclette-wasm/vue"
}
declare module "@raclettejs/raclette-core/orchestrator/composables" {
  export * from "raclette-wasm/vue"
}
declare module "@raclettejs/raclette-core/orchestrator" {
  export * from "raclette-wasm/vue"
}
