#include "base/names.h"

namespace raclette {
namespace {

constexpr std::size_t kFirstCapacity = 64;

/// FNV-1a: short names, no adversary who gains from a collision beyond slowing his own page.
std::uint32_t hash(std::string_view text) {
  std::uint32_t value = 2166136261u;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  return value;
}

}  // namespace

std::size_t Names::bucket_of(std::string_view name) const {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t bucket = hash(name) & mask;
  while (buckets_[bucket] != 0 && texts_[buckets_[bucket] - 1] != name) bucket = (bucket + 1) & mask;
  return bucket;
}

NameId Names::find(std::string_view name) const {
  if (buckets_.empty()) return kNoName;
  const std::uint32_t entry = buckets_[bucket_of(name)];
  return entry == 0 ? kNoName : entry - 1;
}

NameId Names::intern(std::string_view name) {
  if ((texts_.size() + 1) * 2 > buckets_.size()) grow();
  const std::size_t bucket = bucket_of(name);
  if (buckets_[bucket] == 0) {
    texts_.emplace_back(name);
    buckets_[bucket] = static_cast<std::uint32_t>(texts_.size());
  }
  return buckets_[bucket] - 1;
}

void Names::grow() {
  buckets_.assign(buckets_.empty() ? kFirstCapacity : buckets_.size() * 2, 0);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    buckets_[bucket_of(texts_[i])] = static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace raclette
