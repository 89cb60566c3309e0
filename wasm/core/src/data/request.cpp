#include "data/request.h"

#include <algorithm>

#include "base/text.h"

namespace raclette {
namespace {

std::string_view without_slashes_behind(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

std::string_view without_slashes_before(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  return text;
}

/// Whether the segments of `path` begin with `prefix`. `is_all`: `path` is complete, so it may equal `prefix`.
bool begins_with(std::string_view path, std::string_view prefix, bool is_all) {
  if (!path.starts_with(prefix)) return false;
  return path.size() == prefix.size() ? is_all : path[prefix.size()] == '/';
}

bool is_placeholder(const OperationConfig& operation, std::string_view name) {
  return std::any_of(operation.target.begin(), operation.target.end(),
                     [name](const TargetPiece& piece) { return piece.placeholder && piece.text == name; });
}

/// Length of a filled target before its first value; `npos` if it has none.
std::size_t fixed_part(const OperationConfig& operation) {
  const auto& target = operation.target;
  if (target.empty()) return std::string::npos;
  if (target[0].placeholder) return 0;
  return target.size() == 1 ? std::string::npos : target[0].text.size();
}

/// Appends `name=value` for a scalar, `name[key]=value` for members of objects, and one pair per element of an array.
void append_pair(std::string& out, const std::string& name, JsonView value) {
  if (value.is_array()) {
    for (JsonView element = value.at(0); element; element = element.next()) append_pair(out, name, element);
    return;
  }
  if (value.is_object()) {
    value.for_each_member([&](std::string_view key, JsonView member) {
      std::string nested = name;
      append_percent_encoded(nested.append("["), key);
      append_pair(out, nested.append("]"), member);
    });
    return;
  }
  out.append(out.empty() ? "?" : "&").append(name).append("=");
  append_percent_encoded(out, value.string().value_or(""));
}

}  // namespace

std::string join_url(std::string_view origin, std::string_view prefix, std::string_view path, std::size_t fixed) {
  std::string url(without_slashes_behind(origin));
  const std::string_view inner = without_slashes_behind(without_slashes_before(prefix));
  const std::string_view rest = without_slashes_before(path);
  const std::string_view known = without_slashes_before(path.substr(0, fixed));
  if (!inner.empty() && !begins_with(known, inner, fixed >= path.size())) url.append("/").append(inner);
  return url.append("/").append(rest);
}

Result<std::string> request_url(std::string_view origin, std::string_view prefix, const OperationConfig& operation,
                                std::string_view path, JsonView params) {
  Result<std::string> url = operation.target_is_function ? std::string(path) : fill_target(operation, params);
  if (!url.ok()) return url;
  std::string query;
  if (!operation.has_body()) query = query_string(operation, params);
  if (!query.empty() && url.value().find('?') != std::string::npos) query[0] = '&';
  url.value() = join_url(origin, prefix, url.value(), fixed_part(operation)).append(query);
  return url;
}

Result<std::string> fill_target(const OperationConfig& operation, JsonView params) {
  std::string path;
  for (const TargetPiece& piece : operation.target) {
    if (!piece.placeholder) {
      path.append(piece.text);
      continue;
    }
    const auto value = params[piece.text].string();
    if (!value || value->empty()) return Failure{ErrorCode::MISSING_PARAM, piece.text};
    // URL parsers treat the segments `.` and `..` as path steps, even when they are encoded.
    if (*value == "." || *value == "..") return Failure{ErrorCode::MISSING_PARAM, piece.text};
    append_percent_encoded(path, *value);
  }
  return path;
}

std::string query_string(const OperationConfig& operation, JsonView params) {
  std::string out;
  params.for_each_member([&](std::string_view name, JsonView value) {
    if (is_placeholder(operation, name)) return;
    std::string encoded;
    append_percent_encoded(encoded, name);
    append_pair(out, encoded, value);
  });
  return out;
}

}  // namespace raclette
