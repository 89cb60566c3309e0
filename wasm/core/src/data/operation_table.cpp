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
  for (EntityConfig& entity : config.entities) {
    const std::uint32_t index = entities();
    const auto first = static_cast<std::uint32_t>(operations_.size());
    entities_by_name_.insert(hash_of(entity.name, hash_of(config.plugin_key)), index + 1);
    entities_.push_back({config.plugin_key, std::move(entity.name), entity.offline_mode, first,
                         static_cast<std::uint32_t>(entity.operations.size())});
    for (OperationConfig& operation : entity.operations) {
      operations_.push_back({std::move(operation), index, config.route_prefix});
    }
  }
}

Result<std::uint32_t> OperationTable::find(const std::string_view& plugin_key, const std::string_view& name,
                                           const std::string_view& operation) const {
  const std::uint32_t found = entities_by_name_.find(hash_of(name, hash_of(plugin_key)), [&](std::uint32_t entry) {
    return entities_[entry - 1].name == name && entities_[entry - 1].plugin_key == plugin_key;
  });
  std::string there;
  if (found == 0) {
    for (const Entity& entity : entities_) {
      if (entity.plugin_key == plugin_key) append_name(there, entity.name);
    }
    return Failure{ErrorCode::UNKNOWN_ENTITY, std::move(there)};
  }
  const Entity& entity = entities_[found - 1];
  for (std::uint32_t i = entity.first_operation; i < entity.first_operation + entity.operations; ++i) {
    if (operations_[i].config.name == operation) return i;
    append_name(there, operations_[i].config.name);
  }
  return Failure{ErrorCode::UNKNOWN_OPERATION, std::move(there)};
}

}  // namespace raclette
