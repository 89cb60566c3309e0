// Stands for embind where wasm/bindings is compiled for the machine: the fuzzer calls the functions themselves, so
// nobody asks for what is registered.
#pragma once

namespace emscripten {

template <class Result, class... Params>
void function(const char*, Result (*)(Params...)) {}

}  // namespace emscripten
