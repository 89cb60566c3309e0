#include "base/slot_map.h"

namespace raclette {
namespace {

// 20 bits of index (a million live objects) and 11 of generation: a handle stays positive as an int32.
constexpr std::uint32_t kIndexBits = 20;
constexpr std::uint32_t kIndexMask = (1u << kIndexBits) - 1;
constexpr std::uint32_t kGenerationMask = (1u << 11) - 1;
constexpr std::uint32_t kBlock = 16;
constexpr std::uint32_t kTaken = 0xFFFFFFFF;

Handle handle_of(std::uint32_t generation, std::uint32_t index) { return (generation << kIndexBits) | (index + 1); }

}  // namespace

SlotTable::Slot& SlotTable::at(std::uint32_t index) const {
  return *reinterpret_cast<Slot*>(blocks_[index / kBlock].get() + index % kBlock * slot_size_);
}

void* SlotTable::take(Handle& handle) {
  std::uint32_t index = free_ - 1;
  if (free_ == 0) {
    index = used_++;
    if (index % kBlock == 0) blocks_.push_back(std::make_unique<char[]>(kBlock * slot_size_));
  }
  Slot& slot = at(index);
  if (free_ != 0) free_ = slot.next_free;
  slot.next_free = kTaken;
  ++size_;
  handle = handle_of(slot.generation, index);
  return &slot + 1;
}

void* SlotTable::locate_at(std::uint32_t index, Handle& handle) const {
  Slot& slot = at(index);
  handle = handle_of(slot.generation, index);
  return slot.next_free == kTaken ? &slot + 1 : nullptr;
}

void* SlotTable::locate(Handle handle) const {
  const std::uint32_t index = (handle & kIndexMask) - 1;
  Handle known = 0;
  void* const object = index < used_ ? locate_at(index, known) : nullptr;
  return known == handle ? object : nullptr;
}

void SlotTable::give_back(Handle handle) {
  const std::uint32_t index = (handle & kIndexMask) - 1;
  Slot& slot = at(index);
  slot.generation = (slot.generation + 1) & kGenerationMask;
  slot.next_free = free_;
  free_ = index + 1;
  --size_;
}

}  // namespace raclette
