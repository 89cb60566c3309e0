// The entities and operations of all plugins, from their configs. Both are numbered from 0 in the order of
// registration and never removed. They are looked up by name once, when a query is created.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash_index.h"
#include "base/result.h"
#include "base/slot_map.h"
#include "data/plugin_config.h"

namespace raclette {

/// What the configs say of it stands there.
struct Operation {
  const OperationConfig* config;
  const PluginConfig* plugin;
  std::uint32_t entity;
  /// Until then the server wants no more of its requests, but for those that the user himself makes.
  double not_before = 0;
};

class OperationTable {
 public:
  /// Adds a plugin's entities. The first one's number is what `entities` was before; the others follow in order.
  void add_plugin(PluginConfig config);
  /// The number of an operation. UNKNOWN_ENTITY or UNKNOWN_OPERATION, with the names that exist.
  Result<std::uint32_t> find(const std::string_view& plugin_key, const std::string_view& entity,
                             const std::string_view& operation) const;

  [[nodiscard]] bool has(std::uint32_t operation) const { return operation < operations_.size(); }
  [[nodiscard]] const Operation& operator[](std::uint32_t operation) const { return operations_[operation]; }
  /// The server wants no more requests of the operation until `until`.
  void hold(std::uint32_t operation, double until) { operations_[operation].not_before = until; }
  /// Whether mutations of the operation's entity wait for the network.
  [[nodiscard]] bool offline_mode(std::uint32_t operation) const {
    return entities_[operations_[operation].entity].config->offline_mode;
  }
  [[nodiscard]] std::uint32_t entities() const { return static_cast<std::uint32_t>(entities_.size()); }

 private:
  struct Entity {
    const EntityConfig* config;
    const PluginConfig* plugin;
    std::uint32_t first_operation;
  };

  SlotMap<PluginConfig> plugins_;
  std::vector<Entity> entities_;
  std::vector<Operation> operations_;
  HashIndex entities_by_name_;  // values: index + 1
};

}  // namespace raclette
