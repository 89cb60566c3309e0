// A plugin's generated config, read once and checked. Errors name the path of the field. A target function arrives as
// `true`; the binding calls it and passes the path.
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

/// What an operation's `storeActionType` says of it. `unknown`: nothing, so its method decides.
enum class StoreAction : std::uint8_t { unknown, reads, changes };

struct OperationConfig {
  std::string name;
  std::string method;  // in capitals
  StoreAction store_action = StoreAction::unknown;
  /// Empty where the target is a function.
  std::vector<TargetPiece> target;
  bool target_is_function = false;
  std::vector<ChannelConfig> channels;

  /// Reads are shared and cached; all else changes something.
  [[nodiscard]] bool is_read() const {
    return store_action == StoreAction::unknown ? gets() : store_action == StoreAction::reads;
  }
  /// Params that no placeholder takes go into a JSON body instead of the query string; so do those of a POST that
  /// reads.
  [[nodiscard]] bool has_body() const { return !gets() && method != "DELETE"; }
  [[nodiscard]] bool gets() const { return method == "GET" || method == "HEAD"; }
};

struct EntityConfig {
  std::string name;
  /// The name, unless the config says another.
  std::string type;
  std::vector<OperationConfig> operations;
  /// Mutations wait for the network, in their order, instead of failing without it.
  bool offline_mode = false;
};

struct PluginConfig {
  std::string plugin_key;
  std::string route_prefix;
  std::vector<EntityConfig> entities;
};

/// Reads a config. BAD_CONFIG, with the path of the field and what it should be.
Result<PluginConfig> read_plugin_config(JsonView root);

}  // namespace raclette
