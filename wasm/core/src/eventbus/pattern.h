// Patterns for event names. `/` separates segments. `*` matches any characters within a segment, including none; `**`
// matches any number of segments, including none. Everything else matches itself. A name without a star is not a
// pattern.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace raclette {

/// Whether `text` has a star, and so must be compiled.
[[nodiscard]] bool is_pattern(const std::string_view& text);

class Pattern {
 public:
  /// Compiles a pattern. Fails with BAD_PATTERN and the reason if the pattern or a segment is empty, or if `**` is only
  /// part of a segment.
  static Result<Pattern> compile(const std::string_view& text);

  /// Whether this is a default-constructed pattern, not a compiled one.
  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// Whether the name matches. Takes time linear in the name for a pattern with at most one `*` per segment and one
  /// `**`, and at most the product of both lengths for any other.
  [[nodiscard]] bool matches(const std::string_view& name) const;

 private:
  std::string text_;
};

}  // namespace raclette
