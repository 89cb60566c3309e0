// The imports of a page that uses the package. Each sample loads it bundled and minified.
export { createRuntime } from "raclette-wasm"
