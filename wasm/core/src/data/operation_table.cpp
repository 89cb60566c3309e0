#include "data/operation_table.h"

#include <utility>

namespace raclette {
namespace {

void append_name(std::string& list, const std::string_view& name) {
  if (!list.empty()) list.append(", ");
  list.append(name);
}

}  // namespace

void OperationTable::add_plugin(PluginConfig config) {
  const PluginConfig* const plugin = plugins_.find(plugins_.insert(std::move(config)));
  for (const EntityConfig& entity : plugin->entities) {
    const std::uint32_t index = entities();
    entities_by_name_.insert(hash_of(entity.name, hash_of(plugin->plugin_key)), index + 1);
    entities_.push_back({&entity, plugin, static_cast<std::uint32_t>(operations_.size())});
    for (const OperationConfig& operation : entity.operations) operations_.push_back({&operation, plugin, index});
  }
}

Result<std::uint32_t> OperationTable::find(const std::string_view& plugin_key, const std::string_view& name,
                                           const std::string_view& operation) const {
  const std::uint32_t found = entities_by_name_.find(hash_of(name, hash_of(plugin_key)), [&](std::uint32_t entry) {
    const Entity& entity = entities_[entry - 1];
    return entity.config->name == name && entity.plugin->plugin_key == plugin_key;
  });
  std::string there;
  if (found == 0) {
    for (const Entity& entity : entities_) {
      if (entity.plugin->plugin_key == plugin_key) append_name(there, entity.config->name);
    }
    return Failure{ErrorCode::UNKNOWN_ENTITY, std::move(there)};
  }
  std::uint32_t index = entities_[found - 1].first_operation;
  for (const OperationConfig& one : entities_[found - 1].config->operations) {
    if (one.name == operation) return index;
    append_name(there, one.name);
    ++index;
  }
  return Failure{ErrorCode::UNKNOWN_OPERATION, std::move(there)};
}

}  // namespace raclette
