// What a page imports that uses the package; bundled and minified, it is what is loaded in each sample.
export { createRuntime } from "raclette-wasm"
