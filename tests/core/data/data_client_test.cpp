// Shared reads, staleness and mutations. Each rule of the contract has a test that fails without it.
#include "harness/pair.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

struct DataTest : ::testing::Test {
  Pair pair;

  void SetUp() override { ASSERT_EQ(pair.runtime->add_plugin(kTodoConfig).code, ErrorCode::OK); }

  std::uint32_t query(const char* operation, const char* params = "{}", QuerySettings settings = {},
                      const char* variant = "") {
    const OperationInfo info = pair.runtime->operation("pacifico__todo", "todo", operation);
    EXPECT_EQ(info.code, ErrorCode::OK) << info.text;
    const std::uint32_t handle = pair.runtime->create_query(info.operation, settings).value;
    EXPECT_EQ(pair.runtime->set_request(handle, "", params, variant).code, ErrorCode::OK);
    return handle;
  }
  std::uint32_t execute(std::uint32_t query, ValueHandle body = 0) {
    const std::uint32_t execution = pair.runtime->execute(query, body, Caller::user, pair.now);
    pair.settle();
    return execution;
  }
  /// Returns the only QuerySettled of an execution.
  QuerySettled settled(std::uint32_t execution) {
    std::vector<QuerySettled> found;
    for (const Effect& effect : pair.log) {
      if (const auto* one = std::get_if<QuerySettled>(&effect); one != nullptr && one->execution == execution) {
        found.push_back(*one);
      }
    }
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? QuerySettled{} : found[0];
  }
  bool pending(std::uint32_t execution) {
    for (const Effect& effect : pair.log) {
      if (const auto* one = std::get_if<QuerySettled>(&effect); one != nullptr && one->execution == execution)
        return false;
    }
    return true;
  }
  void event(const std::string& key) { pair.text("42[\"plugin_pacifico__todo--" + key + "\",{}]"); }
};

TEST_F(DataTest, BuildsTheRequestOfAnOperation) {
  execute(query("get", R"({"_id":"a/b","x":"1"})"));
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].method, "GET");
  EXPECT_EQ(pair.fetches[0].url, "http://127.0.0.1:8082/todo/a%2Fb?x=1");
  execute(query("create"), 9);
  EXPECT_EQ(pair.fetches[1].method, "POST");
  EXPECT_EQ(pair.fetches[1].url, "http://127.0.0.1:8082/todo");
  EXPECT_EQ(pair.fetches[1].body, 9u);
}

TEST_F(DataTest, AQueryOfAPathThatAlreadyHasOneGoesOnWithAnAmpersand) {
  const OperationInfo info = pair.runtime->operation("pacifico__todo", "todo", "report");
  EXPECT_TRUE(info.target_is_function);
  const std::uint32_t handle = pair.runtime->create_query(info.operation, {}).value;
  pair.runtime->set_request(handle, "/report?kind=a", R"({"b":"2"})", "");
  execute(handle);
  EXPECT_EQ(pair.fetches[0].url, "http://127.0.0.1:8082/report?kind=a&b=2");
}

TEST_F(DataTest, EqualReadsAtTheSameTimeMakeOneRequest) {
  const auto a = execute(query("getAll"));
  const auto b = execute(query("getAll"));
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(7);
  EXPECT_EQ(settled(a).response, 7u);
  EXPECT_EQ(settled(b).response, 7u);
  EXPECT_TRUE(settled(b).apply);
  EXPECT_FALSE(settled(b).loading);
}

TEST_F(DataTest, ReadsThatDifferAreNotShared) {
  execute(query("getAll"));
  execute(query("getAll", R"({"limit":"5"})"));
  execute(query("getAll", "{}", {}, "other headers"));
  EXPECT_EQ(pair.fetches.size(), 3u);
}

TEST_F(DataTest, ReadsOfTwoEntitiesAreNotSharedThoughTheirUrlIsTheSame) {
  pair.connect();
  for (const char* name : {"a", "b"}) {
    const std::string key(name);
    const std::string channel = R"([{"channel":"plugin_)" + key + R"(--changed","channelKey":"changed"}])";
    const std::string all = R"({"all":{"target":"/all","method":"get","channels":)" + channel + "}}";
    const std::string data = R"({"one":{"type":"one","operations":)" + all + "}}";
    ASSERT_EQ(pair.runtime->add_plugin(R"({"pluginKey":")" + key + R"(","data":)" + data + "}").code, ErrorCode::OK);
  }
  std::vector<std::uint32_t> queries;
  for (const char* key : {"a", "b"}) {
    const auto operation = pair.runtime->operation(key, "one", "all").operation;
    queries.push_back(pair.runtime->create_query(operation, {}).value);
    pair.runtime->set_request(queries.back(), "", "{}", "");
    execute(queries.back());
  }
  ASSERT_EQ(pair.fetches.size(), 2u);
  pair.respond(7);
  pair.respond(8);
  pair.text(R"(42["plugin_b--changed",{}])");
  EXPECT_EQ(settled(execute(queries[0])).response, 7u);
  EXPECT_TRUE(pending(execute(queries[1]))) << "its own entity changed";
}

TEST_F(DataTest, ReadsWithOtherRetriesOrAnotherTimeoutAreNotShared) {
  const auto plain = execute(query("getAll", "{}", {.timeout = 30000}));
  const auto hasty = execute(query("getAll", "{}", {.timeout = 500}));
  const auto patient = execute(query("getAll", "{}", {.timeout = 30000, .retry = 1}));
  ASSERT_EQ(pair.fetches.size(), 3u);
  execute(query("getAll", "{}", {.timeout = 30000, .retry = 1}));
  EXPECT_EQ(pair.fetches.size(), 3u) << "these are equal";
  pair.advance(500);
  EXPECT_EQ(settled(hasty).code, ErrorCode::REQUEST_TIMEOUT);
  ASSERT_EQ(pair.fetches.size(), 2u);
  pair.fail(ErrorCode::NETWORK_ERROR, 1);
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_EQ(settled(plain).code, ErrorCode::NETWORK_ERROR);
  EXPECT_TRUE(pending(patient));
}

TEST_F(DataTest, AnIdleQueryNeverTakesAnotherOnesAnswerForItsOwn) {
  const auto idle = query("get", R"({"_id":"idle"})");
  execute(idle);
  pair.respond(1);
  pair.advance(1000);
  const auto busy = query("get", R"({"_id":"busy"})");
  // Handles are reused: repeat until a read gets the number of an earlier one.
  for (ValueHandle response = 2; response < 2 + 2 * 2048; ++response) {
    execute(busy);
    pair.respond(response);
    const auto before = pair.fetches.size();
    if (response == 1 + 2048) {
      const auto execution = execute(idle);
      ASSERT_EQ(pair.fetches.size(), before + 1) << "it asks for what is its own";
      EXPECT_TRUE(pending(execution));
      pair.respond(1);
    }
    pair.advance(1000);
    pair.log.clear();
  }
}

TEST_F(DataTest, AnAnswerIsReusedForASecondAndNotLonger) {
  const auto handle = query("getAll");
  execute(handle);
  pair.respond(7);
  pair.advance(999);
  EXPECT_EQ(settled(execute(handle)).response, 7u);
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_EQ(pair.released_responses[7], 0);
  pair.advance(1);
  EXPECT_EQ(pair.released_responses[7], 1);
  execute(handle);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(DataTest, AnAnswerIsNotReusedForLongerWhereTimersAreLate) {
  const auto handle = query("getAll");
  execute(handle);
  pair.respond(7);
  pair.now += 999;
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 7u);
  pair.now += 1;
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u);
  EXPECT_TRUE(pending(execute(handle)));
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.released_responses[7], 1);
  pair.respond(8);
  pair.advance(999);
  EXPECT_EQ(settled(execute(handle)).response, 8u);
}

TEST_F(DataTest, AnAnswerThatIsThereIsGivenWithoutAnExecution) {
  pair.connect();
  const auto handle = query("getAll");
  const auto other = query("getAll");
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u) << "there is none";
  execute(handle);
  EXPECT_EQ(pair.runtime->reuse(other, pair.now), 0u) << "it is under way";
  pair.respond(7);
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 7u);
  EXPECT_EQ(pair.runtime->reuse(other, pair.now), 7u);
  EXPECT_EQ(pair.runtime->reuse(query("getAll", R"({"limit":"1"})"), pair.now), 0u) << "another list";
  EXPECT_EQ(pair.runtime->reuse(query("create"), pair.now), 0u);
  EXPECT_EQ(pair.runtime->reuse(12345, pair.now), 0u);
  EXPECT_FALSE(pair.runtime->has_effects());
  EXPECT_TRUE(pair.fetches.empty());
  event("todoCreated");
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u) << "stale";
  execute(handle);
  pair.respond(8);
  pair.advance(1000);
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u) << "a second old";
  pair.runtime->dispose_query(handle, pair.now);
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u);
}

TEST_F(DataTest, AnAnswerIsNotGivenWhereAnExecutionWouldDoMore) {
  const auto handle = query("getAll");
  const auto debounced = query("getAll", "{}", {.debounce = 10});
  const auto repeated = query("getAll", "{}", {.refetch_interval = 500});
  const auto own = query("getAll", "{}", {.use_cache = false});
  execute(handle);
  pair.respond(7);
  for (const auto one : {debounced, repeated, own}) EXPECT_EQ(pair.runtime->reuse(one, pair.now), 0u);
  pair.runtime->set_request(handle, "", R"({"limit":"1"})", "");
  execute(handle);
  pair.runtime->set_request(handle, "", "{}", "");
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u) << "what is under way would be shown over it";
  EXPECT_EQ(settled(execute(handle)).response, 7u);
  pair.respond(8);
  EXPECT_FALSE(pair.last<QuerySettled>()->apply);
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 7u);
  pair.input(LifecycleChanged{LifecycleEvent::visible});
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u) << "it is about to be read again";
}

TEST_F(DataTest, AnExecutionThatWouldOnlyShareARequestJoinsTheLatestOne) {
  const auto handle = query("getAll");
  EXPECT_EQ(pair.runtime->joined(handle), 0u) << "there is none";
  const auto first = execute(handle);
  EXPECT_EQ(pair.runtime->joined(handle), first);
  EXPECT_EQ(pair.runtime->joined(query("getAll")), 0u) << "executions of other queries show elsewhere";
  const auto second = execute(handle);
  EXPECT_EQ(pair.runtime->joined(handle), second);
  EXPECT_FALSE(pair.runtime->has_effects());
  pair.respond(7);
  EXPECT_EQ(settled(first).response, settled(second).response);
  EXPECT_EQ(pair.runtime->joined(handle), 0u) << "it is over";
  EXPECT_EQ(pair.runtime->joined(12345), 0u);
}

TEST_F(DataTest, AnExecutionJoinsNoneWhoseAnswerMayBeOlder) {
  pair.connect();
  const auto handle = query("getAll");
  execute(handle);
  event("todoCreated");
  EXPECT_EQ(pair.runtime->joined(handle), 0u);
  execute(handle);
  EXPECT_EQ(pair.runtime->joined(handle), 0u) << "the latest one waits for the trailing request";
  pair.respond(7);
  EXPECT_NE(pair.runtime->joined(handle), 0u) << "which is under way now";
  pair.drop();
  pair.advance(5000);
  EXPECT_EQ(pair.runtime->joined(handle), 0u) << "events may have been missed";
}

TEST_F(DataTest, AnExecutionThatDoesMoreJoinsNone) {
  const auto handle = query("getAll");
  for (const QuerySettings& settings : {QuerySettings{.debounce = 10}, QuerySettings{.use_cache = false}}) {
    const auto other = query("getAll", "{}", settings);
    execute(other);
    EXPECT_EQ(pair.runtime->joined(other), 0u);
  }
  const auto mutation = query("create");
  execute(mutation, 9);
  EXPECT_EQ(pair.runtime->joined(mutation), 0u) << "each mutation is one of its own";
  execute(handle);
  pair.runtime->set_request(handle, "", R"({"limit":"1"})", "");
  EXPECT_EQ(pair.runtime->joined(handle), 0u) << "another list";
  pair.runtime->set_request(handle, "", "{}", "");
  EXPECT_NE(pair.runtime->joined(handle), 0u);
  pair.runtime->configure_query(handle, {.timeout = 500}, pair.now);
  EXPECT_EQ(pair.runtime->joined(handle), 0u) << "another timeout";
  pair.runtime->configure_query(handle, {}, pair.now);
  pair.input(LifecycleChanged{LifecycleEvent::visible});
  EXPECT_EQ(pair.runtime->joined(handle), 0u) << "it is about to be read again, which an execution spares";
}

TEST_F(DataTest, AnExecutionEndsTheDelayOfARetryInsteadOfJoining) {
  const auto handle = query("getAll", "{}", {.retry = 1});
  execute(handle);
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_EQ(pair.runtime->joined(handle), 0u);
  execute(handle);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(DataTest, AnExecutionJoinsNoPage) {
  for (const Caller caller : {Caller::next, Caller::rest}) {
    const auto handle = query("getAll", R"({"page":"2"})");
    pair.runtime->execute(handle, 0, caller, pair.now);
    pair.settle();
    EXPECT_EQ(pair.runtime->joined(handle), 0u);
  }
}

TEST_F(DataTest, AQueryThatWasOnlyGivenAnswersIsInUse) {
  pair.connect();
  execute(query("getAll", "{}", {.refetch_on_reconnect = false}));
  pair.respond(7);
  const auto handle = query("getAll");
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 7u);
  pair.drop();
  pair.advance(5500);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].query, handle);
}

TEST_F(DataTest, NoMutationIsRepeatedAtAnInterval) {
  execute(query("create", "{}", {.refetch_interval = 1000}), 9);
  pair.respond(1);
  pair.advance(5000);
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(DataTest, AReadIsForgottenWhereItsQueryGoesWhileItWaitsForMoreExecutions) {
  const auto handle = query("getAll", "{}", {.debounce = 100, .refetch_interval = 500});
  execute(handle);
  pair.advance(100);
  pair.respond(1);
  pair.advance(550);
  pair.runtime->dispose_query(handle, pair.now);
  pair.settle();
  EXPECT_EQ(pair.runtime->census().reads, 0u);
}

TEST_F(DataTest, UseCacheFalseSharesNothing) {
  QuerySettings own;
  own.use_cache = false;
  execute(query("getAll"));
  const auto handle = query("getAll", "{}", own);
  const auto execution = execute(handle);
  EXPECT_EQ(pair.fetches.size(), 2u);
  pair.respond(7);
  pair.respond(8);
  EXPECT_EQ(settled(execution).response, 8u);
  EXPECT_EQ(pair.released_responses[8], 1);
  execute(handle);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(DataTest, AnEventMakesASettledReadStale) {
  pair.connect();
  const auto handle = query("getAll");
  execute(handle);
  pair.respond(7);
  event("todoCreated");
  EXPECT_EQ(pair.released_responses[7], 1);
  execute(handle);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(DataTest, AnEventThatNoConfigNamesChangesNothing) {
  pair.connect();
  const auto handle = query("getAll");
  execute(handle);
  pair.respond(7);
  event("unlisted");
  EXPECT_EQ(settled(execute(handle)).response, 7u);
}

TEST_F(DataTest, CallsAfterAnEventShareOneTrailingRequest) {
  pair.connect();
  const auto handle = query("getAll");
  const auto before = execute(handle);
  event("todoCreated");
  const auto after = execute(handle);
  const auto other = execute(query("getAll"));
  ASSERT_EQ(pair.fetches.size(), 1u) << "the trailing request waits for the one in flight";
  pair.respond(7);
  EXPECT_EQ(settled(before).response, 7u);
  EXPECT_TRUE(settled(before).loading);
  EXPECT_TRUE(pending(after));
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(8);
  EXPECT_EQ(settled(after).response, 8u);
  EXPECT_EQ(settled(other).response, 8u);
  EXPECT_EQ(pair.released_responses[7], 1) << "a stale answer is not kept";
}

TEST_F(DataTest, ABurstOfAThousandEventsCostsOneRequestBeyondTheOneInFlight) {
  pair.connect();
  const auto handle = query("getAll");
  execute(handle);
  for (int i = 0; i < 1000; ++i) {
    event("todoCreated");
    execute(handle);
  }
  EXPECT_EQ(pair.fetches.size(), 1u);
  pair.respond(7);
  EXPECT_EQ(pair.fetches.size(), 1u);
  pair.respond(8);
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_EQ(pair.count<StartFetch>(), 2u);
  EXPECT_EQ(pair.last<QuerySettled>()->response, 8u);
  EXPECT_FALSE(pair.last<QuerySettled>()->loading);
}

TEST_F(DataTest, AMutationThatEndedMakesReadsStaleWhateverItsOutcome) {
  for (const bool succeeds : {true, false}) {
    const auto handle = query("getAll");
    execute(handle);
    pair.respond(7);
    execute(query("create"), 9);
    if (succeeds) {
      pair.respond(20);
    } else {
      pair.fail(ErrorCode::NETWORK_ERROR);
    }
    execute(handle);
    EXPECT_EQ(pair.fetches.size(), 1u) << succeeds;
    pair.respond(8);
    pair.advance(1000);
  }
}

TEST_F(DataTest, AMutationMakesTheReadInFlightStaleBeforeItIsSettled) {
  const auto list = query("getAll");
  const auto first = execute(list);
  execute(query("create"), 9);
  pair.respond(20, 201, 1);
  const auto second = execute(list);
  pair.respond(7);
  EXPECT_EQ(settled(first).response, 7u);
  EXPECT_TRUE(pending(second));
  pair.respond(8);
  EXPECT_EQ(settled(second).response, 8u);
}

TEST_F(DataTest, MutationsAreNeverShared) {
  const auto create = query("create");
  execute(create, 1);
  execute(create, 2);
  EXPECT_EQ(pair.fetches.size(), 2u);
  pair.respond(0, 201);
  pair.respond(0, 201);
  EXPECT_EQ(pair.released_payloads[1], 1);
  EXPECT_EQ(pair.released_payloads[2], 1);
}

TEST_F(DataTest, AnnouncesMutationsUnlessTheUserSaysNo) {
  QuerySettings quiet;
  quiet.notify = false;
  const auto loud = execute(query("create"), 1);
  const auto silent = execute(query("create", "{}", quiet), 2);
  const auto read = execute(query("getAll"));
  pair.respond(0, 201);
  pair.respond(0, 201);
  pair.respond(7);
  EXPECT_TRUE(settled(loud).announce);
  EXPECT_FALSE(settled(silent).announce);
  EXPECT_FALSE(settled(read).announce);
}

TEST_F(DataTest, TheLatestExecutionWinsWhateverTheOrderOfAnswers) {
  QuerySettings own;
  own.use_cache = false;
  const auto handle = query("getAll", "{}", own);
  const auto older = execute(handle);
  const auto newer = execute(handle);
  pair.respond(8, 200, 1);
  EXPECT_TRUE(settled(newer).apply);
  EXPECT_TRUE(settled(newer).loading);
  pair.respond(7);
  EXPECT_FALSE(settled(older).apply);
  EXPECT_FALSE(settled(older).loading);
}

TEST_F(DataTest, AnErrorIsAStateAndIsNotCached) {
  const auto handle = query("getAll");
  const auto execution = execute(handle);
  pair.respond(7, 500);
  EXPECT_EQ(settled(execution).code, ErrorCode::HTTP_ERROR);
  EXPECT_EQ(settled(execution).status, 500u);
  EXPECT_EQ(pair.released_responses[7], 1);
  execute(handle);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(DataTest, ARefusedTokenIsRenewedOnce) {
  const auto execution = execute(query("getAll"));
  EXPECT_FALSE(pair.fetches[0].renew_auth);
  pair.respond(7, 401);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_TRUE(pair.fetches[0].renew_auth);
  EXPECT_EQ(pair.released_responses[7], 1);
  pair.respond(8, 401);
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_EQ(settled(execution).code, ErrorCode::HTTP_ERROR);
  EXPECT_EQ(settled(execution).status, 401u);
}

TEST_F(DataTest, ARequestThatTakesTooLongIsAborted) {
  QuerySettings hasty;
  hasty.timeout = 500;
  const auto execution = execute(query("getAll", "{}", hasty));
  const std::uint32_t fetch = pair.fetches[0].fetch;
  pair.advance(500);
  EXPECT_EQ(settled(execution).code, ErrorCode::REQUEST_TIMEOUT);
  EXPECT_EQ(pair.last<AbortFetch>()->fetch, fetch);
  pair.input(FetchDone{fetch, 200, 7});
  EXPECT_EQ(pair.released_responses[7], 1) << "an answer that comes too late is released";
  EXPECT_EQ(pair.count<QuerySettled>(), 1u);
}

TEST_F(DataTest, AbortEndsTheExecutionsAndTheRequestThatNobodyElseWaitsFor) {
  const auto mine = query("getAll");
  const auto execution = execute(mine);
  const auto theirs = execute(query("getAll"));
  pair.runtime->abort_query(mine, pair.now);
  pair.settle();
  EXPECT_EQ(settled(execution).code, ErrorCode::ABORTED);
  EXPECT_FALSE(settled(execution).apply);
  EXPECT_FALSE(settled(execution).loading);
  ASSERT_EQ(pair.fetches.size(), 1u) << "somebody else still waits";
  pair.respond(7);
  EXPECT_EQ(settled(theirs).response, 7u);

  pair.advance(1000);
  execute(mine);
  pair.runtime->abort_query(mine, pair.now);
  pair.settle();
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_EQ(pair.runtime->census().flights, 0u);
  EXPECT_EQ(pair.runtime->census().reads, 0u);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(DataTest, AbortOfAReadInFlightStartsTheTrailingOne) {
  pair.connect();
  const auto mine = query("getAll");
  execute(mine);
  event("todoCreated");
  const auto trailing = execute(query("getAll"));
  pair.runtime->abort_query(mine, pair.now);
  pair.settle();
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(8);
  EXPECT_EQ(settled(trailing).response, 8u);
}

TEST_F(DataTest, AbortOfAMutationReleasesItsBodyAndMistrustsReads) {
  const auto list = query("getAll");
  execute(list);
  pair.respond(7);
  const auto create = query("create");
  execute(create, 9);
  pair.runtime->abort_query(create, pair.now);
  pair.settle();
  EXPECT_EQ(pair.released_payloads[9], 1);
  execute(list);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(DataTest, DisposeLeavesNothing) {
  const auto handle = query("getAll");
  const auto execution = execute(handle);
  pair.runtime->dispose_query(handle, pair.now);
  pair.settle();
  EXPECT_EQ(settled(execution).code, ErrorCode::DISPOSED);
  EXPECT_EQ(execute(handle, 5), 0u);
  EXPECT_EQ(pair.released_payloads[5], 1);
  EXPECT_EQ(pair.runtime->set_request(handle, "", "{}", "").code, ErrorCode::DISPOSED);
  pair.runtime->dispose_query(handle, pair.now);
  const auto census = pair.runtime->census();
  EXPECT_EQ(census.queries + census.flights + census.reads + census.timers, 0u);
}

TEST_F(DataTest, AfterANewSessionTheQueriesInUseAreRepeatedOnceSpread) {
  pair.connect();
  const auto used = query("getAll");
  query("getAll", R"({"limit":"5"})");  // never executed
  QuerySettings stays;
  stays.refetch_on_reconnect = false;
  const auto other = query("getAll", R"({"limit":"6"})", stays);
  execute(used);
  execute(other);
  pair.respond(7);
  pair.respond(8);
  pair.drop();
  pair.advance(5000);
  ASSERT_EQ(pair.last<StatusChanged>()->status, SocketStatus::connected);
  pair.advance(500);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].query, used);
  pair.respond(9);
  EXPECT_EQ(pair.last<QuerySettled>()->response, 9u);
  EXPECT_TRUE(pair.last<QuerySettled>()->apply);
  pair.advance(10000);
  EXPECT_TRUE(pair.fetches.empty());
}

TEST_F(DataTest, WhatWasReadBeforeTheFirstSessionIsReadAgain) {
  const auto handle = query("getAll");
  execute(handle);
  pair.respond(7);
  pair.connect();
  pair.advance(500);
  EXPECT_EQ(pair.fetches.size(), 1u) << "events before the session were not heard";
}

TEST_F(DataTest, AnExecutionAfterTheReconnectSparesTheRepetition) {
  pair.connect();
  const auto handle = query("getAll");
  execute(handle);
  pair.respond(7);
  pair.drop();
  pair.advance(0);
  while (pair.last<StatusChanged>()->status != SocketStatus::connected)
    pair.advance(pair.runtime->next_timeout() - pair.now);
  execute(handle);
  pair.respond(8);
  pair.advance(500);
  EXPECT_EQ(pair.count<StartFetch>(), 2u);
}

TEST_F(DataTest, UnknownNamesAreRefusedWithThoseThatExist) {
  const OperationInfo entity = pair.runtime->operation("pacifico__todo", "todos", "getAll");
  EXPECT_EQ(entity.code, ErrorCode::UNKNOWN_ENTITY);
  EXPECT_EQ(entity.text, "todo");
  const OperationInfo operation = pair.runtime->operation("pacifico__todo", "todo", "fetch");
  EXPECT_EQ(operation.code, ErrorCode::UNKNOWN_OPERATION);
  EXPECT_EQ(operation.text, "create, delete, get, getAll, report");
}

TEST_F(DataTest, ParamsThatAreNoneAreRefused) {
  const OperationInfo info = pair.runtime->operation("pacifico__todo", "todo", "get");
  const std::uint32_t handle = pair.runtime->create_query(info.operation, {}).value;
  EXPECT_EQ(pair.runtime->set_request(handle, "", "[]", "").code, ErrorCode::BAD_ARGUMENT);
  EXPECT_EQ(pair.runtime->set_request(handle, "", "{", "").code, ErrorCode::BAD_ARGUMENT);
  const Outcome missing = pair.runtime->set_request(handle, "", "{}", "");
  EXPECT_EQ(missing.code, ErrorCode::MISSING_PARAM);
  EXPECT_EQ(missing.text, "_id");
  EXPECT_EQ(pair.runtime->create_query(999, {}).code, ErrorCode::UNKNOWN_OPERATION);
}

TEST_F(DataTest, ARefusalWithoutAUsableBodyAsksForCredentialsAnewToo) {
  const std::uint32_t execution = execute(query("getAll"));
  const std::uint32_t fetch = pair.fetches[0].fetch;
  pair.fetches.clear();
  pair.input(FetchFailed{fetch, ErrorCode::HTTP_ERROR, 401, 7});
  EXPECT_EQ(pair.released_responses[7], 1);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_TRUE(pair.fetches[0].renew_auth);
  pair.input(FetchFailed{fetch, ErrorCode::HTTP_ERROR, 401, 8});
  EXPECT_EQ(settled(execution).code, ErrorCode::HTTP_ERROR) << "once";
}

TEST_F(DataTest, ASharedRequestGoesOnInTheNameOfWhoStillWaits) {
  const auto first = query("getAll", "{}", {.retry = 1});
  const auto second = query("getAll", "{}", {.retry = 1});
  execute(first);
  execute(second);
  pair.runtime->dispose_query(first, pair.now);
  pair.settle();
  pair.respond(7, 503);
  pair.advance(1500);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].query, second);
}

TEST_F(DataTest, ARequestThatFailedForAWhileIsMadeAgainWithBackoff) {
  const std::uint32_t execution = execute(query("getAll", "{}", {.retry = 2}));
  EXPECT_EQ(pair.last<StartFetch>()->key, "") << "a read needs none";
  pair.fail(ErrorCode::NETWORK_ERROR);
  EXPECT_TRUE(pair.fetches.empty());
  pair.advance(499);
  EXPECT_TRUE(pair.fetches.empty());
  pair.advance(1001);
  ASSERT_EQ(pair.fetches.size(), 1u) << "after 1 s, ±50 %";
  pair.respond(7, 503);
  EXPECT_EQ(pair.released_responses[7], 1);
  pair.advance(999);
  EXPECT_TRUE(pair.fetches.empty()) << "then after 2 s";
  pair.advance(2001);
  EXPECT_TRUE(pending(execution));
  pair.respond(8, 503);
  EXPECT_EQ(settled(execution).code, ErrorCode::HTTP_ERROR);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(DataTest, WhatDoesNotPassIsNotTriedAgain) {
  for (const std::uint32_t status : {400u, 404u, 409u}) {
    const std::uint32_t execution = execute(query("getAll", "{}", {.use_cache = false, .retry = 2}));
    pair.respond(7, status);
    EXPECT_EQ(settled(execution).code, ErrorCode::HTTP_ERROR);
  }
  const std::uint32_t aborted = query("getAll", "{}", {.use_cache = false, .retry = 2});
  const std::uint32_t execution = execute(aborted);
  pair.fail(ErrorCode::NETWORK_ERROR);
  pair.runtime->abort_query(aborted, pair.now);
  pair.settle();
  EXPECT_EQ(settled(execution).code, ErrorCode::ABORTED) << "also between two tries";
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(DataTest, ATryThatTakesTooLongIsFollowedByTheNext) {
  const std::uint32_t execution = execute(query("getAll", "{}", {.timeout = 2000, .retry = 1}));
  pair.advance(2000);
  EXPECT_EQ(pair.count<AbortFetch>(), 1u);
  pair.advance(1500);
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(7);
  EXPECT_EQ(settled(execution).code, ErrorCode::OK);
}

TEST_F(DataTest, ExecutionsThatAreDebouncedShareTheLastOnesRequest) {
  const std::uint32_t handle = query("create", "{}", {.debounce = 200});
  const std::uint32_t first = execute(handle, 11);
  pair.advance(150);
  const std::uint32_t second = execute(handle, 12);
  EXPECT_EQ(pair.released_payloads[11], 1);
  pair.advance(199);
  EXPECT_TRUE(pair.fetches.empty());
  pair.advance(1);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].body, 12u);
  pair.respond(7);
  EXPECT_EQ(settled(first).response, 7u);
  EXPECT_EQ(settled(second).response, 7u);
  const std::uint32_t aborted = execute(handle, 13);
  pair.runtime->abort_query(handle, pair.now);
  pair.settle();
  EXPECT_EQ(settled(aborted).code, ErrorCode::ABORTED);
  EXPECT_EQ(pair.released_payloads[13], 1);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(DataTest, ReadsOnAtItsIntervalUntilItIsDisposedOf) {
  const std::uint32_t handle = query("getAll", "{}", {.refetch_interval = 500});
  execute(handle);
  pair.advance(2000);
  EXPECT_EQ(pair.fetches.size(), 1u) << "not while one is under way";
  pair.respond(7);
  pair.advance(499);
  EXPECT_TRUE(pair.fetches.empty());
  pair.advance(1);
  EXPECT_EQ(pair.fetches.size(), 1u) << "an answer that could be reused would be no news";
  pair.fail(ErrorCode::NETWORK_ERROR);
  pair.advance(500);
  EXPECT_EQ(pair.fetches.size(), 1u) << "a failure does not end it";
  pair.runtime->dispose_query(handle, pair.now);
  pair.settle();
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(DataTest, APageThatIsLookedAtAgainReadsAgainUnlessItIsFresh) {
  execute(query("getAll"));
  execute(query("get", R"({"_id":"1"})", {.refetch_on_focus = false}));
  pair.respond(7);
  pair.respond(8);
  pair.life(LifecycleEvent::visible);
  pair.advance(500);
  EXPECT_TRUE(pair.fetches.empty()) << "what is shown is fresh";
  pair.advance(1000);
  pair.life(LifecycleEvent::visible);
  pair.life(LifecycleEvent::visible);
  pair.advance(500);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].url, "http://127.0.0.1:8082/todo/all");
}

/// Two inactive queries: one was executed, the other never.
struct RestingTest : DataTest {
  QuerySettings settings;
  std::uint32_t read = 0;
  std::uint32_t unread = 0;

  void rest(QuerySettings given) {
    settings = given;
    read = query("getAll", "{}", settings);
    unread = query("getAll", "{}", settings);
    execute(read);
    pair.respond(7);
    pair.advance(2000);
    set_active(false);
  }
  void set_active(bool active) {
    settings.active = active;
    for (const std::uint32_t one : {unread, read}) pair.runtime->configure_query(one, settings, pair.now);
    pair.settle();
  }
  /// Expects no request while inactive, and exactly one after both queries become active.
  void expect_to_catch_up() {
    pair.advance(600);
    EXPECT_TRUE(pair.fetches.empty());
    set_active(true);
    ASSERT_EQ(pair.fetches.size(), 1u);
    pair.respond(8);
    set_active(true);
    EXPECT_TRUE(pair.fetches.empty());
  }
};

TEST_F(RestingTest, ItsIntervalWaitsAndGoesOn) {
  rest({.refetch_interval = 5000});
  pair.advance(20000);
  expect_to_catch_up();
  pair.advance(5000);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(RestingTest, ALookAtThePageWaits) {
  rest({});
  pair.life(LifecycleEvent::visible);
  expect_to_catch_up();
}

TEST_F(RestingTest, AGapWaits) {
  rest({});
  pair.connect();
  expect_to_catch_up();
}

TEST_F(RestingTest, AllOfThemAreOneRead) {
  rest({.refetch_interval = 5000});
  pair.life(LifecycleEvent::visible);
  pair.connect();
  pair.advance(20000);
  expect_to_catch_up();
}

TEST_F(RestingTest, WhatItsUserSwitchedOffIsNotDue) {
  rest({.refetch_on_reconnect = false, .refetch_on_focus = false});
  pair.life(LifecycleEvent::visible);
  pair.connect();
  set_active(true);
  EXPECT_TRUE(pair.fetches.empty());
}

TEST_F(DataTest, WhatWasAboutToBeReadAgainWaitsAsWellAndIsSparedByAnExecution) {
  const std::uint32_t handle = query("getAll");
  execute(handle);
  pair.respond(7);
  pair.advance(2000);
  pair.life(LifecycleEvent::visible);
  pair.runtime->configure_query(handle, {.active = false}, pair.now);
  pair.advance(600);
  EXPECT_TRUE(pair.fetches.empty());
  execute(handle);
  pair.respond(8);
  pair.runtime->configure_query(handle, {}, pair.now);
  pair.settle();
  EXPECT_TRUE(pair.fetches.empty());
}

TEST_F(DataTest, NothingThatIsDueIsPutOffByAnAnswerThatIsThere) {
  const std::uint32_t handle = query("getAll");
  execute(handle);
  pair.respond(7);
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 7u);
  pair.runtime->configure_query(handle, {.active = false}, pair.now);
  pair.life(LifecycleEvent::visible);
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u);
}

TEST_F(DataTest, AnotherIntervalBeginsAtOnceAndNoneEndsIt) {
  const std::uint32_t handle = query("getAll", "{}", {.refetch_interval = 5000});
  pair.runtime->configure_query(handle, {.refetch_interval = 500}, pair.now);
  pair.advance(1000);
  EXPECT_TRUE(pair.fetches.empty()) << "not before it was executed";
  execute(handle);
  pair.runtime->configure_query(handle, {.refetch_interval = 700}, pair.now);
  pair.advance(1000);
  EXPECT_EQ(pair.fetches.size(), 1u) << "nor while something is under way";
  pair.respond(7);
  pair.advance(300);
  pair.runtime->configure_query(handle, {.timeout = 1000, .refetch_interval = 700}, pair.now);
  pair.advance(400);
  EXPECT_EQ(pair.fetches.size(), 1u) << "the same one goes on";
  pair.respond(8);
  pair.runtime->configure_query(handle, {.refetch_interval = 100}, pair.now);
  pair.advance(100);
  EXPECT_EQ(pair.fetches.size(), 1u);
  pair.respond(9);
  pair.runtime->configure_query(handle, {}, pair.now);
  pair.advance(60000);
  EXPECT_TRUE(pair.fetches.empty());
  pair.runtime->dispose_query(handle, pair.now);
  pair.runtime->configure_query(handle, {.refetch_interval = 100}, pair.now);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(DataTest, ATrailingRequestAsksWhatItsReadAsks) {
  pair.connect();
  const std::uint32_t handle = query("getAll", R"({"page":"1"})");
  execute(handle);
  event("todoCreated");
  execute(handle);
  pair.runtime->set_request(handle, "", R"({"page":"2"})", "");
  pair.respond(7);
  ASSERT_EQ(pair.fetches.size(), 1u);
  EXPECT_EQ(pair.fetches[0].url, "http://127.0.0.1:8082/todo/all?page=1");
}

}  // namespace
}  // namespace raclette
