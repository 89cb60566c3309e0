#include "base/hash_index.h"

#include <utility>

namespace raclette {
namespace {

constexpr std::size_t kFirstCapacity = 16;
constexpr std::uint32_t kOffset = 2166136261u;

std::uint32_t with(std::uint32_t hash, std::uint32_t byte) { return (hash ^ byte) * 16777619u; }

/// The low bits alone choose the slot: lets the high ones take part.
std::uint32_t mixed(std::uint32_t hash) { return hash ^ hash >> 15; }

}  // namespace

std::uint32_t hash_of(std::string_view text, std::uint32_t seed) {
  std::uint32_t hash = kOffset ^ seed;
  for (const char c : text) hash = with(hash, static_cast<unsigned char>(c));
  return mixed(hash);
}

std::uint32_t hash_of(ByteUnits units) {
  std::uint32_t hash = kOffset;
  for (const char16_t unit : units) hash = with(hash, unit);
  return mixed(hash);
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
