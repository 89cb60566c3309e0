// Builds the URL of an operation from its params. Placeholders are filled percent-encoded, so a value cannot leave
// its segment. Other params become the query string, or stay in JavaScript as the body.
//
// Query strings: members are sorted by name; an array repeats its name (`tag=a&tag=b`), an object uses brackets
// (`filter[done]=true`), null is an empty value. Numbers and booleans arrive as strings, formatted by JavaScript.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "data/plugin_config.h"

namespace raclette {

/// What a query asks for. There may be very many, so the URL stands in them only once.
struct Target {
  /// The URL, and behind it what else tells reads apart.
  std::string key;
  std::uint32_t url_size = 0;

  void set(const std::string& url, std::string_view variant) {
    url_size = static_cast<std::uint32_t>(url.size());
    key.assign(url).append(variant);
  }
  [[nodiscard]] std::string url() const { return key.substr(0, url_size); }
  [[nodiscard]] std::string variant() const { return key.substr(url_size); }
  [[nodiscard]] bool operator==(const Target& other) const { return url_size == other.url_size && key == other.key; }
};

/// Joins origin, route prefix and path with exactly one slash between them. A path that begins with the prefix already,
/// as raclette generates its targets, gets no second one.
/// `fixed`: how much of the path no value stands in; it alone may be the prefix.
[[nodiscard]] std::string join_url(std::string_view origin, std::string_view prefix, std::string_view path,
                                   std::size_t fixed = std::string::npos);

/// The URL of a request: origin, route prefix, the filled target (`path` where the target is a function), and the query
/// string where params do not go into the body. MISSING_PARAM, as `fill_target`.
Result<std::string> request_url(std::string_view origin, std::string_view prefix, const OperationConfig& operation,
                                std::string_view path, JsonView params);

/// Fills the placeholders of `operation`'s target. MISSING_PARAM, with the name: no value, an empty one, or one
/// that is no string or number.
Result<std::string> fill_target(const OperationConfig& operation, JsonView params);

/// The query string of `params` with its `?`, without those that a placeholder of `operation` took; empty if
/// nothing is left.
[[nodiscard]] std::string query_string(const OperationConfig& operation, JsonView params);

}  // namespace raclette
