// A second, simple implementation of patterns: it compares lists of segments by brute force. The fuzzer checks the bus
// and its whitelist against it.
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

/// Whether a segment matches; a `*` matches any characters. Tracks all positions in `given` that `wanted` can reach.
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

/// Whether a listener of `pattern` hears `name`, which must be a name without stars.
inline bool hears(std::string_view pattern, std::string_view name) {
  if (pattern.find('*') == std::string_view::npos) return pattern == name;
  return matches(segments_of(pattern), segments_of(name));
}

}  // namespace raclette::fuzz
