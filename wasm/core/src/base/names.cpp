#include "base/names.h"

#include <algorithm>

namespace raclette {
namespace {

constexpr std::size_t kBlock = 1024;

}  // namespace

std::uint32_t Names::known(std::uint32_t hash, const std::string_view& name) const {
  return index_.find(hash, [&](std::uint32_t entry) { return texts_[entry - 1] == name; });
}

NameId Names::find(const std::string_view& name) const { return known(hash_of(name), name) - 1; }

NameId Names::find(const ByteUnits& units, std::uint32_t hash) const {
  return index_.find(hash, [&](std::uint32_t entry) { return is_spelled(texts_[entry - 1], units); }) - 1;
}

NameId Names::intern(const std::string_view& name) {
  const std::uint32_t hash = hash_of(name);
  if (const std::uint32_t entry = known(hash, name); entry != 0) return entry - 1;
  texts_.push_back(keep(name));
  const auto entry = static_cast<std::uint32_t>(texts_.size());
  index_.insert(hash, entry);
  return entry - 1;
}

std::string_view Names::keep(const std::string_view& name) {
  if (name.size() > room_) {
    room_ = std::max(kBlock, name.size());
    blocks_.push_back(std::make_unique<char[]>(room_));
    free_ = blocks_.back().get();
  }
  char* const start = free_;
  free_ = std::copy(name.begin(), name.end(), start);
  room_ -= name.size();
  return {start, name.size()};
}

}  // namespace raclette
