// Operations whose `storeActionType` differs from their method: a POST that reads, with its body in the variant, and a
// GET that changes data.
#include "harness/pair.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

using testing::Pair;

constexpr const char* kConfig = R"({ "pluginKey": "p", "data": { "todo": { "offlineMode": true, "operations": {
  "getAll": { "target": "/todo/all", "method": "get" },
  "search": { "target": "/todo/search", "method": "post", "storeActionType": "dataRead",
    "channels": [{ "channel": "plugin_p--changed", "channelKey": "changed" }] },
  "touch": { "target": "/todo/:_id/touch", "method": "get", "storeActionType": "dataUpdate" }
} } } })";

struct StoreActionTest : ::testing::Test {
  Pair pair;

  void SetUp() override { ASSERT_EQ(pair.runtime->add_plugin(kConfig).code, ErrorCode::OK); }

  std::uint32_t query(const char* operation, const char* variant = "", QuerySettings settings = {}) {
    const std::uint32_t number = pair.runtime->operation("p", "todo", operation).operation;
    const std::uint32_t handle = pair.runtime->create_query(number, settings).value;
    EXPECT_EQ(pair.runtime->set_request(handle, "", R"({"_id":"1"})", variant).code, ErrorCode::OK);
    return handle;
  }
  std::uint32_t search(QuerySettings settings = {}) { return query("search", "milk", settings); }
  std::uint32_t execute(std::uint32_t query) {
    const std::uint32_t execution = pair.runtime->execute(query, 0, Caller::user, pair.now);
    pair.settle();
    return execution;
  }
  std::optional<QuerySettled> settled(std::uint32_t execution) {
    for (const Effect& effect : pair.log) {
      if (const auto* one = std::get_if<QuerySettled>(&effect); one != nullptr && one->execution == execution)
        return *one;
    }
    return std::nullopt;
  }
  /// Expects one request: a POST with the body of the variant, without a key.
  void expect_search() {
    ASSERT_EQ(pair.fetches.size(), 1u);
    EXPECT_EQ(pair.fetches[0].method, "POST");
    EXPECT_EQ(pair.fetches[0].url, "http://127.0.0.1:8082/todo/search");
    EXPECT_EQ(pair.fetches[0].variant, "milk");
    EXPECT_EQ(pair.fetches[0].key, "");
  }
};

TEST_F(StoreActionTest, APostThatReadsIsSharedAndReusedByItsBody) {
  const auto first = execute(search());
  const auto second = execute(search());
  expect_search();
  execute(query("search", "tea"));
  ASSERT_EQ(pair.fetches.size(), 2u);
  EXPECT_EQ(pair.fetches[1].variant, "tea");
  pair.respond(7);
  EXPECT_EQ(settled(first)->response, 7u);
  EXPECT_EQ(settled(second)->response, 7u);
  EXPECT_EQ(pair.runtime->reuse(search(), pair.now), 7u);
  pair.advance(1000);
  EXPECT_EQ(pair.runtime->reuse(search(), pair.now), 0u);
}

/// The variant does not contain a body that is passed to `execute`.
TEST_F(StoreActionTest, AReadWithABodyOfItsOwnIsSharedWithNone) {
  const auto plain = execute(search());
  for (const ValueHandle body : {5u, 6u}) {
    pair.runtime->execute(search(), body, Caller::user, pair.now);
    pair.settle();
  }
  ASSERT_EQ(pair.fetches.size(), 3u);
  EXPECT_EQ(pair.fetches[1].body, 5u);
  EXPECT_EQ(pair.fetches[2].body, 6u);
  for (const ValueHandle response : {7u, 8u, 9u}) pair.respond(response);
  EXPECT_EQ(settled(plain)->response, 7u);
  for (const ValueHandle body : {5u, 6u}) EXPECT_EQ(pair.released_payloads[body], 1);
  for (const ValueHandle response : {8u, 9u}) EXPECT_EQ(pair.released_responses[response], 1);
  EXPECT_EQ(pair.runtime->reuse(search(), pair.now), 7u);
}

TEST_F(StoreActionTest, ADebouncedReadSendsTheBodyOfTheLast) {
  QuerySettings settings;
  settings.debounce = 100;
  const auto debounced = search(settings);
  for (const ValueHandle body : {5u, 6u}) pair.runtime->execute(debounced, body, Caller::user, pair.now);
  pair.advance(200);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 6u);
  pair.respond(7);
  for (const ValueHandle body : {5u, 6u}) EXPECT_EQ(pair.released_payloads[body], 1);
}

TEST_F(StoreActionTest, APostThatReadsIsNotAnnouncedAndMakesNoReadStale) {
  const auto list = query("getAll");
  execute(list);
  pair.respond(7);
  const auto good = execute(search());
  pair.respond(8);
  const auto bad = execute(query("search", "tea"));
  pair.respond(9, 500);
  EXPECT_FALSE(settled(good)->announce);
  EXPECT_FALSE(settled(bad)->announce);
  EXPECT_EQ(pair.runtime->reuse(list, pair.now), 7u);
}

TEST_F(StoreActionTest, APostThatReadsBecomesStaleByAnEventAndIsFollowedByOneTrailingRequest) {
  pair.connect();
  const auto handle = search();
  execute(handle);
  pair.text(R"(42["plugin_p--changed",{}])");
  execute(handle);
  execute(handle);
  pair.respond(7);
  expect_search();
}

TEST_F(StoreActionTest, APostThatReadsIsRepeatedWithItsBodyAtItsInterval) {
  execute(search({.refetch_interval = 500}));
  for (int i = 0; i < 3; ++i) {
    pair.respond(7);
    EXPECT_TRUE(pair.fetches.empty());
    pair.advance(500);
    expect_search();
  }
}

TEST_F(StoreActionTest, APostThatReadsIsRepeatedWithItsBodyOnFocusAndAfterAGap) {
  pair.connect();
  execute(search());
  pair.respond(7);
  pair.advance(1000);
  pair.life(LifecycleEvent::visible);
  pair.advance(500);
  expect_search();
  pair.respond(8);
  pair.drop();
  pair.advance(5000);
  ASSERT_EQ(pair.last<StatusChanged>()->status, SocketStatus::connected);
  pair.advance(500);
  expect_search();
}

TEST_F(StoreActionTest, APostThatReadsIsTriedAgainWithItsBodyAndWithoutAKey) {
  execute(search({.retry = 1}));
  expect_search();
  pair.fail(ErrorCode::NETWORK_ERROR);
  pair.advance(2000);
  expect_search();
}

TEST_F(StoreActionTest, APostThatReadsFailsWithoutANetworkInsteadOfWaitingForIt) {
  const auto execution = execute(search());
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_EQ(settled(execution)->code, ErrorCode::NETWORK_ERROR);
  EXPECT_EQ(pair.count<PersistMutation>(), 0u);
}

TEST_F(StoreActionTest, AGetThatChangesSomethingIsAMutation) {
  const auto list = query("getAll");
  execute(list);
  pair.respond(7);
  const auto first = execute(query("touch"));
  const auto second = execute(query("touch"));
  ASSERT_EQ(pair.fetches.size(), 1u) << "they go out one after the other, as the entity waits for the network";
  EXPECT_EQ(pair.fetches[0].method, "GET");
  EXPECT_EQ(pair.fetches[0].key, "c-1");
  pair.respond(8);
  EXPECT_TRUE(settled(first)->announce);
  EXPECT_EQ(pair.runtime->reuse(list, pair.now), 0u) << "what was read before is stale";
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_FALSE(settled(second)) << "it waits for the network";
}

}  // namespace
}  // namespace raclette
