#include "raclette/log.h"

#include "base/text.h"

namespace raclette {
namespace {

struct Date {
  std::int64_t year;
  std::int64_t month;
  std::int64_t day;
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a % b + (a % b < 0 ? b : 0); }

/// The proleptic Gregorian date of a day, counted from 1970-01-01. Years begin in March, so the leap day is the last
/// one. They are counted in eras of 400 years.
Date date_of(std::int64_t days) {
  constexpr std::int64_t kDaysPerEra = 146097;
  constexpr std::int64_t kMarchFirstOfYearZero = 719468;
  const std::int64_t shifted = days + kMarchFirstOfYearZero;
  const std::int64_t era = floor_div(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march_month = (5 * day_of_year + 2) / 153;
  const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), month, day_of_year - (153 * march_month + 2) / 5 + 1};
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  if (value < 0) {
    out.push_back('-');
    value = -value;
  }
  std::size_t digits = 1;
  for (std::int64_t rest = value; rest >= 10; rest /= 10) ++digits;
  for (; digits < width; ++digits) out.push_back('0');
  append_number(out, static_cast<std::uint64_t>(value));
}

}  // namespace

std::string log_title(const std::string_view& plugin_key, const std::string_view& title) {
  if (plugin_key.empty()) return std::string(title);
  return std::string("plugin/").append(plugin_key).append(" - ").append(title);
}

std::string log_time(std::int64_t local_ms) {
  constexpr std::int64_t kDay = 86400000;
  const std::int64_t days = floor_div(local_ms, kDay);
  const std::int64_t in_day = floor_mod(local_ms, kDay);
  const Date date = date_of(days);
  std::string out;
  append_padded(out, date.day, 2);
  out.push_back('.');
  append_padded(out, date.month, 2);
  out.push_back('.');
  append_padded(out, date.year, 4);
  out.append(" - ");
  append_padded(out, in_day / 3600000, 2);
  out.push_back(':');
  append_padded(out, in_day / 60000 % 60, 2);
  out.push_back(':');
  append_padded(out, in_day / 1000 % 60, 2);
  out.push_back(':');
  append_padded(out, in_day % 1000, 3);
  return out;
}

}  // namespace raclette
