#include "data/operation_table.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

OperationConfig operation(const char* name, const char* method) {
  OperationConfig config;
  config.name = name;
  config.method = method;
  return config;
}

/// A plugin with two entities: a todo with two operations, and a note with one operation and `offlineMode`.
PluginConfig plugin(const char* key) {
  PluginConfig config;
  config.plugin_key = key;
  config.route_prefix = "/api";
  config.entities.push_back({"todo", "todo", {operation("getAll", "GET"), operation("create", "POST")}, false});
  config.entities.push_back({"note", "note", {operation("getAll", "GET")}, true});
  return config;
}

TEST(OperationTable, NumbersEntitiesAndOperationsOfAllPluginsInTheirOrder) {
  OperationTable table;
  EXPECT_EQ(table.entities(), 0u);
  EXPECT_FALSE(table.has(0));
  table.add_plugin(plugin("a"));
  EXPECT_EQ(table.entities(), 2u);
  table.add_plugin(plugin("b"));
  EXPECT_EQ(table.entities(), 4u);
  EXPECT_TRUE(table.has(5));
  EXPECT_FALSE(table.has(6));
  const std::uint32_t found = table.find("b", "note", "getAll").value();
  EXPECT_EQ(found, 5u);
  EXPECT_EQ(table[found].entity, 3u);
  EXPECT_EQ(table[found].config->name, "getAll");
  EXPECT_EQ(table[found].plugin->route_prefix, "/api");
}

TEST(OperationTable, TellsEqualNamesOfPluginsAndEntitiesApart) {
  OperationTable table;
  table.add_plugin(plugin("a"));
  table.add_plugin(plugin("b"));
  EXPECT_EQ(table.find("a", "todo", "getAll").value(), 0u);
  EXPECT_EQ(table.find("a", "note", "getAll").value(), 2u);
  EXPECT_EQ(table.find("b", "todo", "getAll").value(), 3u);
}

TEST(OperationTable, SaysWhichEntitiesWaitForTheNetwork) {
  OperationTable table;
  table.add_plugin(plugin("a"));
  EXPECT_FALSE(table.offline_mode(0));
  EXPECT_TRUE(table.offline_mode(2));
}

TEST(OperationTable, RefusesUnknownNamesWithThoseOfThePluginThatExist) {
  OperationTable table;
  table.add_plugin(plugin("a"));
  table.add_plugin(plugin("b"));
  const auto entity = table.find("a", "todos", "getAll");
  EXPECT_EQ(entity.code(), ErrorCode::UNKNOWN_ENTITY);
  EXPECT_EQ(entity.failure().detail, "todo, note");
  const auto operation = table.find("a", "todo", "fetch");
  EXPECT_EQ(operation.code(), ErrorCode::UNKNOWN_OPERATION);
  EXPECT_EQ(operation.failure().detail, "getAll, create");
  EXPECT_EQ(table.find("c", "todo", "getAll").failure().detail, "");
}

}  // namespace
}  // namespace raclette
