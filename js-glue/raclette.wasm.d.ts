// raclette-wasm/runtime.wasm: the compiled core as an asset, for bundlers that return the URL of an imported file.

/** URL of the file, for `wasm.url` of createRuntime. */
declare const url: string
export default url
