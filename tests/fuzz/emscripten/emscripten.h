// Stands for Emscripten's header where wasm/bindings is compiled for the machine: an export is a function like any
// other.
#pragma once

#define EMSCRIPTEN_KEEPALIVE
