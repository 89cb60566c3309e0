// raclette-wasm/inline: the main entry with the compiled core inlined, for pages and tools that cannot load a separate
// file. The build replaces core-file.ts by core-inline.ts.
export * from "./index"
