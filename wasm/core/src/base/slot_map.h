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

/// What slot maps of all objects have in common: where an object is, and under which handle. One piece of code,
/// whatever the objects are.
class SlotTable {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool is_full() const { return size_ == kMaxObjects; }

 protected:
  explicit SlotTable(std::size_t object_size) : slot_size_(sizeof(Slot) + object_size) {}

  /// Room for an object, which the caller makes there, and its handle.
  void* take(Handle& handle);
  /// Where the object is, or null for a handle that is not (or no longer) known.
  [[nodiscard]] void* locate(Handle handle) const;
  /// Takes the room of an object back, which the caller has destroyed.
  void give_back(Handle handle);

  /// The objects by index, up to `used()`: null where there is none, and its handle where there is one.
  [[nodiscard]] void* locate_at(std::uint32_t index, Handle& handle) const;
  [[nodiscard]] std::uint32_t used() const { return used_; }

 private:
  /// Stands before each object, or where one was.
  struct Slot {
    std::uint32_t generation;
    std::uint32_t next_free;  // or kTaken
  };
  static_assert(sizeof(Slot) == 8, "objects behind it are aligned");

  [[nodiscard]] Slot& at(std::uint32_t index) const;

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t slot_size_;
  std::uint32_t used_ = 0;  // slots that hold an object, or did
  std::uint32_t free_ = 0;  // the index of one that does not, and 1; 0: there is none
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

  /// 0: it is full, and `value` is gone.
  Handle insert(T value) { return emplace(std::move(value)); }

  /// Makes the object where it stays; without arguments, to be filled in by way of `find`. 0: it is full.
  template <class... Args>
  Handle emplace(Args&&... args) {
    if (is_full()) return 0;
    Handle handle = 0;
    new (take(handle)) T(std::forward<Args>(args)...);
    return handle;
  }

  /// The object, or null for a handle that is not (or no longer) known.
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
