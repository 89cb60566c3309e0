// Objects behind integer handles that cross the boundary. A handle holds an index and a generation, so one that
// outlived its object finds nothing instead of a stranger; 0 is never a handle.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace raclette {

using Handle = std::uint32_t;

template <class T>
class SlotMap {
 public:
  Handle insert(T value) {
    if (free_.empty()) {
      slots_.emplace_back();
      free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index].value.emplace(std::move(value));
    ++size_;
    return handle_of(index);
  }

  /// The object, or null for a handle that is not (or no longer) known.
  [[nodiscard]] T* find(Handle handle) {
    const std::uint32_t index = (handle & kIndexMask) - 1;
    if (index >= slots_.size() || !slots_[index].value || handle_of(index) != handle) return nullptr;
    return &*slots_[index].value;
  }

  [[nodiscard]] const T* find(Handle handle) const { return const_cast<SlotMap*>(this)->find(handle); }

  bool erase(Handle handle) {
    if (find(handle) == nullptr) return false;
    const std::uint32_t index = (handle & kIndexMask) - 1;
    slots_[index].value.reset();
    slots_[index].generation = (slots_[index].generation + 1) & kGenerationMask;
    free_.push_back(index);
    --size_;
    return true;
  }

  /// Calls `visit(handle, object)` for each object; `visit` must not insert or erase.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::uint32_t index = 0; index < slots_.size(); ++index) {
      if (slots_[index].value) visit(handle_of(index), *slots_[index].value);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  // 20 bits of index (a million live objects) and 11 of generation: a handle stays positive as an int32.
  static constexpr std::uint32_t kIndexBits = 20;
  static constexpr std::uint32_t kIndexMask = (1u << kIndexBits) - 1;
  static constexpr std::uint32_t kGenerationMask = (1u << 11) - 1;

  struct Slot {
    std::optional<T> value;
    std::uint32_t generation = 0;
  };

  [[nodiscard]] Handle handle_of(std::uint32_t index) const {
    return (slots_[index].generation << kIndexBits) | (index + 1);
  }

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace raclette
