#include "eventbus/pattern.h"

namespace raclette {
namespace {

/// Takes the first segment off `rest`; `last` tells that nothing follows.
std::string_view take_segment(std::string_view& rest, bool& last) {
  const std::size_t slash = rest.find('/');
  const std::string_view segment = rest.substr(0, slash);
  last = slash == std::string_view::npos;
  rest = last ? std::string_view() : rest.substr(slash + 1);
  return segment;
}

}  // namespace

bool is_pattern(const std::string_view& text) { return text.find('*') != std::string_view::npos; }

Result<Pattern> Pattern::compile(const std::string_view& text) {
  Pattern pattern;
  bool last = false;
  for (std::string_view rest = text; !last;) {
    const std::string_view segment = take_segment(rest, last);
    if (segment.empty()) return Failure{ErrorCode::BAD_PATTERN, "an empty segment"};
    if (is_pattern(segment) && segment != "*" && segment != "**") {
      return Failure{ErrorCode::BAD_PATTERN, "a star has to be a segment of its own"};
    }
    pattern.segments_.emplace_back(segment);
  }
  return pattern;
}

bool Pattern::matches(const std::string_view& name) const {
  std::vector<std::string_view> parts;
  bool last = false;
  for (std::string_view rest = name; !last;) parts.push_back(take_segment(rest, last));

  // After a `**` the match may be tried again one part further on; the latest one is enough to go back to.
  std::size_t at = 0;
  std::size_t part = 0;
  std::size_t after_star = 0;  // 0: no `**` passed yet
  std::size_t star_part = 0;
  while (part < parts.size()) {
    if (at < segments_.size() && segments_[at] == "**") {
      after_star = ++at;
      star_part = part;
    } else if (at < segments_.size() && (segments_[at] == "*" || segments_[at] == parts[part])) {
      ++at;
      ++part;
    } else if (after_star > 0) {
      at = after_star;
      part = ++star_part;
    } else {
      return false;
    }
  }
  while (at < segments_.size() && segments_[at] == "**") ++at;
  return at == segments_.size();
}

}  // namespace raclette
