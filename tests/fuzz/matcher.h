// What patterns mean, said a second time in the plainest way: over lists of segments, by trying all there is.
// The bus and its whitelist are held against it.
#pragma once

#include <cstddef>
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

/// A segment, whose stars are any run of characters: by where in `given` each further character of `wanted` may lead.
inline bool fits(std::string_view wanted, std::string_view given) {
  std::vector<bool> reached(given.size() + 1);
  reached[0] = true;
  for (const char one : wanted) {
    std::vector<bool> next(given.size() + 1);
    for (std::size_t at = 0; at <= given.size(); ++at) {
      if (one == '*') {
        next[at] = reached[at] || (at > 0 && next[at - 1]);
      } else {
        next[at] = at > 0 && reached[at - 1] && given[at - 1] == one;
      }
    }
    reached = next;
  }
  return reached[given.size()];
}

inline bool matches(std::span<const std::string> pattern, std::span<const std::string> name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == "**") {
    return matches(pattern.subspan(1), name) || (!name.empty() && matches(pattern, name.subspan(1)));
  }
  if (name.empty() || !fits(pattern[0], name[0])) return false;
  return matches(pattern.subspan(1), name.subspan(1));
}

/// Whether who listens to `pattern` hears `name`, which is a name and no pattern.
inline bool hears(std::string_view pattern, std::string_view name) {
  if (pattern.find('*') == std::string_view::npos) return pattern == name;
  return matches(segments_of(pattern), segments_of(name));
}

}  // namespace raclette::fuzz
