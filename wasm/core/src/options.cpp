#include "options.h"

#include "base/field.h"

namespace raclette {
namespace {

void read_whitelist(const Field& list, std::vector<std::string>& whitelist) {
  constexpr std::string_view kExpected = "an array of patterns";
  list.require(list.absent() || list.value().is_array(), kExpected);
  for (JsonView one = list.value().at(0); one; one = one.next()) {
    const auto pattern = one.string();
    list.require(pattern.has_value(), kExpected);
    whitelist.emplace_back(pattern.value_or(""));
  }
}

}  // namespace

Result<RuntimeOptions> read_options(const std::string_view& json) {
  const auto document = JsonDocument::parse(json);
  if (!document || !document->root().is_object()) {
    return Failure{ErrorCode::BAD_CONFIG, "the options must be an object"};
  }
  const JsonView json_options = document->root();
  std::string wrong;
  const Field root(json_options, wrong);
  RuntimeOptions options{
      .socket = read_socket_options(Field(root, "url", json_options["origin"]), Field(root, "socket")),
      .client = std::string(json_options["client"].string().value_or("")),
      .whitelist = {},
  };
  read_whitelist(Field(Field(root, "eventbus", {}), "whitelist", json_options["whitelist"]), options.whitelist);
  if (!wrong.empty()) return Failure{ErrorCode::BAD_CONFIG, std::move(wrong)};
  return options;
}

}  // namespace raclette
