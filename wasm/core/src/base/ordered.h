// Handles in insertion order, each under an increasing number. Removing a handle leaves a gap; gaps are removed once
// they are the majority. So adding and removing a hundred thousand handles takes nearly linear time, in any order.
#pragma once

#include <cstdint>
#include <vector>

#include "base/slot_map.h"

namespace raclette {

class Ordered {
 public:
  /// `order` must be greater than that of every earlier handle.
  void add(std::uint64_t order, Handle handle) { entries_.push_back({order, handle}); }
  void remove(std::uint64_t order);
  /// Returns the handle under that number, or 0.
  [[nodiscard]] Handle find(std::uint64_t order) const;
  [[nodiscard]] bool empty() const { return entries_.size() == gaps_; }

  /// Calls `visit(handle)` for each handle, oldest first.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Entry& entry : entries_) {
      if (entry.handle != 0) visit(entry.handle);
    }
  }

  /// The handles of both, oldest first.
  [[nodiscard]] static std::vector<Handle> merged(const Ordered& a, const Ordered& b);

 private:
  struct Entry {
    std::uint64_t order;
    Handle handle;  // 0: a gap
  };

  [[nodiscard]] std::size_t position(std::uint64_t order) const;

  std::vector<Entry> entries_;
  std::size_t gaps_ = 0;
};

}  // namespace raclette
