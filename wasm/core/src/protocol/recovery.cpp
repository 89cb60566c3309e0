#include "protocol/recovery.h"

namespace raclette {
namespace {

bool is_offset_unit(char16_t unit) {
  return (unit >= u'0' && unit <= u'9') || (unit >= u'a' && unit <= u'z') || (unit >= u'A' && unit <= u'Z') ||
         unit == u'-' || unit == u'_' || unit == u'.';
}

}  // namespace

std::optional<std::string> offset_at_end(std::u16string_view tail) {
  if (!tail.ends_with(u"\"]")) return std::nullopt;
  tail.remove_suffix(2);
  const std::size_t quote = tail.rfind(u'"');
  // The name comes first, so an offset has a comma before it.
  if (quote == std::u16string_view::npos || quote == 0 || tail[quote - 1] != u',') return std::nullopt;
  std::string offset;
  for (const char16_t unit : tail.substr(quote + 1)) {
    if (!is_offset_unit(unit)) return std::nullopt;
    offset.push_back(static_cast<char>(unit));
  }
  if (offset.empty()) return std::nullopt;
  return offset;
}

}  // namespace raclette
