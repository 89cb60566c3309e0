#include "data/plugin_config.h"

#include <algorithm>

#include "base/text.h"

namespace raclette {
namespace {

std::string index_text(std::size_t index) {
  std::string text;
  append_number(text, index);
  return text;
}

/// Reads fields and remembers the first thing that is wrong; once something is, the rest does not matter.
class ConfigReader {
 public:
  Result<PluginConfig> read(JsonView root) {
    PluginConfig config;
    if (!root.is_object()) {
      fail("the config", "an object");
    } else {
      config.plugin_key = required(root, "", "pluginKey");
      config.route_prefix = optional_text(root, "", "routePrefix");
      const JsonView data = root["data"];
      if (!data.is_object()) fail("data", "an object of entities");
      data.for_each_member([&](std::string_view name, JsonView value) {
        config.entities.push_back(entity(std::string(name), value, "data." + std::string(name)));
      });
    }
    if (!wrong_.empty()) return Failure{ErrorCode::BAD_CONFIG, wrong_};
    return config;
  }

 private:
  void fail(std::string_view path, std::string_view expected) {
    if (wrong_.empty()) wrong_.append(path).append(" has to be ").append(expected);
  }

  std::string required(JsonView object, const std::string& path, const char* field) {
    const auto text = object[field].string();
    if (!text || text->empty()) fail(path + field, "a string that is not empty");
    return std::string(text.value_or(""));
  }

  std::string optional_text(JsonView object, const std::string& path, const char* field) {
    const JsonView value = object[field];
    if (value && !value.is_null() && !value.string()) fail(path + field, "a string");
    return std::string(value.string().value_or(""));
  }

  bool optional_flag(JsonView object, const std::string& path, const char* field) {
    const JsonView value = object[field];
    if (value && !value.is_null() && !value.boolean()) fail(path + field, "true or false");
    return value.boolean().value_or(false);
  }

  EntityConfig entity(std::string name, JsonView value, const std::string& path) {
    EntityConfig entity{std::move(name), {}, {}, false};
    if (!value.is_object()) {
      fail(path, "an object");
      return entity;
    }
    entity.type = required(value, path + ".", "type");
    entity.offline_mode = optional_flag(value, path + ".", "offlineMode");
    const JsonView operations = value["operations"];
    if (!operations.is_object()) fail(path + ".operations", "an object of operations");
    operations.for_each_member([&](std::string_view op_name, JsonView op) {
      entity.operations.push_back(
          operation(std::string(op_name), op, path + ".operations." + std::string(op_name) + "."));
    });
    return entity;
  }

  OperationConfig operation(std::string name, JsonView value, const std::string& path) {
    OperationConfig operation;
    operation.name = std::move(name);
    if (!value.is_object()) {
      fail(path.substr(0, path.size() - 1), "an object");
      return operation;
    }
    operation.method = required(value, path, "method");
    std::transform(operation.method.begin(), operation.method.end(), operation.method.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    static constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    if (std::find(std::begin(kMethods), std::end(kMethods), operation.method) == std::end(kMethods)) {
      fail(path + "method", "GET, HEAD, POST, PUT, PATCH or DELETE");
    }
    read_target(operation, value["target"], path + "target");
    read_channels(operation, value["channels"], path + "channels");
    return operation;
  }

  void read_target(OperationConfig& operation, JsonView target, const std::string& path) {
    operation.target_is_function = target.boolean() == true;
    if (operation.target_is_function) return;
    const auto text = target.string();
    if (!text || text->empty()) return fail(path, "a path or a function");
    split_target(operation.target, *text, path);
  }

  /// `/todo/:_id/{part}` into its pieces. A `:` begins a placeholder only at the start of a segment.
  void split_target(std::vector<TargetPiece>& pieces, std::string_view text, const std::string& path) {
    std::string literal;
    for (std::size_t at = 0; at < text.size();) {
      const bool colon = text[at] == ':' && at > 0 && text[at - 1] == '/';
      if (!colon && text[at] != '{') {
        literal.push_back(text[at++]);
        continue;
      }
      const std::size_t end = colon ? std::min(text.find_first_of("/?", at), text.size()) : text.find('}', at);
      if (end == std::string_view::npos) return fail(path, "a path whose braces are closed");
      const std::string_view name = text.substr(at + 1, end - at - 1);
      if (name.empty()) return fail(path, "a path whose placeholders have names");
      if (!literal.empty()) pieces.push_back({std::move(literal), false});
      literal.clear();
      pieces.push_back({std::string(name), true});
      at = colon ? end : end + 1;
    }
    if (!literal.empty()) pieces.push_back({std::move(literal), false});
  }

  void read_channels(OperationConfig& operation, JsonView channels, const std::string& path) {
    if (!channels || channels.is_null()) return;
    if (!channels.is_array()) return fail(path, "an array");
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const std::string at = path + "[" + index_text(i) + "]";
      const JsonView channel = channels.at(i);
      if (!channel.is_object()) return fail(at, "an object");
      operation.channels.push_back({required(channel, at + ".", "channel"), required(channel, at + ".", "channelKey"),
                                    optional_text(channel, at + ".", "prefix")});
    }
  }

  std::string wrong_;
};

}  // namespace

Result<PluginConfig> read_plugin_config(JsonView root) { return ConfigReader().read(root); }

}  // namespace raclette
