// What patterns mean, said a second time in the plainest way: over lists of segments, by trying all there is. The bus
// and its whitelist are held against it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace raclette::fuzz {

inline std::vector<std::string> segments_of(std::string_view text) {
  std::vector<std::string> segments{""};
  for (const char one : text) {
    if (one == '/') {
      segments.emplace_back();
    } else {
      segments.back().push_back(one);
    }
  }
  return segments;
}

inline bool matches(std::span<const std::string> pattern, std::span<const std::string> name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == "**") {
    return matches(pattern.subspan(1), name) || (!name.empty() && matches(pattern, name.subspan(1)));
  }
  if (name.empty() || (pattern[0] != "*" && pattern[0] != name[0])) return false;
  return matches(pattern.subspan(1), name.subspan(1));
}

/// Whether who listens to `pattern` hears `name`, which is a name and no pattern.
inline bool hears(std::string_view pattern, std::string_view name) {
  if (pattern.find('*') == std::string_view::npos) return pattern == name;
  return matches(segments_of(pattern), segments_of(name));
}

}  // namespace raclette::fuzz
