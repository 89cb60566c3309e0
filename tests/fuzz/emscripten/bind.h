// Replaces embind in native builds of wasm/bindings. The fuzzer calls the functions directly, so registration does
// nothing.
#pragma once

namespace emscripten {

template <class Result, class... Params>
void function(const char*, Result (*)(Params...)) {}

}  // namespace emscripten
