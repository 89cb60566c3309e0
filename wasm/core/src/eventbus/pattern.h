// Patterns for event names. `/` separates segments. `*` matches any characters within a segment, including none; `**`
// matches any number of segments, including none. Everything else matches itself. A name without a star is not a
// pattern.
#pragma once

#include <string_view>

namespace raclette {

/// Whether `text` has a star, and so must be checked.
[[nodiscard]] bool is_pattern(const std::string_view& text);

/// Returns why the text is no pattern: it or a segment is empty, or `**` is only part of a segment. Empty for a
/// pattern.
[[nodiscard]] std::string_view pattern_error(const std::string_view& text);

/// Whether the name matches a valid pattern. Takes time linear in the name for a pattern with at most one `*` per
/// segment and one `**`, and at most the product of both lengths for any other.
[[nodiscard]] bool pattern_matches(const std::string_view& pattern, const std::string_view& name);

}  // namespace raclette
