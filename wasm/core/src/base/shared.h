// An immutable value that many objects share. Copies refer to one value, which goes with the last of them. Only for one
// thread, as the whole core is.
#pragma once

#include <cstdint>
#include <utility>

namespace raclette {

template <class T>
class Shared {
 public:
  /// Refers to nothing.
  Shared() = default;
  explicit Shared(T value) : block_(new Block{1, std::move(value)}) {}
  Shared(const Shared& other) : block_(other.block_) {
    if (block_ != nullptr) ++block_->owners;
  }
  Shared(Shared&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Shared() { leave(block_); }

  /// The value; null if it refers to nothing.
  [[nodiscard]] const T* get() const { return block_ == nullptr ? nullptr : &block_->value; }
  const T* operator->() const { return &block_->value; }
  const T& operator*() const { return block_->value; }

 private:
  struct Block {
    std::uint32_t owners;
    T value;
  };
  /// Not inlined: there are many places, and few of them delete the value.
  [[gnu::noinline]] static void leave(Block* block) {
    if (block != nullptr && --block->owners == 0) delete block;
  }

  Block* block_ = nullptr;
};

}  // namespace raclette
