// Patterns for event names. `/` separates segments. `*` matches any characters within a segment, including none; `**`
// matches any number of segments, including none. Everything else matches itself. A name without a star is no
// pattern.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace raclette {

/// True if `text` has a star and so has to be compiled.
[[nodiscard]] bool is_pattern(const std::string_view& text);

class Pattern {
 public:
  /// BAD_PATTERN, with what is wrong: empty, an empty segment, or a `**` that is only part of a segment.
  static Result<Pattern> compile(const std::string_view& text);

  /// True for one that was not compiled.
  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// Linear in the name for a pattern with at most one `*` a segment and one `**`, never worse than the product of both
  /// lengths.
  [[nodiscard]] bool matches(const std::string_view& name) const;

 private:
  std::string text_;
};

}  // namespace raclette
