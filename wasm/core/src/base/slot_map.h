// Objects by integer handle. A handle holds an index and a generation, so an outdated handle finds nothing. 0 is
// never a handle. Objects do not move: memory grows in blocks, because growing by copying would leave unused memory
// behind. A map holds up to kMaxObjects; the caller reports BUFFER_FULL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace raclette {

using Handle = std::uint32_t;

/// The most objects that a slot map holds at a time.
inline constexpr std::size_t kMaxObjects = (1u << 20) - 1;

/// The part of a slot map that does not depend on the objects' type: memory and handles. It is compiled once for all
/// types.
class SlotTable {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool is_full() const { return size_ == kMaxObjects; }

 protected:
  explicit SlotTable(std::size_t object_size) : slot_size_(sizeof(Slot) + object_size) {}

  /// Returns memory for a new object, which the caller constructs there, and sets its handle.
  void* take(Handle& handle);
  /// Returns the object, or null if the handle is unknown or outdated.
  [[nodiscard]] void* locate(Handle handle) const;
  /// Frees the memory of an object that the caller has destroyed.
  void give_back(Handle handle);

  /// Returns the object at an index below `used()` and sets its handle, or returns null if the slot is free.
  [[nodiscard]] void* locate_at(std::uint32_t index, Handle& handle) const;
  [[nodiscard]] std::uint32_t used() const { return used_; }

 private:
  /// The header of each slot, used or free.
  struct Slot {
    std::uint32_t generation;
    std::uint32_t next_free;  // kTaken: the slot is used
  };
  static_assert(sizeof(Slot) == 8, "objects behind it are aligned");

  [[nodiscard]] Slot& at(std::uint32_t index) const;

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t slot_size_;
  std::uint32_t used_ = 0;  // slots ever used
  std::uint32_t free_ = 0;  // index of the first free slot plus 1; 0: none
  std::size_t size_ = 0;
};

template <class T>
class SlotMap : private SlotTable {
 public:
  SlotMap() : SlotTable((sizeof(T) + 7) / 8 * 8) { static_assert(alignof(T) <= 8); }
  SlotMap(const SlotMap&) = delete;
  SlotMap& operator=(const SlotMap&) = delete;
  ~SlotMap() {
    if constexpr (!std::is_trivially_destructible_v<T>) for_each([](Handle, T& object) { object.~T(); });
  }

  using SlotTable::is_full;
  using SlotTable::size;

  /// Stores an object and returns its handle. Returns 0 if the map is full; `value` is lost then.
  Handle insert(T value) { return emplace(std::move(value)); }

  /// Constructs the object in place and returns its handle, or 0 if the map is full. Without arguments, fill the object
  /// in by way of `find`.
  template <class... Args>
  Handle emplace(Args&&... args) {
    if (is_full()) return 0;
    Handle handle = 0;
    new (take(handle)) T(std::forward<Args>(args)...);
    return handle;
  }

  /// Returns the object, or null if the handle is unknown or outdated.
  [[nodiscard]] T* find(Handle handle) { return static_cast<T*>(locate(handle)); }
  [[nodiscard]] const T* find(Handle handle) const { return static_cast<const T*>(locate(handle)); }

  bool erase(Handle handle) {
    T* const object = find(handle);
    if (object == nullptr) return false;
    object->~T();
    give_back(handle);
    return true;
  }

  /// Calls `visit(handle, object)` for each object; `visit` must not insert or erase.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::uint32_t index = 0; index < used(); ++index) {
      Handle handle = 0;
      if (void* const object = locate_at(index, handle)) visit(handle, *static_cast<T*>(object));
    }
  }
};

}  // namespace raclette
