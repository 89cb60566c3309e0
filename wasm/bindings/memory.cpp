// memcpy and others with WebAssembly's bulk memory instructions. The prebuilt C library unrolls loops instead, and is
// larger. This file is compiled without LTO and builtins (CMakeLists.txt), so the compiler does not replace these
// functions with calls to themselves.
#include <cstddef>
#include <cstring>

extern "C" {

// Bulk memory instructions, which the prebuilt C library does not use.
void* memcpy(void* __restrict to, const void* __restrict from, std::size_t size) {
  return __builtin_memcpy(to, from, size);
}
void* memmove(void* to, const void* from, std::size_t size) { return __builtin_memmove(to, from, size); }
void* memset(void* to, int byte, std::size_t size) { return __builtin_memset(to, byte, size); }

// Only names and paths are searched, so a plain loop is enough.
void* memchr(const void* text, int byte, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(text);
  for (; size > 0; --size, ++at) {
    if (*at == static_cast<unsigned char>(byte)) return const_cast<unsigned char*>(at);
  }
  return nullptr;
}

std::size_t strlen(const char* text) {
  const char* end = text;
  while (*end != 0) ++end;
  return static_cast<std::size_t>(end - text);
}

}  // extern "C"
