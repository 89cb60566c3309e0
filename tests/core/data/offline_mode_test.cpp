// Mutations that wait for the network: their order, which answers are final, when they are retried, and what happens
// when the mutation or its query is dropped.
#include "harness/pair.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

struct QueueTest : ::testing::Test {
  Pair pair;

  void SetUp() override {
    std::string config = kTodoConfig;
    config.insert(config.find("\"operations\""), "\"offlineMode\": true, ");
    ASSERT_EQ(pair.runtime->add_plugin(config).code, ErrorCode::OK);
  }

  std::uint32_t query(const char* operation, const char* params = "{}", QuerySettings settings = {}) {
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
  std::uint32_t create(ValueHandle body) { return execute(query("create"), body); }
  std::optional<QuerySettled> settled(std::uint32_t execution) {
    for (const Effect& effect : pair.log) {
      if (const auto* one = std::get_if<QuerySettled>(&effect); one != nullptr && one->execution == execution)
        return *one;
    }
    return std::nullopt;
  }
  /// The keys of the stored mutations, in the order of PersistMutation.
  std::vector<std::string> kept() {
    std::vector<std::string> keys;
    for (const Effect& effect : pair.log) {
      if (const auto* keep = std::get_if<PersistMutation>(&effect)) {
        std::erase(keys, keep->key);
        keys.push_back(keep->key);
      } else if (const auto* forget = std::get_if<RemoveMutation>(&effect)) {
        std::erase(keys, forget->key);
      }
    }
    return keys;
  }
  void expect_nothing_left() {
    EXPECT_EQ(pair.runtime->census().flights, 0u);
    EXPECT_EQ(pair.runtime->census().timers, 0u);
    EXPECT_TRUE(kept().empty());
  }
};

TEST_F(QueueTest, WithANetworkAMutationGoesOutAtOnceAndIsNotKept) {
  const auto execution = create(9);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].key, "c-1");
  EXPECT_TRUE(kept().empty());
  pair.respond(7, 201);
  EXPECT_EQ(settled(execution)->code, ErrorCode::OK);
  EXPECT_EQ(pair.count<RemoveMutation>(), 0u);
  expect_nothing_left();
}

TEST_F(QueueTest, OnlyTheFirstIsOnTheWireAndTheOthersFollowInTheirOrder) {
  const auto a = create(9);
  const auto b = execute(query("delete", R"({"_id":"1"})"));
  const auto c = create(10);
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(7, 201);
  ASSERT_TRUE(settled(a));
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].method, "DELETE");
  pair.respond(8);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 10u);
  pair.respond(0, 201);
  EXPECT_TRUE(settled(b) && settled(c));
  expect_nothing_left();
}

TEST_F(QueueTest, TheOneOnTheWireIsKeptBeforeThoseThatWaitBehindIt) {
  create(9);
  EXPECT_TRUE(kept().empty());
  create(10);
  create(11);
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-1", "c-2", "c-3"})) << "a page that goes now leaves all of them";
  EXPECT_EQ(pair.count<PersistMutation>(), 3u);
  pair.advance(2000);
  EXPECT_EQ(pair.count<PersistMutation>(), 3u) << "once is enough";
  pair.respond(7, 201);
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-3", "c-2"}));
  pair.respond(7, 201);
  pair.respond(7, 201);
  expect_nothing_left();
}

TEST_F(QueueTest, WithoutANetworkNothingIsTriedUntilItIsBack) {
  pair.life(LifecycleEvent::offline);
  const auto execution = create(9);
  create(10);
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-1", "c-2"}));
  EXPECT_FALSE(settled(execution));
  pair.life(LifecycleEvent::online);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 9u);
  pair.respond(7, 201);
  EXPECT_EQ(settled(execution)->code, ErrorCode::OK);
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-2"}));
}

TEST_F(QueueTest, AFailureForWantOfANetworkKeepsTheMutationAndItsKey) {
  const auto execution = create(9);
  create(10);
  const std::string key = pair.fetches[0].key;
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_FALSE(settled(execution));
  EXPECT_TRUE(pair.fetches.empty()) << "the next one does not overtake";
  EXPECT_EQ(kept().size(), 2u);
  pair.advance(499);
  EXPECT_TRUE(pair.fetches.empty());
  pair.advance(1001);
  ASSERT_EQ(pair.fetches.size(), 1u) << "tried after 1 s, ±50 %";
  EXPECT_EQ(pair.fetches[0].key, key);
  EXPECT_EQ(pair.fetches[0].body, 9u);
  EXPECT_EQ(pair.released_payloads[9], 0);
  pair.respond(7, 201);
  EXPECT_EQ(pair.released_payloads[9], 1);
  EXPECT_EQ(settled(execution)->code, ErrorCode::OK);
  EXPECT_EQ(pair.fetches[0].body, 10u);
}

TEST_F(QueueTest, TriesAreFurtherAndFurtherApartUpToHalfAMinute) {
  create(9);
  double last = pair.now;
  for (const double delay : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
    pair.fail(ErrorCode::NETWORK_ERROR);
    while (pair.fetches.empty()) pair.advance(100);
    EXPECT_GE(pair.now - last, delay * 0.5);
    EXPECT_LE(pair.now - last, delay * 1.5 + 100);
    last = pair.now;
  }
}

TEST_F(QueueTest, ANewSessionOfTheSocketProvesTheNetwork) {
  pair.life(LifecycleEvent::offline);
  create(9);
  pair.connect();
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(QueueTest, WhatThePlatformBelievesIsTriedNowAndThenAllTheSame) {
  pair.life(LifecycleEvent::offline);
  create(9);
  pair.advance(1500);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

struct Passing : QueueTest, ::testing::WithParamInterface<std::uint32_t> {};

TEST_P(Passing, StatusLeavesTheMutationInItsPlace) {
  const auto execution = create(9);
  pair.respond(7, GetParam());
  if (GetParam() == 401) pair.respond(8, 401);
  EXPECT_FALSE(settled(execution));
  EXPECT_EQ(pair.released_responses[7], 1);
  pair.advance(1500);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].key, "c-1");
}
INSTANTIATE_TEST_SUITE_P(Queue, Passing, ::testing::Values(401, 408, 429, 502, 503, 504));

struct Definite : QueueTest, ::testing::WithParamInterface<std::uint32_t> {};

TEST_P(Definite, StatusEndsTheMutationAndLetsTheNextOneGo) {
  const auto execution = create(9);
  create(10);
  pair.respond(7, GetParam());
  EXPECT_EQ(settled(execution)->code, ErrorCode::HTTP_ERROR);
  EXPECT_TRUE(settled(execution)->announce);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 10u);
}
INSTANTIATE_TEST_SUITE_P(Queue, Definite, ::testing::Values(400, 403, 404, 409, 422, 500));

TEST_F(QueueTest, CredentialsThatAreRefusedAreToldAndTheMutationWaits) {
  const auto execution = create(9);
  pair.fail(ErrorCode::AUTH_FAILED);
  EXPECT_FALSE(settled(execution));
  EXPECT_EQ(pair.last<ReportError>()->code, ErrorCode::AUTH_FAILED);
  pair.advance(1500);
  pair.respond(7, 401);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_TRUE(pair.fetches[0].renew_auth) << "each try may ask anew";
}

TEST_F(QueueTest, NoAnswerInTimeIsNoAnswer) {
  const auto execution = create(9);
  pair.advance(30000);
  EXPECT_EQ(pair.count<AbortFetch>(), 1u);
  EXPECT_FALSE(settled(execution));
  EXPECT_EQ(kept().size(), 1u);
  pair.advance(1500);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(QueueTest, RetriesOfAFailureOfTheServerHoldTheQueueUp) {
  const auto execution = execute(query("create", "{}", {.retry = 1}), 9);
  create(10);
  pair.respond(7, 500);
  EXPECT_FALSE(settled(execution));
  EXPECT_TRUE(pair.fetches.empty());
  pair.advance(1500);
  EXPECT_EQ(pair.fetches[0].body, 9u);
  pair.respond(8, 500);
  EXPECT_EQ(settled(execution)->code, ErrorCode::HTTP_ERROR);
  EXPECT_EQ(pair.fetches[0].body, 10u);
}

TEST_F(QueueTest, WhatHasNoAnswerAfterASecondIsKept) {
  create(9);
  pair.advance(999);
  EXPECT_TRUE(kept().empty());
  pair.advance(1);
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-1"})) << "the network may hang";
  pair.respond(7, 201);
  expect_nothing_left();
}

TEST_F(QueueTest, WhatIsTriedAgainAfterAFailureOfTheServerIsKeptMeanwhile) {
  execute(query("create", "{}", {.retry = 1}), 9);
  pair.respond(7, 500);
  EXPECT_EQ(kept().size(), 1u);
}

TEST_F(QueueTest, ADebouncedMutationOutlivesItsQueryToo) {
  const auto owner = query("create", "{}", {.debounce = 500});
  execute(owner, 9);
  pair.runtime->dispose_query(owner, pair.now);
  pair.settle();
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 9u);
  pair.respond(7, 201);
  EXPECT_EQ(pair.runtime->census().queries, 0u);
  expect_nothing_left();
}

TEST_F(QueueTest, ReadsDoNotWait) {
  pair.life(LifecycleEvent::offline);
  create(9);
  const auto execution = execute(query("getAll"));
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_EQ(settled(execution)->code, ErrorCode::NETWORK_ERROR);
}

TEST_F(QueueTest, AbortTakesAWaitingMutationBack) {
  pair.life(LifecycleEvent::offline);
  const auto first = query("create");
  const auto execution = execute(first, 9);
  create(10);
  pair.runtime->abort_query(first, pair.now);
  pair.settle();
  EXPECT_EQ(settled(execution)->code, ErrorCode::ABORTED);
  EXPECT_EQ(pair.released_payloads[9], 1);
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-2"}));
  pair.life(LifecycleEvent::online);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 10u);
  pair.respond(0, 201);
  expect_nothing_left();
}

TEST_F(QueueTest, AbortOfTheOneOnTheWireLetsTheNextOneGo) {
  const auto first = query("create");
  execute(first, 9);
  create(10);
  pair.runtime->abort_query(first, pair.now);
  pair.settle();
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 10u);
}

TEST_F(QueueTest, AQueueThatWasEmptiedByAbortsDoesNotStayHalted) {
  const auto first = query("create");
  execute(first, 9);
  pair.fail(ErrorCode::NETWORK_ERROR);
  pair.runtime->abort_query(first, pair.now);
  pair.settle();
  expect_nothing_left();
  create(10);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(QueueTest, AMutationOutlivesTheQueryThatMadeIt) {
  pair.life(LifecycleEvent::offline);
  const auto owner = query("create");
  const auto execution = execute(owner, 9);
  pair.runtime->dispose_query(owner, pair.now);
  pair.settle();
  EXPECT_FALSE(settled(execution));
  EXPECT_EQ(execute(owner, 11), 0u) << "its user is gone";
  EXPECT_EQ(pair.runtime->set_request(owner, "", "{}", "").code, ErrorCode::DISPOSED);
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(pair.fetches[0].body, 9u);
  pair.respond(7, 201);
  EXPECT_EQ(settled(execution)->code, ErrorCode::OK);
  EXPECT_EQ(pair.runtime->census().queries, 0u);
  expect_nothing_left();
}

TEST_F(QueueTest, WhatAnEarlierRuntimeKeptGoesOutFirstUnderItsOwnKey) {
  pair.life(LifecycleEvent::offline);
  const auto execution = pair.runtime->restore(query("create"), 9, "old-4", pair.now);
  pair.settle();
  create(10);
  pair.life(LifecycleEvent::online);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].key, "old-4");
  pair.respond(7, 201);
  EXPECT_EQ(settled(execution)->code, ErrorCode::OK);
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-2"})) << "its order is the second";
}

TEST_F(QueueTest, WhatWasKeptForAnEntityThatNoLongerQueuesIsForgottenAllTheSame) {
  Pair other;
  other.runtime->add_plugin(kTodoConfig);
  const auto operation = other.runtime->operation("pacifico__todo", "todo", "create").operation;
  const auto owner = other.runtime->create_query(operation, {}).value;
  other.runtime->set_request(owner, "", "{}", "");
  other.runtime->restore(owner, 9, "old-4", other.now);
  other.settle();
  EXPECT_EQ(other.fetches[0].key, "old-4");
  other.respond(7, 201);
  EXPECT_EQ(other.last<RemoveMutation>()->key, "old-4");
  EXPECT_EQ(other.runtime->restore(999, 5, "x", other.now), 0u);
  other.settle();
  EXPECT_EQ(other.released_payloads[5], 1);
}

TEST_F(QueueTest, EachTryOfWhatIsKeptIsToldAndHowItFailed) {
  create(9);
  EXPECT_EQ(pair.count<PersistMutation>(), 0u) << "an answer may come at once";
  pair.respond(7, 503);
  const auto failed = *pair.last<PersistMutation>();
  EXPECT_EQ(failed.tries, 1u);
  EXPECT_EQ(failed.status, 503u);
  EXPECT_EQ(failed.response, 7u);
  EXPECT_EQ(pair.released_responses[7], 1);
  pair.advance(1500);
  EXPECT_EQ(pair.last<PersistMutation>()->tries, 2u);
  EXPECT_EQ(pair.last<PersistMutation>()->code, ErrorCode::OK) << "which is on the wire";
  pair.respond(8, 401);
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_EQ(pair.last<PersistMutation>()->tries, 3u);
  EXPECT_EQ(pair.last<PersistMutation>()->code, ErrorCode::NETWORK_ERROR);
}

TEST_F(QueueTest, OneThatIsDroppedEndsAbortedWhereverItStands) {
  const auto a = create(9);
  const auto b = create(10);
  const auto c = create(11);
  pair.runtime->drop_mutation(2, pair.now);
  pair.settle();
  EXPECT_EQ(settled(b)->code, ErrorCode::ABORTED);
  EXPECT_EQ(pair.released_payloads[10], 1);
  EXPECT_EQ(kept(), (std::vector<std::string>{"c-1", "c-3"}));
  pair.runtime->drop_mutation(1, pair.now);
  pair.settle();
  EXPECT_EQ(settled(a)->code, ErrorCode::ABORTED);
  EXPECT_EQ(pair.count<AbortFetch>(), 2u);
  ASSERT_EQ(pair.fetches.size(), 1u) << "the next one goes";
  EXPECT_EQ(pair.fetches[0].body, 11u);
  for (const std::uint32_t unknown : {1, 0, 99}) pair.runtime->drop_mutation(unknown, pair.now);
  pair.respond(7, 201);
  EXPECT_EQ(settled(c)->code, ErrorCode::OK);
  expect_nothing_left();
}

TEST_F(QueueTest, ARetryTriesTheFirstWhateverPauseThereIs) {
  create(9);
  create(10);
  pair.input(FetchDone{.fetch = pair.fetches[0].fetch, .status = 503, .response = 0, .retry_after = 60000});
  pair.fetches.clear();
  pair.life(LifecycleEvent::offline);
  pair.runtime->retry_mutation(2, pair.now);
  pair.settle();
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].key, "c-1");
  pair.runtime->retry_mutation(1, pair.now);
  for (const std::uint32_t unknown : {0, 99}) pair.runtime->retry_mutation(unknown, pair.now);
  pair.settle();
  EXPECT_EQ(pair.fetches.size(), 1u) << "it is on the wire already";
  pair.respond(7, 201);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].key, "c-2");
  pair.respond(8, 201);
  expect_nothing_left();
}

TEST_F(QueueTest, ARetryEndsThePauseOfOneWithRetries) {
  QuerySettings settings;
  settings.retry = 3;
  execute(query("create", "{}", settings), 9);
  pair.respond(7, 500);
  ASSERT_TRUE(pair.fetches.empty());
  pair.runtime->retry_mutation(pair.last<PersistMutation>()->order, pair.now);
  pair.settle();
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].key, pair.last<PersistMutation>()->key);
}

TEST_F(QueueTest, AMutationThatNeverWentOutMakesNoReadStale) {
  const auto list = query("getAll");
  execute(list);
  pair.respond(7);
  pair.life(LifecycleEvent::offline);
  const auto first = query("create");
  execute(first, 9);
  pair.runtime->abort_query(first, pair.now);
  execute(list);
  EXPECT_TRUE(pair.fetches.empty()) << "the answer is still good";
}

}  // namespace
}  // namespace raclette
