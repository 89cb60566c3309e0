// A hash index from names to numbers. It stores no names: the owner of the objects compares candidates. One table
// serves names, reads and listeners. Find, insert and erase take constant time on average, and allocate only when the
// table grows.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace raclette {

/// The hash of a text: multiplications and shifts, four units at a time. Names are short, and an attacker who makes
/// them collide only slows down their own page. `seed`: the hash of a preceding text, if there is one.
[[nodiscard]] std::uint32_t hash_of(const std::string_view& text, std::uint32_t seed = 0);
/// The hash of the text that `units` spell.
[[nodiscard]] std::uint32_t hash_of(const ByteUnits& units);

class HashIndex {
 public:
  /// Returns the value under `hash` for which `is(value)` is true, or 0.
  template <class Is>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Is is) const {
    if (slots_.empty()) return 0;
    for (std::size_t at = hash & mask(); slots_[at].value != 0; at = (at + 1) & mask()) {
      if (slots_[at].hash == hash && is(slots_[at].value)) return slots_[at].value;
    }
    return 0;
  }
  /// Adds a value, which must not be 0.
  void insert(std::uint32_t hash, std::uint32_t value);
  /// Removes a value, which must be in the index.
  void erase(std::uint32_t hash, std::uint32_t value);

 private:
  // Open addressing with linear probing over a power of two, at most half full.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t value = 0;  // 0: free
  };

  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  void put(Slot slot);

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace raclette
