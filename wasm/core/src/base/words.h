// Texts as words of four UTF-16 units, the first in the lowest bits. Bytes are widened to units, so names are hashed
// and compared alike in frames and in the core.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace raclette {

static_assert(std::endian::native == std::endian::little, "the lowest bits of a word hold its first unit");

inline constexpr std::size_t kUnitsInWord = 4;
inline constexpr std::size_t kUnitBits = 16;

/// The word of the four units at `at`.
inline std::uint64_t word_at(const char16_t* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}
/// The word of the four bytes at `at`.
inline std::uint64_t word_at(const char* at) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  const std::uint64_t halves = (bytes | std::uint64_t{bytes} << 16) & 0x0000FFFF0000FFFF;
  return (halves | halves << 8) & 0x00FF00FF00FF00FF;
}

/// The word of the last units of a text, fewer than four. Missing units are zeros.
template <class Unit>
std::uint64_t last_word_at(const Unit* at, std::size_t left) {
  std::uint64_t word = 0;
  while (left-- > 0) word = word << kUnitBits | static_cast<std::make_unsigned_t<Unit>>(at[left]);
  return word;
}

}  // namespace raclette
