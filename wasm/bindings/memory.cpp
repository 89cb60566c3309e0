// The module's memory: what the C library would bring for it is made for programs of any size, and weighs more here
// than the bus. Compiled by itself and without builtins (CMakeLists.txt), so that no compiler takes these functions for
// calls of themselves.
//
// A block that is freed waits for the next of its size. There are four sizes to each doubling, so that a quarter of a
// block at most is unused; blocks are neither joined nor split. What is kept is thereby as much as each size ever had
// at once, which suits a program whose records are of a few kinds and come and go all the time.
#include <cstddef>
#include <cstdint>
#include <cstring>

extern "C" {

extern std::byte __heap_base;  // NOLINT(bugprone-reserved-identifier): the linker's name, for where the heap begins

/// js-glue makes its views of the memory anew.
void emscripten_notify_memory_growth(std::size_t memory);

}  // extern "C"

namespace {

constexpr std::size_t kPage = 65536;
constexpr std::uint32_t kSizes = 4 * 32;

/// No memory is larger, and a size within it does not overflow.
constexpr std::size_t kMost = 0x7FFFFFF0;
/// What stands before what the caller gets, the number of the block's size, takes as much as the strictest alignment.
constexpr std::size_t kHeader = 8;

struct FreeBlock {
  FreeBlock* next;
};

FreeBlock* free_blocks[kSizes];
std::byte* unused = &__heap_base;

std::uint32_t& size_number(void* memory) { return *static_cast<std::uint32_t*>(memory); }

/// Room that was never used; null if there is none. It begins at a multiple of 8.
std::byte* fresh(std::size_t size) {
  const std::size_t pages = __builtin_wasm_memory_size(0);
  const std::size_t left = pages * kPage - reinterpret_cast<std::uintptr_t>(unused);
  if (size > left) {
    if (__builtin_wasm_memory_grow(0, (size - left + kPage - 1) / kPage) == static_cast<std::size_t>(-1))
      return nullptr;
    emscripten_notify_memory_growth(0);
  }
  std::byte* const block = unused;
  unused += size;
  return block;
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  if (size > kMost) return nullptr;
  // Five to eight steps, each of a power of two, from 16 bytes on.
  const std::size_t last = kHeader + (size == 0 ? 7 : (size - 1) | 7);
  const auto shift = static_cast<std::uint32_t>(29 - __builtin_clz(last));
  const std::size_t steps = (last >> shift) + 1;
  const auto number = static_cast<std::uint32_t>(shift * 4 + steps - 5);
  FreeBlock*& first = free_blocks[number];
  if (first != nullptr) {
    FreeBlock* const block = first;
    first = block->next;
    return block;
  }
  std::byte* const block = fresh(steps << shift);
  if (block == nullptr) return nullptr;
  size_number(block) = number;
  return block + kHeader;
}

void free(void* memory) {
  if (memory == nullptr) return;
  FreeBlock*& first = free_blocks[size_number(static_cast<std::byte*>(memory) - kHeader)];
  auto* const block = static_cast<FreeBlock*>(memory);
  block->next = first;
  first = block;
}

// Instructions of their own, which the C library as it is prebuilt knows nothing of.
void* memcpy(void* __restrict to, const void* __restrict from, std::size_t size) {
  return __builtin_memcpy(to, from, size);
}
void* memmove(void* to, const void* from, std::size_t size) { return __builtin_memmove(to, from, size); }
void* memset(void* to, int byte, std::size_t size) { return __builtin_memset(to, byte, size); }

// What is searched is a name or a path.
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
