// For TypeScript in an app that imports as raclette.js does: `"types": ["raclette-wasm/raclettejs"]` in tsconfig declares each
// path that `raclette-wasm/vite` resolves.
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
