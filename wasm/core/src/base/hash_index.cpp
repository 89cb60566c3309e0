#include "base/hash_index.h"

#include <utility>

namespace raclette {
namespace {

constexpr std::size_t kFirstCapacity = 16;

}  // namespace

std::uint32_t hash_of(std::string_view text, std::uint32_t seed) {
  std::uint32_t value = 2166136261u ^ seed;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  // The low bits alone choose the slot: let the high ones take part.
  return value ^ value >> 15;
}

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

/// The slots behind the one that becomes free move up where that brings them nearer to their own.
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
