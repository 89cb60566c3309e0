#include "base/ordered.h"

#include <algorithm>

namespace raclette {

/// The position of the number, or the end if it is missing.
std::size_t Ordered::position(std::uint64_t order) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), order,
                                   [](const Entry& entry, std::uint64_t wanted) { return entry.order < wanted; });
  if (at == entries_.end() || at->order != order) return entries_.size();
  return static_cast<std::size_t>(at - entries_.begin());
}

Handle Ordered::find(std::uint64_t order) const {
  const std::size_t at = position(order);
  return at < entries_.size() ? entries_[at].handle : 0;
}

void Ordered::remove(std::uint64_t order) {
  const std::size_t at = position(order);
  if (at == entries_.size() || entries_[at].handle == 0) return;
  entries_[at].handle = 0;
  if (++gaps_ * 2 <= entries_.size()) return;
  std::erase_if(entries_, [](const Entry& entry) { return entry.handle == 0; });
  gaps_ = 0;
}

std::vector<Handle> Ordered::merged(const Ordered& a, const Ordered& b) {
  std::vector<Handle> all;
  all.reserve(a.entries_.size() - a.gaps_ + b.entries_.size() - b.gaps_);
  auto one = a.entries_.begin();
  auto other = b.entries_.begin();
  while (one != a.entries_.end() || other != b.entries_.end()) {
    const bool takes_one = other == b.entries_.end() || (one != a.entries_.end() && one->order < other->order);
    const Entry& next = takes_one ? *one++ : *other++;
    if (next.handle != 0) all.push_back(next.handle);
  }
  return all;
}

}  // namespace raclette
