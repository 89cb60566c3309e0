// Formatting of log entries. Free functions, because a log needs no runtime.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace raclette {

/// `plugin/<pluginKey> - <title>`, or the title without a plugin.
[[nodiscard]] std::string log_title(const std::string_view& plugin_key, const std::string_view& title);

/// `21.04.2026 - 17:30:40:615`. `local_ms`: milliseconds since 1970-01-01T00:00 of the wall clock, that is, with
/// the offset of the local time zone added.
[[nodiscard]] std::string log_time(std::int64_t local_ms);

}  // namespace raclette
