// Interned names (channels, keys, plugins), so that machines compare and index by number. An id and its text never
// change while the table lives. Looking up an unknown name does not allocate.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/hash_index.h"

namespace raclette {

using NameId = std::uint32_t;
inline constexpr NameId kNoName = 0xFFFFFFFF;

class Names {
 public:
  /// Returns the id of `name`, and adds the name if it is new.
  NameId intern(const std::string_view& name);
  /// Returns the id of `name`, or kNoName.
  [[nodiscard]] NameId find(const std::string_view& name) const;
  /// Returns the id of the name that `units` spell, or kNoName. `hash`: the name's hash.
  [[nodiscard]] NameId find(const ByteUnits& units, std::uint32_t hash) const;
  [[nodiscard]] std::string_view text(NameId id) const { return texts_[id]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  [[nodiscard]] std::uint32_t known(std::uint32_t hash, const std::string_view& name) const;
  [[nodiscard]] std::string_view keep(const std::string_view& name);

  HashIndex index_;  // values: id + 1
  std::vector<std::string_view> texts_;
  std::vector<std::unique_ptr<char[]>> blocks_;  // memory of the texts
  char* free_ = nullptr;                         // first free byte of the last block
  std::size_t room_ = 0;
};

}  // namespace raclette
