#include "data/plugin_config.h"

#include <algorithm>
#include <span>

#include "base/field.h"

namespace raclette {
namespace {

constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

/// The `storeActionType`s of mutations. `dataPush` is missing: it only describes how the store takes the answer.
constexpr std::string_view kChanges[] = {"dataCreate",     "dataUpdate", "dataDelete",
                                         "dataHardDelete", "dataMove",   "dataRestore"};

bool contains(std::span<const std::string_view> texts, const std::string_view& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// Splits a target such as `/todo/:_id/{part}` into pieces. A `:` begins a placeholder only at the start of a segment.
void split_target(std::vector<TargetPiece>& pieces, const std::string_view& text, const Field& target) {
  std::string literal;
  for (std::size_t at = 0; at < text.size();) {
    const bool colon = text[at] == ':' && (at == 0 || text[at - 1] == '/');
    if (!colon && text[at] != '{') {
      literal.push_back(text[at++]);
      continue;
    }
    const std::size_t end = colon ? std::min(text.find_first_of("/?", at), text.size()) : text.find('}', at);
    if (end == std::string_view::npos) return target.refuse("a path whose braces are closed");
    const std::string_view name = text.substr(at + 1, end - at - 1);
    if (name.empty()) return target.refuse("a path whose placeholders have names");
    if (!literal.empty()) pieces.push_back({std::move(literal), false});
    literal.clear();
    pieces.push_back({std::string(name), true});
    at = colon ? end : end + 1;
  }
  if (!literal.empty()) pieces.push_back({std::move(literal), false});
}

void read_target(const Field& target, OperationConfig& operation) {
  operation.target_is_function = target.value().boolean() == true;
  if (operation.target_is_function) return;
  const std::string_view text = target.value().string().value_or("");
  if (target.require(!text.empty(), "a path or a function")) split_target(operation.target, text, target);
}

void read_store_action(const Field& field, StoreAction& into) {
  std::string action;
  field.read(action, TextRule::any);
  if (action == "dataRead") into = StoreAction::reads;
  if (contains(kChanges, action)) into = StoreAction::changes;
}

void read_channels(const Field& channels, std::vector<ChannelConfig>& into) {
  if (channels.absent() || !channels.require(channels.value().is_array(), "an array")) return;
  for (std::size_t i = 0; i < channels.value().size(); ++i) {
    const Field channel(channels, i);
    if (!channel.require(channel.value().is_object(), "an object")) return;
    ChannelConfig& config = into.emplace_back();
    Field(channel, "channel").read(config.channel, TextRule::required);
    Field(channel, "channelKey").read(config.key, TextRule::required);
    Field(channel, "prefix").read(config.prefix, TextRule::any);
  }
}

void read_operation(const Field& field, OperationConfig& operation) {
  if (!field.require(field.value().is_object(), "an object")) return;
  const Field method(field, "method");
  method.read(operation.method, TextRule::required);
  for (char& c : operation.method) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  method.require(contains(kMethods, operation.method), "GET, HEAD, POST, PUT, PATCH or DELETE");
  read_store_action(Field(field, "storeActionType"), operation.store_action);
  read_target(Field(field, "target"), operation);
  read_channels(Field(field, "channels"), operation.channels);
}

void read_entity(const Field& field, EntityConfig& entity) {
  if (!field.require(field.value().is_object(), "an object")) return;
  entity.type = entity.name;
  Field(field, "type").read(entity.type, TextRule::not_empty);
  Field(field, "offlineMode").read(entity.offline_mode);
  const Field operations(field, "operations");
  operations.require(operations.value().is_object(), "an object of operations");
  operations.value().for_each_member([&](const std::string_view& name, JsonView value) {
    OperationConfig& operation = entity.operations.emplace_back();
    operation.name = name;
    read_operation(Field(operations, name, value), operation);
  });
}

}  // namespace

Result<PluginConfig> read_plugin_config(JsonView json) {
  if (!json.is_object()) return Failure{ErrorCode::BAD_CONFIG, "the config must be an object"};
  PluginConfig config;
  std::string wrong;
  const Field root(json, wrong);
  Field(root, "pluginKey").read(config.plugin_key, TextRule::required);
  Field(root, "routePrefix").read(config.route_prefix, TextRule::any);
  const Field data(root, "data");
  data.require(data.value().is_object(), "an object of entities");
  data.value().for_each_member([&](const std::string_view& name, JsonView value) {
    EntityConfig& entity = config.entities.emplace_back();
    entity.name = name;
    read_entity(Field(data, name, value), entity);
  });
  if (!wrong.empty()) return Failure{ErrorCode::BAD_CONFIG, std::move(wrong)};
  return config;
}

}  // namespace raclette
