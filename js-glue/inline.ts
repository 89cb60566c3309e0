// raclette-wasm/inline: the public entry with the compiled core inside, for pages and tools where a file beside the
// module is a nuisance. The API is that of the main entry; the build puts core-inline.ts in place of core-file.ts.
export * from "./index"
