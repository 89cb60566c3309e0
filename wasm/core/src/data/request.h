// Builds the URL of an operation from its params. Values of placeholders are percent-encoded, so a value cannot leave
// its path segment. Other params become the query string, or stay in JavaScript as the body.
//
// Query strings: members are sorted by name. An array repeats its name (`tag=a&tag=b`), an object uses brackets
// (`filter[done]=true`), and null is an empty value. Numbers and booleans arrive as strings, formatted by JavaScript.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/shared.h"
#include "data/plugin_config.h"

namespace raclette {

/// The URL and variant of a query's request. Copies share their text: a query and its read have the same.
class Target {
 public:
  void set(const std::string& url, std::string_view variant) {
    text_ = Shared<Text>({std::string(url).append(variant), static_cast<std::uint32_t>(url.size())});
  }
  /// The URL followed by the variant. Empty before `set`.
  [[nodiscard]] std::string_view key() const { return text_.get() == nullptr ? "" : std::string_view(text_->key); }
  [[nodiscard]] std::string url() const { return std::string(key().substr(0, url_size())); }
  [[nodiscard]] std::string variant() const { return std::string(key().substr(url_size())); }
  [[nodiscard]] bool operator==(const Target& other) const {
    return text_.get() == other.text_.get() || (url_size() == other.url_size() && key() == other.key());
  }

 private:
  struct Text {
    std::string key;
    std::uint32_t url_size;
  };
  [[nodiscard]] std::uint32_t url_size() const { return text_.get() == nullptr ? 0 : text_->url_size; }

  Shared<Text> text_;
};

/// Joins origin, route prefix and path with exactly one slash between them. Adds no prefix if the path already begins
/// with it, as raclette's generated targets do. `fixed`: the length of the path before its first value; only that part
/// is compared with the prefix.
[[nodiscard]] std::string join_url(std::string_view origin, std::string_view prefix, std::string_view path,
                                   std::size_t fixed = std::string::npos);

/// Returns the URL of a request: origin, route prefix, the filled target (`path` if the target is a function), and the
/// query string if the operation has no body. Fails with MISSING_PARAM like `fill_target`.
Result<std::string> request_url(std::string_view origin, std::string_view prefix, const OperationConfig& operation,
                                std::string_view path, JsonView params);

/// Fills the placeholders of `operation`'s target. Fails with MISSING_PARAM and the name if a value is missing, empty,
/// `.`, `..`, or neither a string nor a number.
Result<std::string> fill_target(const OperationConfig& operation, JsonView params);

/// Returns the query string of the params without a placeholder in `operation`, with its `?`. Empty if there are none.
[[nodiscard]] std::string query_string(const OperationConfig& operation, JsonView params);

}  // namespace raclette
