#include "base/hash_index.h"

#include <utility>

#include "base/words.h"

namespace raclette {
namespace {

constexpr std::size_t kFirstCapacity = 16;
constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio, odd

/// Mixes a word into the hash. A product's high bits depend on all bits of both factors. They are folded into the low
/// bits, which choose the slot.
std::uint64_t with(std::uint64_t hash, std::uint64_t word) {
  const std::uint64_t product = (hash ^ word) * kFactor;
  return product ^ product >> 32;
}

template <class Unit>
std::uint32_t hashed(const Unit* at, std::size_t left, std::uint32_t seed) {
  std::uint64_t hash = seed + left;
  for (; left >= kUnitsInWord; at += kUnitsInWord, left -= kUnitsInWord) hash = with(hash, word_at(at));
  return static_cast<std::uint32_t>(with(hash, last_word_at(at, left)));
}

}  // namespace

std::uint32_t hash_of(const std::string_view& text, std::uint32_t seed) {
  return hashed(text.data(), text.size(), seed);
}
std::uint32_t hash_of(const ByteUnits& units) { return hashed(units.data(), units.size(), 0); }

void HashIndex::insert(std::uint32_t hash, std::uint32_t value) {
  if ((++size_) * 2 > slots_.size()) {
    const std::vector<Slot> old =
        std::exchange(slots_, std::vector<Slot>(slots_.empty() ? kFirstCapacity : slots_.size() * 2));
    for (const Slot& slot : old) {
      if (slot.value != 0) put(slot);
    }
  }
  put({hash, value});
}

void HashIndex::put(Slot slot) {
  std::size_t at = slot.hash & mask();
  while (slots_[at].value != 0) at = (at + 1) & mask();
  slots_[at] = slot;
}

/// Moves later slots of the run into the free slot if that brings them nearer to their own, so no search ends early.
void HashIndex::erase(std::uint32_t hash, std::uint32_t value) {
  std::size_t free = hash & mask();
  while (slots_[free].value != value) free = (free + 1) & mask();
  for (std::size_t at = (free + 1) & mask(); slots_[at].value != 0; at = (at + 1) & mask()) {
    const std::size_t way = (at - slots_[at].hash) & mask();
    if (way < ((at - free) & mask())) continue;
    slots_[free] = slots_[at];
    free = at;
  }
  slots_[free] = {};
  --size_;
}

}  // namespace raclette
