// The entities and operations of all plugins, from their configs. Both are numbered from 0 in the order of
// registration, and are never removed. A query looks up its operation by name once, when it is created.
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

/// An operation, with references to its configs.
struct Operation {
  const OperationConfig* config;
  const PluginConfig* plugin;
  std::uint32_t entity;
  /// The end of the server's Retry-After. Only reads that follow from events wait for it.
  double not_before = 0;
};

class OperationTable {
 public:
  /// Adds a plugin's entities. Their numbers continue from `entities()`, in the order of the config.
  void add_plugin(PluginConfig config);
  /// Returns the number of an operation. Fails with UNKNOWN_ENTITY or UNKNOWN_OPERATION and the existing names.
  Result<std::uint32_t> find(const std::string_view& plugin_key, const std::string_view& entity,
                             const std::string_view& operation) const;

  [[nodiscard]] bool has(std::uint32_t operation) const { return operation < operations_.size(); }
  [[nodiscard]] const Operation& operator[](std::uint32_t operation) const { return operations_[operation]; }
  /// Sets the end of the server's Retry-After.
  void hold(std::uint32_t operation, double until) { operations_[operation].not_before = until; }
  /// Whether the operation's entity has `offlineMode`.
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
