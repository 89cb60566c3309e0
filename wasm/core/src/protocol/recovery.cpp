#include "protocol/recovery.h"

#include <algorithm>

#include "base/text.h"

namespace raclette {
namespace {

constexpr std::size_t kObjectId = 24;
constexpr std::size_t kObjectIdTime = 8;
constexpr std::size_t kYeastTime = 7;  // until the year 2109
constexpr double kNone = -1;

/// The value of a digit: decimal, lower-case hexadecimal, or yeast's base 64. Returns `base` or more for other
/// characters.
unsigned digit_of(char16_t unit, unsigned base) {
  if (unit >= u'0' && unit <= u'9') return unit - u'0';
  if (base == 64 && unit >= u'A' && unit <= u'Z') return unit - u'A' + 10u;
  if (unit >= u'a' && unit <= u'z') return unit - u'a' + (base == 64 ? 36u : 10u);
  return unit == u'-' ? 62u : unit == u'_' ? 63u : base;
}

/// Returns the number that `text` spells, or kNone.
double number_of(const std::u16string_view& text, unsigned base) {
  double number = text.empty() ? kNone : 0;
  for (const char16_t unit : text) {
    const unsigned digit = digit_of(unit, base);
    if (digit >= base) return kNone;
    number = number * base + digit;
  }
  return number;
}

/// Reads the form, time and count from the text.
bool read_time(const std::u16string_view& text, Offset& offset) {
  const bool is_object_id = text.size() == kObjectId;
  const bool is_yeast = text.substr(0, text.find(u'.')).size() == kYeastTime;
  const unsigned base = is_object_id ? 16 : is_yeast ? 64 : 10;
  // A dash can be one of a yeast's digits.
  const std::size_t end = is_object_id ? kObjectIdTime : is_yeast ? kYeastTime : std::min(text.find(u'-'), text.size());
  const bool has_count = end < text.size();
  const std::size_t count_at = end + (is_object_id ? 0 : 1);
  offset.form = is_object_id ? OffsetForm::object_id : is_yeast ? OffsetForm::yeast : OffsetForm::stream_id;
  offset.time = number_of(text.substr(0, end), base);
  offset.count = has_count ? number_of(text.substr(count_at), base) : 0;
  if (offset.time == kNone || offset.count == kNone || (!is_yeast && !has_count)) return false;
  // The first yeast of a millisecond has no count. An ObjectId is ordered by its seconds only; the digits after them
  // are not.
  if (is_yeast && has_count) ++offset.count;
  if (is_object_id) {
    offset.time *= 1000;
    offset.count = 0;
  }
  return true;
}

/// Classifies the value before the offset. `before` ends before the offset's comma. An event's name follows the opening
/// bracket; an argument follows another comma.
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
  // The event's name comes first, so an offset follows a comma.
  if (quote == std::u16string_view::npos || quote == 0 || tail[quote - 1] != u',') return std::nullopt;
  Offset offset;
  const std::u16string_view text = tail.substr(quote + 1);
  if (!read_time(text, offset)) return std::nullopt;
  offset.text = narrowed(text);
  offset.place = place_behind(tail.substr(0, quote - 1));
  return offset;
}

}  // namespace raclette
