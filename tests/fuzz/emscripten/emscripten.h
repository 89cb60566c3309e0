// Replaces Emscripten's header in native builds of wasm/bindings. Exports are ordinary functions there.
#pragma once

#define EMSCRIPTEN_KEEPALIVE
