// Values in the order in which they were added, each under a number that only grows. Taking one away leaves a gap,
// found by halving, and gaps go when they are more than the rest: so a hundred thousand come and go in time that is
// near to linear, whatever the order in which they go.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace raclette {

template <class T>
class Ordered {
 public:
  /// `order` has to be above that of every value before.
  void add(std::uint64_t order, T value) { entries_.push_back({order, std::move(value)}); }

  void remove(std::uint64_t order) {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), order,
                                     [](const Entry& entry, std::uint64_t wanted) { return entry.order < wanted; });
    if (at == entries_.end() || at->order != order || !at->value) return;
    at->value.reset();
    if (++gaps_ * 2 <= entries_.size()) return;
    std::erase_if(entries_, [](const Entry& entry) { return !entry.value; });
    gaps_ = 0;
  }

  [[nodiscard]] bool empty() const { return entries_.size() == gaps_; }

  /// Calls `visit(order, value)` for each value, oldest first.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Entry& entry : entries_) {
      if (entry.value) visit(entry.order, *entry.value);
    }
  }

 private:
  struct Entry {
    std::uint64_t order;
    std::optional<T> value;
  };

  std::vector<Entry> entries_;
  std::size_t gaps_ = 0;
};

}  // namespace raclette
