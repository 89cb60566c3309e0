// Failed reads whose query may show stale data, Retry-After, paused intervals, and queries that follow events: as
// units, and together in the runtime.
#include "data/due_reads.h"

#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

struct DueReadsTest : ::testing::Test {
  Random random{5};
  RetryPolicy retries{random};
  TimerTable timers;
  DueReads due{retries, timers};
};

TEST_F(DueReadsTest, WhatMayPassIsTriedAgainEverLater) {
  double longest = 0;
  for (int i = 0; i < 10; ++i) {
    due.failed(3, 1, true, 0, 0);
    ASSERT_EQ(timers.size(), 1u);
    EXPECT_GE(timers.next(), 500);
    EXPECT_LE(timers.next(), 45000) << "30 s, and half as long at most";
    longest = std::max(longest, timers.next());
    due.executed(3);
    EXPECT_EQ(timers.size(), 0u);
  }
  EXPECT_GT(longest, 15000);
  due.over(3);
  due.failed(3, 1, true, 0, 0);
  EXPECT_LE(timers.next(), 1500) << "an answer begins anew";
}

TEST_F(DueReadsTest, WhatTheServerDecidedRestsUntilSomethingHappens) {
  due.failed(3, 1, false, 0, 0);
  EXPECT_EQ(timers.size(), 0u);
  due.retry_entity(2);
  EXPECT_EQ(timers.size(), 0u) << "of another entity";
  due.retry_entity(1);
  EXPECT_EQ(timers.pop_due(0)->subject, 3u);
  due.fired(3);
  due.retry_all();
  EXPECT_EQ(timers.size(), 1u);
}

TEST_F(DueReadsTest, NothingHurriesBeforeTheServerWantsIt) {
  due.failed(3, 1, true, 60000, 0);
  EXPECT_EQ(timers.next(), 60000);
  due.retry_all();
  EXPECT_EQ(timers.next(), 60000);
}

TEST_F(DueReadsTest, OneThatIsExecutedIsNotHurried) {
  due.failed(3, 1, true, 0, 0);
  due.executed(3);
  due.retry_all();
  EXPECT_EQ(timers.size(), 0u);
  due.over(3);
  due.retry_all();
  EXPECT_EQ(timers.size(), 0u);
}

struct FreshTest : ::testing::Test {
  Pair pair;
  std::uint32_t list = 0;

  void SetUp() override {
    ASSERT_EQ(pair.runtime->add_plugin(kTodoConfig).code, ErrorCode::OK);
    // Pings so rare that the session outlasts the tests.
    pair.handshake = R"({"sid":"e1","upgrades":[],"pingInterval":1e9,"pingTimeout":1e9,"maxPayload":1000000})";
    pair.connect();
    list = query("getAll");
    execute(list);
    pair.respond(1);
    pair.advance(2000);
  }
  std::uint32_t query(const char* operation, QuerySettings settings = {}, const char* params = "{}") {
    const std::uint32_t number = pair.runtime->operation("pacifico__todo", "todo", operation).operation;
    const std::uint32_t handle = pair.runtime->create_query(number, settings).value;
    EXPECT_EQ(pair.runtime->set_request(handle, "", params, "").code, ErrorCode::OK);
    return handle;
  }
  void execute(std::uint32_t query, Caller caller = Caller::user) {
    pair.runtime->execute(query, 0, caller, pair.now);
    pair.settle();
  }
  void event() { pair.text(R"(42["plugin_pacifico__todo--todoCreated",{}])"); }
  /// Answers the only open request.
  void answer(std::uint32_t status, double retry_after = 0) {
    ASSERT_EQ(pair.fetches.size(), 1u);
    const std::uint32_t fetch = pair.fetches[0].fetch;
    pair.fetches.erase(pair.fetches.begin());
    pair.input(FetchDone{fetch, status, 9, retry_after});
  }
  [[nodiscard]] std::size_t requests() const { return pair.fetches.size(); }
};

TEST_F(FreshTest, AReadThatFollowedAnEventAndFailedIsMadeAgainUntilItIsAnswered) {
  event();
  execute(list, Caller::event);
  for (int i = 0; i < 3; ++i) {
    answer(502);
    EXPECT_EQ(requests(), 0u);
    for (int tenth = 0; tenth < 450 && requests() == 0; ++tenth) pair.advance(100);
    ASSERT_EQ(requests(), 1u) << "try " << i;
  }
  answer(200);
  pair.advance(100000);
  EXPECT_EQ(requests(), 0u);
}

TEST_F(FreshTest, OneThatFollowedNothingIsTheUsersToMakeAgain) {
  execute(list);
  answer(502);
  pair.advance(100000);
  EXPECT_EQ(requests(), 0u);
  const auto other = query("get", {}, R"({"_id":"1"})");
  event();
  execute(other);
  answer(502);
  pair.advance(100000);
  EXPECT_EQ(requests(), 0u) << "nobody has seen anything of it yet";
}

TEST_F(FreshTest, WhatTheServerDecidedIsAskedAgainOnceSomethingHappens) {
  for (const std::uint32_t status : {400u, 403u, 404u}) {
    event();
    execute(list, Caller::event);
    answer(status);
    pair.advance(100000);
    EXPECT_EQ(requests(), 0u) << status;
  }
  event();
  pair.advance(0);
  ASSERT_EQ(requests(), 1u) << "another event";
  answer(404);
  pair.life(LifecycleEvent::visible);
  pair.advance(600);
  ASSERT_EQ(requests(), 1u) << "focus";
  answer(404);
  pair.life(LifecycleEvent::offline);
  pair.life(LifecycleEvent::online);
  pair.advance(0);
  ASSERT_EQ(requests(), 1u) << "a network";
  answer(404);
  execute(query("create"));
  answer(200);
  pair.advance(0);
  ASSERT_EQ(requests(), 1u) << "a mutation of one's own";
  answer(200);
  event();
  pair.advance(1000);
  EXPECT_EQ(requests(), 0u) << "it was answered";
}

TEST_F(FreshTest, ReadsThatFillAGapAreMadeAgainAsWell) {
  pair.drop();
  pair.advance(60000);
  ASSERT_EQ(requests(), 1u);
  answer(502);
  pair.advance(2000);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, AnAnswerThatDoesNotShowLeavesTheReadDue) {
  for (const Caller later : {Caller::user, Caller::next}) {
    const auto other = query("getAll", {.use_cache = false});
    execute(other);
    answer(200);
    event();
    execute(other);
    execute(other, later);
    ASSERT_EQ(requests(), 2u);
    pair.respond(9, 503, 1);
    answer(200);
    pair.advance(2000);
    ASSERT_EQ(requests(), 1u) << "what shows is the failure of the later one";
    answer(200);
    pair.advance(100000);
    EXPECT_EQ(requests(), 0u);
    pair.runtime->dispose_query(other, pair.now);
  }
}

TEST_F(FreshTest, TheNextPageThatIsAnsweredProvesThatWhatIsDueCanBeRead) {
  const auto other = query("getAll", {.use_cache = false});
  execute(other);
  answer(200);
  event();
  execute(other, Caller::event);
  for (int i = 0; i < 6; ++i) {
    answer(502);
    while (requests() == 0) pair.advance(100);
  }
  answer(502);
  execute(other, Caller::next);
  answer(200);
  pair.advance(1);
  ASSERT_EQ(requests(), 1u) << "what shows is behind, and no error says so any more";
  answer(200);
  pair.advance(100000);
  EXPECT_EQ(requests(), 0u);
}

TEST_F(FreshTest, AReadThatIsHeldShowsThoughALaterPartWasAnsweredBefore) {
  execute(list);
  answer(503, 4000);
  event();
  execute(list, Caller::event);
  EXPECT_EQ(requests(), 0u);
  execute(query("getAll", {.use_cache = false}));
  answer(200);
  for (const Caller part : {Caller::next, Caller::rest}) {
    const auto paged = query("getAll", {.use_cache = false});
    execute(paged, Caller::event);
    execute(paged, part);
    answer(200);
  }
  pair.log.clear();
  pair.advance(4000);
  while (requests() > 0) pair.respond(9);
  for (const Effect& effect : pair.log) {
    const auto* settled = std::get_if<QuerySettled>(&effect);
    if (settled != nullptr) {
      EXPECT_TRUE(settled->apply) << "of query " << settled->query;
    }
  }
}

TEST_F(FreshTest, TheNextPageDoesNotUndercutWhatTheServerWants) {
  event();
  execute(list, Caller::event);
  answer(503, 4000);
  execute(list, Caller::next);
  answer(200);
  pair.advance(3000);
  EXPECT_EQ(requests(), 0u);
  pair.advance(1000);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, WithoutASessionTheyWaitForOne) {
  event();
  execute(list, Caller::event);
  pair.opens = false;
  pair.drop();
  answer(502);
  pair.advance(100000);
  EXPECT_EQ(requests(), 0u);
  pair.opens = true;
  pair.advance(60000);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, AListenerDoesNotUndercutWhatTheServerWants) {
  event();
  execute(list, Caller::event);
  answer(503, 4000);
  execute(list, Caller::event);
  pair.life(LifecycleEvent::online);
  pair.advance(3999);
  EXPECT_EQ(requests(), 0u);
  pair.advance(1);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, TheUserHimselfMay) {
  execute(list);
  answer(429, 60000);
  execute(list);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, ARetryWaitsAsLongAsTheServerWants) {
  execute(query("get", {.retry = 3}, R"({"_id":"1"})"));
  answer(503, 4000);
  pair.advance(3999);
  EXPECT_EQ(requests(), 0u);
  pair.advance(1);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, NoServerHoldsItsClientsOffForEver) {
  execute(query("get", {.retry = 3}, R"({"_id":"1"})"));
  answer(503, 1e12);
  pair.advance(3600000);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, ThePauseOfARetryEndsWhereTheUserExecutesOrTheNetworkIsBackOrAMutationEnds) {
  const auto patient = query("get", {.retry = 9}, R"({"_id":"1"})");
  execute(patient);
  answer(502);
  execute(patient, Caller::event);
  EXPECT_EQ(requests(), 0u) << "a listener waits";
  execute(patient);
  ASSERT_EQ(requests(), 1u) << "the user does not";
  answer(502);
  pair.life(LifecycleEvent::online);
  ASSERT_EQ(requests(), 1u) << "a network";
  answer(502);
  execute(query("create"));
  answer(200);
  ASSERT_EQ(requests(), 1u) << "a mutation";
  answer(200);
  pair.advance(100000);
  EXPECT_EQ(requests(), 0u);
}

TEST_F(FreshTest, WhatChangedInThePauseIsNoReasonForASecondRequest) {
  const auto patient = query("get", {.retry = 9}, R"({"_id":"1"})");
  execute(patient);
  answer(502);
  event();
  execute(patient, Caller::event);
  pair.advance(2000);
  answer(200);
  pair.advance(100000);
  EXPECT_EQ(requests(), 0u);
}

TEST_F(FreshTest, AnotherMutationMakesTheQueueTryAtOnceUnlessTheServerWantsItToWait) {
  for (const double wait : {0.0, 20000.0}) {
    Pair other;
    pair = std::move(other);
    const std::string config =
        std::string(kTodoConfig).replace(std::string(kTodoConfig).find("\"type\""), 0, "\"offlineMode\":true,");
    ASSERT_EQ(pair.runtime->add_plugin(config).code, ErrorCode::OK);
    execute(query("create"));
    answer(503, wait);
    execute(query("create"));
    EXPECT_EQ(requests(), wait == 0 ? 1u : 0u);
  }
}

TEST_F(FreshTest, AnIntervalRestsWhileThePageIsHiddenOrOfflineAndCatchesUp) {
  const auto ticking = query("get", {.refetch_on_focus = false, .refetch_interval = 5000}, R"({"_id":"1"})");
  execute(ticking);
  answer(200);
  pair.disconnect();
  for (const auto& [rests, goes_on] : {std::pair{LifecycleEvent::hidden, LifecycleEvent::visible},
                                       std::pair{LifecycleEvent::offline, LifecycleEvent::online}}) {
    pair.life(rests);
    pair.advance(60000);
    EXPECT_EQ(requests(), 0u);
    pair.life(goes_on);
    pair.advance(600);
    // On focus, the other query refetches too.
    if (requests() == 2) pair.respond(8, 200, pair.fetches[0].url.find("all") == std::string::npos ? 1 : 0);
    ASSERT_EQ(requests(), 1u) << "it is overdue";
    answer(200);
    pair.advance(5000);
    ASSERT_EQ(requests(), 1u);
    answer(200);
  }
}

TEST_F(FreshTest, InTheBackgroundItGoesOnWhereTheUserWantsThat) {
  execute(query("get", {.refetch_interval = 5000, .refetch_interval_in_background = true}, R"({"_id":"1"})"));
  answer(200);
  pair.life(LifecycleEvent::hidden);
  pair.advance(5000);
  EXPECT_EQ(requests(), 1u);
}

TEST_F(FreshTest, AQueryFollowsEventsByTheirKey) {
  const std::uint32_t plugin = pair.runtime->plugin("pacifico__todo");
  const auto following = query("get", {}, R"({"_id":"1"})");
  const std::uint32_t registration = pair.runtime->refetch_on_event(following, plugin, "todoCreated").value;
  event();
  pair.advance(0);
  EXPECT_EQ(requests(), 0u) << "it was never executed";
  execute(following);
  answer(200);
  EXPECT_EQ(pair.text(R"(42["plugin_pacifico__todo--todoCreated",{}])").kind, RouteKind::nothing)
      << "nobody wants the payload";
  for (int i = 0; i < 1000; ++i) event();
  pair.advance(0);
  ASSERT_EQ(requests(), 1u);
  for (int i = 0; i < 1000; ++i) event();
  pair.advance(0);
  ASSERT_EQ(requests(), 1u);
  answer(200);
  ASSERT_EQ(requests(), 1u) << "one beyond the one in flight";
  answer(200);
  pair.text(R"(42["plugin_pacifico__todo--todoUpdated",{}])");
  pair.advance(0);
  EXPECT_EQ(requests(), 0u) << "another key";
  pair.runtime->unlisten(0, registration);
  event();
  pair.advance(0);
  EXPECT_EQ(requests(), 0u);
}

}  // namespace
}  // namespace raclette
