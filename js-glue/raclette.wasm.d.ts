// raclette-wasm/runtime.wasm: the compiled core as a file, for bundlers that hand out addresses of files.

/** Address of the file, for `wasm.url` of createRuntime. */
declare const url: string
export default url
