// Reset for another user: the first user's executions end, show nowhere, and are never sent for the second user.
#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

struct ResetTest : ::testing::Test {
  Pair pair;

  void add_plugin(bool offline) {
    std::string config = kTodoConfig;
    if (offline) config.insert(config.find("\"operations\""), "\"offlineMode\": true, ");
    ASSERT_EQ(pair.runtime->add_plugin(config).code, ErrorCode::OK);
  }
  std::uint32_t query(const char* operation, QuerySettings settings = {}, const char* params = "{}") {
    const OperationInfo info = pair.runtime->operation("pacifico__todo", "todo", operation);
    const std::uint32_t handle = pair.runtime->create_query(info.operation, settings).value;
    EXPECT_EQ(pair.runtime->set_request(handle, "", params, "").code, ErrorCode::OK);
    return handle;
  }
  std::uint32_t execute(std::uint32_t query, ValueHandle body = 0) {
    const std::uint32_t execution = pair.runtime->execute(query, body, Caller::user, pair.now);
    pair.settle();
    return execution;
  }
  void reset(bool discard = false) {
    pair.runtime->reset(discard, pair.now);
    pair.settle();
  }
  std::optional<QuerySettled> settled(std::uint32_t execution) {
    for (const Effect& effect : pair.log) {
      const auto* one = std::get_if<QuerySettled>(&effect);
      if (one != nullptr && one->execution == execution) return *one;
    }
    return std::nullopt;
  }
  std::vector<std::string> forgotten() {
    std::vector<std::string> keys;
    for (const Effect& effect : pair.log) {
      if (const auto* forget = std::get_if<RemoveMutation>(&effect)) keys.push_back(forget->key);
    }
    return keys;
  }
  void expect_nothing_under_way() {
    EXPECT_EQ(pair.runtime->census().flights, 0u);
    EXPECT_EQ(pair.runtime->census().reads, 0u);
    EXPECT_EQ(pair.runtime->census().timers, 0u);
  }
};

TEST_F(ResetTest, ReadsEndWhereverTheyStand) {
  add_plugin(false);
  const auto on_wire = execute(query("getAll"));
  const auto shares = execute(query("getAll"));
  QuerySettings tries;
  tries.retry = 5;
  const auto between = execute(query("getAll", tries));
  pair.respond(7, 503, 1);
  QuerySettings debounced;
  debounced.debounce = 100;
  const auto waits = execute(query("getAll", debounced));
  QuerySettings alone;
  alone.use_cache = false;
  const auto own = execute(query("getAll", alone));
  reset();
  for (const auto one : {on_wire, shares, between, waits, own}) {
    ASSERT_TRUE(settled(one));
    EXPECT_EQ(settled(one)->code, ErrorCode::ABORTED);
    EXPECT_FALSE(settled(one)->apply || settled(one)->loading);
  }
  EXPECT_TRUE(pair.fetches.empty());
  expect_nothing_under_way();
  pair.advance(100000);
  EXPECT_TRUE(pair.fetches.empty());
}

TEST_F(ResetTest, WhatIsDiscardedOnTheWireIsNotKeptLater) {
  add_plugin(true);
  execute(query("create"), 9);
  reset(true);
  pair.advance(5000);
  EXPECT_EQ(pair.count<PersistMutation>(), 0u);
}

TEST_F(ResetTest, WhatTrailsARequestStartsNoOther) {
  add_plugin(false);
  const auto list = query("getAll");
  execute(list);
  const auto create = execute(query("create"), 9);
  pair.respond(8, 201, 1);
  ASSERT_TRUE(settled(create));
  const auto trails = execute(query("getAll"));
  reset();
  EXPECT_EQ(settled(trails)->code, ErrorCode::ABORTED);
  EXPECT_TRUE(pair.fetches.empty());
  expect_nothing_under_way();
}

TEST_F(ResetTest, NoAnswerIsReusedAndNothingIsDue) {
  add_plugin(false);
  QuerySettings settings;
  settings.refetch_interval = 5000;
  const auto list = query("getAll", settings);
  execute(list);
  pair.respond(7);
  const auto failed = query("getAll");
  reset();
  EXPECT_EQ(pair.released_responses[7], 1);
  pair.advance(60000);
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_EQ(pair.runtime->reuse(list, pair.now), 0u);
  execute(failed);
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(8);
  reset();
  execute(list);
  ASSERT_EQ(pair.fetches.size(), 1u) << "a request of its own";
  pair.respond(9);
  pair.advance(5000);
  EXPECT_EQ(pair.fetches.size(), 1u) << "the interval goes on with its first answer";
}

TEST_F(ResetTest, AQueryThatIsNotActiveIsExecutedOnceItIs) {
  add_plugin(false);
  const auto used = query("getAll");
  execute(used);
  pair.respond(7);
  const auto unused = query("getAll");
  QuerySettings rests;
  rests.active = false;
  for (const auto one : {used, unused}) pair.runtime->configure_query(one, rests, pair.now);
  reset();
  pair.advance(60000);
  EXPECT_TRUE(pair.fetches.empty());
  for (const auto one : {used, unused}) pair.runtime->configure_query(one, {}, pair.now);
  pair.settle();
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].query, used);
}

TEST_F(ResetTest, AMutationOnTheWireEndsAsItEndsAndShowsNowhere) {
  add_plugin(false);
  QuerySettings settings;
  settings.retry = 3;
  const auto owner = query("create", settings);
  const auto first = execute(owner, 9);
  reset();
  EXPECT_FALSE(settled(first));
  EXPECT_EQ(pair.count<AbortFetch>(), 0u);
  const auto second = execute(owner, 10);
  pair.respond(7, 201, 0);
  EXPECT_EQ(settled(first)->code, ErrorCode::OK);
  EXPECT_FALSE(settled(first)->apply || settled(first)->announce);
  EXPECT_TRUE(settled(first)->loading) << "the second one's is under way";
  pair.respond(8, 201, 0);
  EXPECT_TRUE(settled(second)->apply && settled(second)->announce);
  EXPECT_FALSE(settled(second)->loading);
}

TEST_F(ResetTest, AMutationIsNotMadeAgainWhateverComesOfIt) {
  add_plugin(false);
  QuerySettings settings;
  settings.retry = 3;
  for (const std::uint32_t status : {401u, 503u}) {
    const auto execution = execute(query("create", settings), 9);
    reset();
    pair.respond(7, status);
    EXPECT_EQ(settled(execution)->status, status);
    EXPECT_TRUE(pair.fetches.empty());
  }
  const auto between = execute(query("create", settings), 9);
  pair.respond(7, 503);
  reset();
  EXPECT_EQ(settled(between)->code, ErrorCode::ABORTED);
  expect_nothing_under_way();
  pair.advance(60000);
  EXPECT_TRUE(pair.fetches.empty());
}

TEST_F(ResetTest, WhatWaitsForTheNetworkEndsAndIsKept) {
  add_plugin(true);
  pair.life(LifecycleEvent::offline);
  const auto first = execute(query("create"), 9);
  const auto second = execute(query("delete", {}, R"({"_id":"1"})"));
  reset();
  for (const auto one : {first, second}) EXPECT_EQ(settled(one)->code, ErrorCode::ABORTED);
  EXPECT_EQ(pair.released_payloads[9], 1);
  EXPECT_TRUE(forgotten().empty());
  pair.life(LifecycleEvent::online);
  pair.advance(100000);
  EXPECT_TRUE(pair.fetches.empty());
  expect_nothing_under_way();
  execute(query("create"), 10);
  EXPECT_EQ(pair.fetches.size(), 1u) << "the queue is there for the next";
}

TEST_F(ResetTest, WhatWaitsForTheNetworkIsForgottenIfThatIsWanted) {
  add_plugin(true);
  pair.life(LifecycleEvent::offline);
  execute(query("create"), 9);
  execute(query("create"), 10);
  reset(true);
  EXPECT_EQ(forgotten().size(), 2u);
  expect_nothing_under_way();
}

TEST_F(ResetTest, WhatIsOnTheWireAndWouldWaitIsKeptUntilItIsDecided) {
  add_plugin(true);
  struct Case {
    std::uint32_t status;
    bool is_kept;
  };
  for (const Case& one : {Case{201, false}, Case{401, true}, Case{503, true}, Case{0, true}}) {
    const auto first = execute(query("create"), 9);
    const auto second = execute(query("create"), 10);
    pair.log.clear();
    reset();
    ASSERT_TRUE(pair.last<PersistMutation>());
    const std::string key = pair.last<PersistMutation>()->key;
    EXPECT_EQ(settled(second)->code, ErrorCode::ABORTED);
    if (one.status == 0) {
      pair.fail(ErrorCode::NETWORK_ERROR);
    } else {
      pair.respond(7, one.status);
    }
    EXPECT_TRUE(settled(first));
    EXPECT_EQ(forgotten(), one.is_kept ? std::vector<std::string>{} : std::vector<std::string>{key});
    EXPECT_TRUE(pair.fetches.empty());
    expect_nothing_under_way();
  }
}

TEST_F(ResetTest, WhatAnEarlierSessionLeftIsNotTheNextOnes) {
  add_plugin(true);
  execute(query("create"), 9);
  ASSERT_EQ(pair.fetches.size(), 1u);
  reset();
  const auto kept = pair.count<PersistMutation>();
  EXPECT_EQ(kept, 1u);
  reset();
  reset(true);
  EXPECT_EQ(pair.count<PersistMutation>(), kept);
  EXPECT_TRUE(forgotten().empty());
  pair.respond(7, 201);
  EXPECT_EQ(forgotten().size(), 1u) << "it is decided";
}

TEST_F(ResetTest, WhatWasNeverSentForWantOfCredentialsIsKept) {
  add_plugin(true);
  execute(query("create"), 9);
  reset();
  pair.fail(ErrorCode::ABORTED);
  EXPECT_TRUE(forgotten().empty());
  expect_nothing_under_way();
}

}  // namespace
}  // namespace raclette
