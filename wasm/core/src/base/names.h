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
  /// Id of `name`, made if it is new.
  NameId intern(const std::string_view& name);
  /// Id of `name`, or kNoName.
  [[nodiscard]] NameId find(const std::string_view& name) const;
  /// The same of the name that `units` spell, whose hash is `hash`.
  [[nodiscard]] NameId find(const ByteUnits& units, std::uint32_t hash) const;
  [[nodiscard]] std::string_view text(NameId id) const { return texts_[id]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  [[nodiscard]] std::uint32_t known(std::uint32_t hash, const std::string_view& name) const;
  [[nodiscard]] std::string_view keep(const std::string_view& name);

  HashIndex index_;  // values: id + 1
  std::vector<std::string_view> texts_;
  std::vector<std::unique_ptr<char[]>> blocks_;  // what the texts stand in
  char* free_ = nullptr;                         // of the last block
  std::size_t room_ = 0;
};

}  // namespace raclette
