// Objects behind integer handles that cross the boundary. A handle holds an index and a generation, so one that
// outlived its object finds nothing instead of a stranger; 0 is never a handle. Objects stay where they are: room is
// added in blocks, since growing by copying would leave most of what it once took behind, unused.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace raclette {

using Handle = std::uint32_t;

template <class T>
class SlotMap {
 public:
  Handle insert(T value) { return emplace(std::move(value)); }

  /// Makes the object where it stays; without arguments, to be filled in by way of `find`.
  template <class... Args>
  Handle emplace(Args&&... args) {
    const std::uint32_t index = free_ != kNone ? free_ : fresh();
    Slot& slot = at(index);
    free_ = slot.next_free;
    slot.value.emplace(std::forward<Args>(args)...);
    ++size_;
    return handle_of(slot, index);
  }

  /// The object, or null for a handle that is not (or no longer) known.
  [[nodiscard]] T* find(Handle handle) {
    const std::uint32_t index = (handle & kIndexMask) - 1;
    if (index >= used_) return nullptr;
    Slot& slot = at(index);
    return slot.value && slot.generation == handle >> kIndexBits ? &*slot.value : nullptr;
  }

  [[nodiscard]] const T* find(Handle handle) const { return const_cast<SlotMap*>(this)->find(handle); }

  bool erase(Handle handle) {
    if (find(handle) == nullptr) return false;
    const std::uint32_t index = (handle & kIndexMask) - 1;
    Slot& slot = at(index);
    slot.value.reset();
    slot.generation = (slot.generation + 1) & kGenerationMask;
    slot.next_free = free_;
    free_ = index;
    --size_;
    return true;
  }

  /// Calls `visit(handle, object)` for each object; `visit` must not insert or erase.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::uint32_t index = 0; index < used_; ++index) {
      Slot& slot = at(index);
      if (slot.value) visit(handle_of(slot, index), *slot.value);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  // 20 bits of index (a million live objects) and 11 of generation: a handle stays positive as an int32.
  static constexpr std::uint32_t kIndexBits = 20;
  static constexpr std::uint32_t kIndexMask = (1u << kIndexBits) - 1;
  static constexpr std::uint32_t kGenerationMask = (1u << 11) - 1;
  static constexpr std::uint32_t kBlock = 16;
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Slot {
    std::optional<T> value;
    std::uint32_t generation = 0;
    std::uint32_t next_free = kNone;
  };

  [[nodiscard]] Slot& at(std::uint32_t index) const { return blocks_[index / kBlock][index % kBlock]; }

  [[nodiscard]] static Handle handle_of(const Slot& slot, std::uint32_t index) {
    return (slot.generation << kIndexBits) | (index + 1);
  }

  /// A slot that was never used.
  std::uint32_t fresh() {
    if (used_ % kBlock == 0) blocks_.push_back(std::make_unique<Slot[]>(kBlock));
    return used_++;
  }

  std::vector<std::unique_ptr<Slot[]>> blocks_;
  std::uint32_t used_ = 0;  // slots that hold an object, or did
  std::uint32_t free_ = kNone;
  std::size_t size_ = 0;
};

}  // namespace raclette
