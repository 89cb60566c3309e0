// Names (channels, keys, events, plugins) interned once, so that the machines compare and index by number.
// A name's id never changes while the table lives; looking up a name that is not there allocates nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace raclette {

using NameId = std::uint32_t;
inline constexpr NameId kNoName = 0xFFFFFFFF;

class Names {
 public:
  /// Id of `name`, made if it is new.
  NameId intern(std::string_view name);
  /// Id of `name`, or kNoName.
  [[nodiscard]] NameId find(std::string_view name) const;
  [[nodiscard]] std::string_view text(NameId id) const { return texts_[id]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  [[nodiscard]] std::size_t bucket_of(std::string_view name) const;
  void grow();

  // Open addressing with linear probing over a power of two; a bucket holds id + 1, 0 is empty.
  std::vector<std::uint32_t> buckets_;
  std::deque<std::string> texts_;
};

}  // namespace raclette
