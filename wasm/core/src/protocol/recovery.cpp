#include "protocol/recovery.h"

#include "base/text.h"

namespace raclette {
namespace {

constexpr std::u16string_view kBase64 = u"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
constexpr std::size_t kObjectId = 24;
constexpr std::size_t kObjectIdTime = 8;
constexpr std::size_t kMostDigits = 15;  // so many are an exact number

/// The number that `text` spells with the first `base` of these digits; nothing where it does not.
std::optional<double> number_of(const std::u16string_view& text, std::size_t base) {
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  double number = 0;
  for (const char16_t unit : text) {
    const std::size_t digit = kBase64.substr(0, base).find(unit);
    if (digit == std::u16string_view::npos) return std::nullopt;
    number = number * static_cast<double>(base) + static_cast<double>(digit);
  }
  return number;
}

std::optional<double> hex_of(const std::u16string_view& text) {
  double number = 0;
  for (const char16_t unit : text) {
    const std::size_t digit = std::u16string_view(u"0123456789abcdef").find(unit);
    if (digit == std::u16string_view::npos) return std::nullopt;
    number = number * 16 + static_cast<double>(digit);
  }
  return number;
}

/// Reads time and count off the text.
bool read_time(const std::u16string_view& text, Offset& offset) {
  if (text.size() == kObjectId) {
    const auto seconds = hex_of(text.substr(0, kObjectIdTime));
    offset.form = OffsetForm::object_id;
    offset.time = seconds.value_or(0) * 1000;
    return seconds && hex_of(text.substr(kObjectIdTime));
  }
  const std::size_t dot = text.find(u'.');
  const std::size_t dash = text.find(u'-');
  // A yeast has seven digits until the year 2109. (One of them may be a dash.)
  const bool is_yeast = text.substr(0, dot).size() == 7;
  const std::size_t mark = is_yeast ? dot : dash;
  const std::size_t base = is_yeast ? 64 : 10;
  const bool has_count = mark != std::u16string_view::npos;
  const auto time = number_of(text.substr(0, mark), base);
  const auto count = has_count ? number_of(text.substr(mark + 1), base) : 0;
  if (!time || !count || (!is_yeast && !has_count)) return false;
  offset.form = is_yeast ? OffsetForm::yeast : OffsetForm::stream_id;
  offset.time = *time;
  // The first yeast of a time has none.
  offset.count = is_yeast && has_count ? *count + 1 : *count;
  return true;
}

/// What ends with `before`, which ends before the comma: a name begins the array, an argument follows another comma.
OffsetPlace place_behind(const std::u16string_view& before) {
  if (before.empty()) return OffsetPlace::name;
  if (before.back() == u'}' || before.back() == u']') return OffsetPlace::argument;
  const bool is_text = before.back() == u'"';
  std::size_t start = before.size() - 1;
  while (start > 0 && (is_text ? before[start - 1] != u'"' || (start > 1 && before[start - 2] == u'\\')
                               : before[start - 1] != u',' && before[start - 1] != u'[')) {
    --start;
  }
  const std::size_t opening = is_text ? start - 1 : start;
  if (start == 0 || opening == 0) return OffsetPlace::name;
  if (before[opening - 1] != u'[') return OffsetPlace::argument;
  return is_spelled(kGreeting, before.substr(start, before.size() - 1 - start)) ? OffsetPlace::greeting
                                                                                : OffsetPlace::name;
}

}  // namespace

std::optional<Offset> offset_at_end(std::u16string_view tail) {
  if (!tail.ends_with(u"\"]")) return std::nullopt;
  tail.remove_suffix(2);
  const std::size_t quote = tail.rfind(u'"');
  // The name comes first, so an offset has a comma before it.
  if (quote == std::u16string_view::npos || quote == 0 || tail[quote - 1] != u',') return std::nullopt;
  Offset offset;
  const std::u16string_view text = tail.substr(quote + 1);
  if (!read_time(text, offset)) return std::nullopt;
  offset.text = narrowed(text);
  offset.place = place_behind(tail.substr(0, quote - 1));
  return offset;
}

}  // namespace raclette
