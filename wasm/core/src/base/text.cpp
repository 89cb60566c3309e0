#include "base/text.h"

#include "base/words.h"

namespace raclette {
namespace {

constexpr std::uint64_t kOnes = 0x0001000100010001;  // 1 in each unit of a word
constexpr std::uint64_t kHighBits = 0x8000 * kOnes;

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kHexUpper = "0123456789ABCDEF";

bool is_lead(char32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_trail(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.!~*'()").find(c) != std::string_view::npos;
}

/// Whether is_plain holds for all units of the word.
bool is_plain_word(std::uint64_t word) {
  if ((word & (0xFF80 * kOnes)) != 0) return false;
  // No sum carries into the next unit, so the high bit of each unit tells whether the unit is allowed.
  const std::uint64_t is_printable = word + (0x8000 - u' ') * kOnes;
  const std::uint64_t is_no_quote = (word ^ (u'"' * kOnes)) + 0x7FFF * kOnes;
  const std::uint64_t is_no_backslash = (word ^ (u'\\' * kOnes)) + 0x7FFF * kOnes;
  return (is_printable & is_no_quote & is_no_backslash & kHighBits) == kHighBits;
}

void append_byte(std::string& out, char32_t byte) { out.push_back(static_cast<char>(byte)); }

}  // namespace

void append_code_point(std::string& out, char32_t c) {
  if (c > 0x10FFFF || is_lead(c) || is_trail(c)) c = kReplacement;
  if (c < 0x80) {
    append_byte(out, c);
  } else if (c < 0x800) {
    append_byte(out, 0xC0 | (c >> 6));
    append_byte(out, 0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    append_byte(out, 0xE0 | (c >> 12));
    append_byte(out, 0x80 | ((c >> 6) & 0x3F));
    append_byte(out, 0x80 | (c & 0x3F));
  } else {
    append_byte(out, 0xF0 | (c >> 18));
    append_byte(out, 0x80 | ((c >> 12) & 0x3F));
    append_byte(out, 0x80 | ((c >> 6) & 0x3F));
    append_byte(out, 0x80 | (c & 0x3F));
  }
}

void append_utf8(std::string& out, const std::u16string_view& text) {
  // Most names are ASCII. ASCII is copied as it is, the rest one code point at a time.
  const std::size_t start = out.size();
  out.resize(start + text.size());
  char* const to = out.data() + start;
  const char16_t* const from = text.data();
  const std::size_t size = text.size();
  std::size_t i = 0;
  for (; i < size && from[i] < 0x80; ++i) to[i] = static_cast<char>(from[i]);
  if (i == size) return;
  out.resize(start + i);
  for (; i < size; ++i) {
    char32_t unit = text[i];
    if (is_lead(unit) && i + 1 < text.size() && is_trail(text[i + 1])) {
      unit = 0x10000 + ((unit - 0xD800) << 10) + (text[++i] - 0xDC00u);
    }
    append_code_point(out, unit);
  }
}

std::string to_utf8(const std::u16string_view& text) {
  std::string out;
  append_utf8(out, text);
  return out;
}

bool is_plain(const std::u16string_view& units) {
  const char16_t* at = units.data();
  std::size_t left = units.size();
  for (; left >= kUnitsInWord; at += kUnitsInWord, left -= kUnitsInWord) {
    if (!is_plain_word(word_at(at))) return false;
  }
  // The last word is padded with spaces.
  return left == 0 || is_plain_word(last_word_at(at, left) | u' ' * kOnes << (kUnitBits * left));
}

bool is_spelled(const std::string_view& text, const ByteUnits& units) {
  std::size_t left = text.size();
  if (left != units.size()) return false;
  const char* bytes = text.data();
  const char16_t* at = units.data();
  for (; left >= kUnitsInWord; bytes += kUnitsInWord, at += kUnitsInWord, left -= kUnitsInWord) {
    if (word_at(bytes) != word_at(at)) return false;
  }
  return last_word_at(bytes, left) == last_word_at(at, left);
}

std::string narrowed(ByteUnits units) {
  std::string out;
  for (const char16_t unit : units) append_byte(out, unit);
  return out;
}

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) out.push_back(digits[--count]);
}

void append_percent_encoded(std::string& out, const std::string_view& text) {
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHexUpper[byte >> 4]);
    out.push_back(kHexUpper[byte & 15]);
  }
}

void append_json_string(std::string& out, const std::string_view& text) {
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      out.append("\\u00");
      out.push_back(kHexUpper[byte >> 4]);
      out.push_back(kHexUpper[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace raclette
