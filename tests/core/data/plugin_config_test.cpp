#include "data/plugin_config.h"

#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

Result<PluginConfig> read(std::string_view text) {
  const auto document = JsonDocument::parse(text);
  EXPECT_TRUE(document) << text;
  return read_plugin_config(document->root());
}

std::string with_operation(const std::string& operation) {
  return R"({"pluginKey":"p","data":{"todo":{"type":"todo","operations":{"op":)" + operation + "}}}}";
}

TEST(PluginConfig, ReadsTheGeneratedForm) {
  const auto config = read(testing::kTodoConfig);
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  EXPECT_EQ(config.value().plugin_key, "pacifico__todo");
  ASSERT_EQ(config.value().entities.size(), 1u);
  const EntityConfig& todo = config.value().entities[0];
  ASSERT_EQ(todo.operations.size(), 5u);
  const OperationConfig& create = todo.operations[0];
  EXPECT_EQ(create.name, "create");
  EXPECT_EQ(create.method, "POST");
  EXPECT_TRUE(create.has_body());
  ASSERT_EQ(create.channels.size(), 2u);
  EXPECT_EQ(create.channels[0].key, "todoCreated");
  const OperationConfig& report = todo.operations[4];
  EXPECT_TRUE(report.target_is_function);
  EXPECT_TRUE(report.is_read());
}

TEST(PluginConfig, SplitsTargetsInBothSpellings) {
  const auto config = read(with_operation(R"({"method":"get","target":"/a/:id/b-{part}/:last?x=1"})"));
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  std::string spelled;
  for (const TargetPiece& piece : config.value().entities[0].operations[0].target) {
    spelled += piece.placeholder ? "<" + piece.text + ">" : piece.text;
  }
  EXPECT_EQ(spelled, "/a/<id>/b-<part>/<last>?x=1");
}

TEST(PluginConfig, AColonAtTheStartOfATargetBeginsAPlaceholder) {
  const auto config = read(with_operation(R"({"method":"get","target":":id"})"));
  ASSERT_TRUE(config.ok()) << config.failure().detail;
  ASSERT_EQ(config.value().entities[0].operations[0].target.size(), 1u);
  EXPECT_TRUE(config.value().entities[0].operations[0].target[0].placeholder);
}

TEST(PluginConfig, AColonInsideASegmentIsText) {
  const auto config = read(with_operation(R"({"method":"get","target":"/a:b/c"})"));
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config.value().entities[0].operations[0].target.size(), 1u);
}

TEST(PluginConfig, AnEntityWithoutATypeIsNamedAfterItsKey) {
  for (const char* type : {"", R"("type":null,)"}) {
    const auto config = read(R"({"pluginKey":"p","data":{"todo":{)" + std::string(type) + R"("operations":{}}}})");
    ASSERT_TRUE(config.ok()) << config.failure().detail;
    EXPECT_EQ(config.value().entities[0].type, "todo");
  }
  const auto named = read(R"({"pluginKey":"p","data":{"todo":{"type":"task","operations":{}}}})");
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named.value().entities[0].type, "task");
}

TEST(PluginConfig, TheStoreActionSaysWhetherAnOperationReadsAndTheMethodWhereItDoesNot) {
  struct Case {
    const char* method;
    const char* store_action;
    bool is_read;
    bool has_body;
  };
  const Case cases[] = {
      {"get", R"("dataRead")", true, false},
      {"post", R"("dataRead")", true, true},
      {"delete", R"("dataRead")", true, false},
      {"get", R"("dataCreate")", false, false},
      {"head", R"("dataUpdate")", false, false},
      {"get", R"("dataDelete")", false, false},
      {"get", R"("dataHardDelete")", false, false},
      {"get", R"("dataMove")", false, false},
      {"get", R"("dataRestore")", false, false},
      {"post", R"("dataUpdate")", false, true},
      {"get", R"("dataPush")", true, false},
      {"post", R"("dataPush")", false, true},
      {"get", R"("of tomorrow")", true, false},
      {"patch", R"("of tomorrow")", false, true},
      {"head", R"("")", true, false},
      {"put", "null", false, true},
  };
  for (const auto& [method, store_action, is_read, has_body] : cases) {
    const std::string name = std::string(method) + " " + store_action;
    const auto config = read(with_operation(R"({"target":"/a","method":")" + std::string(method) +
                                            R"(","storeActionType":)" + store_action + "}"));
    ASSERT_TRUE(config.ok()) << config.failure().detail;
    const OperationConfig& operation = config.value().entities[0].operations[0];
    EXPECT_EQ(operation.is_read(), is_read) << name;
    EXPECT_EQ(operation.has_body(), has_body) << name;
  }
}

TEST(PluginConfig, NamesTheFieldThatIsWrong) {
  const std::pair<std::string, const char*> cases[] = {
      {"[]", "the config must be"},
      {R"({"data":{}})", "pluginKey must be"},
      {R"({"pluginKey":"p"})", "data must be"},
      {R"({"pluginKey":"p","routePrefix":5,"data":{}})", "routePrefix must be"},
      {R"({"pluginKey":"p","data":{"todo":1}})", "data.todo must be"},
      {R"({"pluginKey":"p","data":{"todo":{"type":"","operations":{}}}})", "data.todo.type must be"},
      {R"({"pluginKey":"p","data":{"todo":{"type":1,"operations":{}}}})", "data.todo.type must be"},
      {R"({"pluginKey":"p","data":{"todo":{"type":"t"}}})", "data.todo.operations must be"},
      {with_operation("7"), "data.todo.operations.op must be"},
      {with_operation(R"({"target":"/a"})"), "data.todo.operations.op.method must be"},
      {with_operation(R"({"target":"/a","method":"FETCH"})"), "data.todo.operations.op.method must be"},
      {R"({"pluginKey":"p","data":{"todo":{"type":"t","operations":{},"offlineMode":1}}})",
       "data.todo.offlineMode must be"},
      {with_operation(R"({"method":"get","target":"/a","storeActionType":1})"),
       "data.todo.operations.op.storeActionType must be"},
      {with_operation(R"({"method":"get","target":null})"), "data.todo.operations.op.target must be"},
      {with_operation(R"({"method":"get"})"), "data.todo.operations.op.target must be"},
      {with_operation(R"({"method":"get","target":"/a/{id"})"), "target must be a path whose braces"},
      {with_operation(R"({"method":"get","target":"/a/:"})"), "target must be a path whose placeholders"},
      {with_operation(R"({"method":"get","target":"/a","channels":{}})"), "op.channels must be"},
      {with_operation(R"({"method":"get","target":"/a","channels":[{"channel":"c"}]})"), "op.channels[0].channelKey"},
  };
  for (const auto& [text, expected] : cases) {
    const auto config = read(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_EQ(config.code(), ErrorCode::BAD_CONFIG);
    EXPECT_NE(config.failure().detail.find(expected), std::string::npos) << config.failure().detail;
  }
}

}  // namespace
}  // namespace raclette
