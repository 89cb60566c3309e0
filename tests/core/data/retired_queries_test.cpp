// Queries without observers: the core removes them some time after their last execution. The fields of QueryRetired are
// enough to resume one.
#include <gtest/gtest.h>

#include "data/refetcher.h"
#include "harness/pair.h"

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

QuerySettings settings(bool active, bool retires) {
  QuerySettings made;
  made.active = active;
  made.retires = retires;
  return made;
}

struct RetiredTest : ::testing::Test {
  Pair pair;

  void SetUp() override {
    ASSERT_EQ(pair.runtime->add_plugin(kTodoConfig).code, ErrorCode::OK);
    pair.handshake = R"({"sid":"e1","upgrades":[],"pingInterval":1e9,"pingTimeout":1e9,"maxPayload":1000000})";
    pair.connect();
  }
  std::uint32_t query(const char* operation, QuerySettings settings) {
    const std::uint32_t number = pair.runtime->operation("pacifico__todo", "todo", operation).operation;
    const std::uint32_t handle = pair.runtime->create_query(number, settings).value;
    EXPECT_EQ(pair.runtime->set_request(handle, "", "{}", "").code, ErrorCode::OK);
    return handle;
  }
  void execute(std::uint32_t query) {
    pair.runtime->execute(query, 0, Caller::user, pair.now);
    pair.settle();
  }
  void answered(std::uint32_t query, std::uint32_t status = 200) {
    execute(query);
    ASSERT_EQ(pair.fetches.size(), 1u);
    pair.respond(1, status);
  }
  void configure(std::uint32_t query, QuerySettings settings) {
    pair.runtime->configure_query(query, settings, pair.now);
    pair.settle();
  }
  void event() { pair.text(R"(42["plugin_pacifico__todo--todoCreated",{}])"); }
  [[nodiscard]] std::size_t retired() const { return pair.count<QueryRetired>(); }
  /// Creates the query again, and resumes it with the last QueryRetired.
  std::uint32_t resumed(bool active) {
    const auto told = pair.last<QueryRetired>();
    const std::uint32_t again = query("getAll", settings(active, !active));
    pair.runtime->resume_query(again, told->due, told->seen, pair.now);
    return again;
  }
};

TEST_F(RetiredTest, AnIdleQueryIsLetGoOfWithItsTimers) {
  answered(query("getAll", settings(false, true)));
  EXPECT_EQ(pair.runtime->census().queries, 1u);
  pair.advance(kRetireAfter - 1);
  EXPECT_EQ(retired(), 0u);
  pair.advance(1);
  EXPECT_EQ(retired(), 1u);
  EXPECT_FALSE(pair.last<QueryRetired>()->due);
  EXPECT_EQ(pair.runtime->census().queries, 0u);
  pair.advance(100000);
  EXPECT_EQ(pair.fetches.size(), 0u);
}

TEST_F(RetiredTest, OneThatIsExecutedStays) {
  const auto list = query("getAll", settings(false, true));
  answered(list);
  for (int i = 0; i < 5; ++i) {
    pair.advance(kRetireAfter - 1);
    answered(list);
  }
  pair.advance(kRetireAfter - 1);
  execute(list);
  pair.advance(kRetireAfter * 10);
  EXPECT_EQ(retired(), 0u) << "as long as it is under way";
  pair.respond(1);
  pair.advance(kRetireAfter);
  EXPECT_EQ(retired(), 1u);
}

TEST_F(RetiredTest, AnAnswerThatIsReusedCountsAsAnExecution) {
  answered(query("getAll", settings(true, false)));
  const auto list = query("getAll", settings(false, true));
  EXPECT_NE(pair.runtime->reuse(list, pair.now), 0u);
  pair.settle();
  pair.advance(kRetireAfter - 1);
  EXPECT_EQ(retired(), 0u);
  pair.advance(1);
  EXPECT_EQ(retired(), 1u);
}

TEST_F(RetiredTest, OneThatIsActiveOrKeepsItsPlaceIsNot) {
  answered(query("getAll", settings(true, false)));
  answered(query("create", settings(false, false)));
  pair.advance(kRetireAfter * 10);
  EXPECT_EQ(retired(), 0u);
}

TEST_F(RetiredTest, WhoIsNoLongerLookedAtRetiresAndWhoIsAgainDoesNot) {
  const auto list = query("getAll", settings(true, false));
  answered(list);
  pair.advance(10000);
  configure(list, settings(false, true));
  pair.advance(kRetireAfter - 1);
  configure(list, settings(true, false));
  pair.advance(10000);
  EXPECT_EQ(retired(), 0u);
  configure(list, settings(false, true));
  pair.advance(kRetireAfter);
  EXPECT_EQ(retired(), 1u);
}

TEST_F(RetiredTest, FocusAndGapsDoNotExecuteIt) {
  answered(query("getAll", settings(false, true)));
  pair.life(LifecycleEvent::visible);
  pair.drop();
  pair.advance(60000);
  EXPECT_EQ(pair.fetches.size(), 0u);
}

TEST_F(RetiredTest, ResumedItIsExecutedIfSomethingHappenedAndNotElse) {
  answered(query("getAll", settings(false, true)));
  pair.advance(10000);
  auto list = resumed(false);
  configure(list, settings(true, false));
  EXPECT_EQ(pair.fetches.size(), 0u) << "nothing has changed";

  configure(list, settings(false, true));
  pair.advance(10000);
  ASSERT_EQ(retired(), 2u);
  event();
  list = resumed(false);
  configure(list, settings(true, false));
  EXPECT_EQ(pair.fetches.size(), 1u) << "an event";
  pair.respond(1);

  configure(list, settings(false, true));
  pair.advance(10000);
  ASSERT_EQ(retired(), 3u);
  pair.life(LifecycleEvent::visible);
  list = resumed(false);
  configure(list, settings(true, false));
  EXPECT_EQ(pair.fetches.size(), 1u) << "focus";
}

TEST_F(RetiredTest, WhatWasDueBeforeIsDueAfter) {
  const auto list = query("getAll", settings(false, true));
  answered(list);
  event();
  answered(list, 503);
  pair.advance(60000);
  ASSERT_EQ(retired(), 1u);
  EXPECT_TRUE(pair.last<QueryRetired>()->due);
  configure(resumed(false), settings(true, false));
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(RetiredTest, AnIntervalThatItIsGivenBeginsWhenItIsResumed) {
  answered(query("getAll", settings(false, true)));
  pair.advance(10000);
  const auto told = pair.last<QueryRetired>();
  QuerySettings often = settings(true, false);
  often.refetch_interval = 500;
  pair.runtime->resume_query(query("getAll", often), told->due, told->seen, pair.now);
  pair.advance(499);
  EXPECT_EQ(pair.fetches.size(), 0u);
  pair.advance(1);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(RetiredTest, AMutationIsResumedAndNeverDue) {
  answered(query("create", settings(false, true)));
  pair.advance(10000);
  ASSERT_EQ(retired(), 1u);
  const auto told = pair.last<QueryRetired>();
  const auto again = query("create", settings(false, true));
  pair.runtime->resume_query(again, true, told->seen, pair.now);
  configure(again, settings(true, false));
  EXPECT_EQ(pair.fetches.size(), 0u);
  answered(again);
}

TEST_F(RetiredTest, AResumeOfWhatIsGoneDoesNothing) {
  pair.runtime->resume_query(99, true, 1, pair.now);
  EXPECT_EQ(pair.runtime->census().queries, 0u);
}

}  // namespace
}  // namespace raclette
