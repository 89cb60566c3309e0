// Reads and checks a plugin's generated config. Errors name the path of the field. A target function arrives as `true`;
// the binding calls it and passes its result as the path.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace raclette {

/// A piece of a target: literal text, or a placeholder's name.
struct TargetPiece {
  std::string text;
  bool placeholder = false;
};

struct ChannelConfig {
  std::string channel;
  std::string key;
  std::string prefix;
};

/// The effect of an operation, by its `storeActionType`. `unknown`: the method decides.
enum class StoreAction : std::uint8_t { unknown, reads, changes };

struct OperationConfig {
  std::string name;
  std::string method;  // in capitals
  StoreAction store_action = StoreAction::unknown;
  /// Empty if the target is a function.
  std::vector<TargetPiece> target;
  bool target_is_function = false;
  std::vector<ChannelConfig> channels;

  /// Whether the operation is a read, which can be shared and cached. All others are mutations.
  [[nodiscard]] bool is_read() const {
    return store_action == StoreAction::unknown ? gets() : store_action == StoreAction::reads;
  }
  /// Whether params without a placeholder form a JSON body instead of the query string. Applies to a POST that reads,
  /// too.
  [[nodiscard]] bool has_body() const { return !gets() && method != "DELETE"; }
  [[nodiscard]] bool gets() const { return method == "GET" || method == "HEAD"; }
};

struct EntityConfig {
  std::string name;
  /// Default: the name.
  std::string type;
  std::vector<OperationConfig> operations;
  /// Whether mutations wait for the network, in order, instead of failing.
  bool offline_mode = false;
};

struct PluginConfig {
  std::string plugin_key;
  std::string route_prefix;
  std::vector<EntityConfig> entities;
};

/// Reads a config. Fails with BAD_CONFIG, the path of the field and the expected value.
Result<PluginConfig> read_plugin_config(JsonView root);

}  // namespace raclette
