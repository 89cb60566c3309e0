// A list of handles, in order. Nearly all lists of the core have one handle at most, which needs no memory of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/slot_map.h"

namespace raclette {

class Handles {
 public:
  Handles() = default;
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  Handles(Handles&& other) noexcept : one_(std::exchange(other.one_, 0)), many_(std::move(other.many_)) {}
  ~Handles() = default;

  [[nodiscard]] std::size_t size() const { return many_ ? many_->size() : (one_ == 0 ? 0 : 1); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const Handle* begin() const { return many_ ? many_->data() : &one_; }
  [[nodiscard]] const Handle* end() const { return begin() + size(); }
  /// The first and the last handle of a list that is not empty.
  [[nodiscard]] Handle front() const { return *begin(); }
  [[nodiscard]] Handle back() const { return end()[-1]; }

  void push_back(Handle handle);
  /// Removes all places of `handle`.
  void erase(Handle handle);

 private:
  Handle one_ = 0;  // the only handle, or 0; not used if there are `many_`
  std::unique_ptr<std::vector<Handle>> many_;
};

}  // namespace raclette
