// Conversion between JavaScript's UTF-16 and the core's UTF-8, and a few encodings for the protocols. Nothing here uses
// locales or printf, which would be larger than all state machines of the core. The core passes views by reference. By
// value, WebAssembly's C ABI copies them through memory at every call, which costs 2 % of the module's size and is
// slower.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace raclette {

/// Appends `text` as UTF-8. A surrogate without its partner becomes U+FFFD, as TextEncoder does.
void append_utf8(std::string& out, const std::u16string_view& text);
[[nodiscard]] std::string to_utf8(const std::u16string_view& text);

/// UTF-8 with one UTF-16 unit per byte. An ASCII text in a frame already has this form, so the core looks names up in
/// the frame without a copy.
using ByteUnits = std::u16string_view;

/// Whether `units` are printable ASCII without quotes and backslashes, so a JSON string with this text needs no
/// decoding.
[[nodiscard]] bool is_plain(const std::u16string_view& units);

/// Whether `units` spell `text`.
[[nodiscard]] bool is_spelled(const std::string_view& text, const ByteUnits& units);
/// The text that `units` spell.
[[nodiscard]] std::string narrowed(ByteUnits units);

/// Appends one code point as UTF-8. A surrogate or a value above U+10FFFF becomes U+FFFD.
void append_code_point(std::string& out, char32_t code_point);

/// Appends `value` in decimal.
void append_number(std::string& out, std::uint64_t value);

/// Appends `text` percent-encoded, as encodeURIComponent does: all characters but the unreserved ones of RFC 3986 and
/// `!*'()`. The result cannot leave a path segment or a query value.
void append_percent_encoded(std::string& out, const std::string_view& text);

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, const std::string_view& text);

}  // namespace raclette
