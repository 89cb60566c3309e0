#include "data/refetcher.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

struct RefetcherTest : ::testing::Test {
  Random random{5};
  TimerTable timers;
  Refetcher refetcher{random, timers};
  RefetchTimers refetch;
};

TEST_F(RefetcherTest, QueriesThatAreDueTogetherAreSpreadOverHalfASecond) {
  constexpr Handle kQueries = 1000;
  std::vector<RefetchTimers> all(kQueries + 1);
  for (Handle query = 1; query <= kQueries; ++query) refetcher.soon(all[query], query, 100);
  EXPECT_LT(timers.next(), 110);
  std::size_t in_the_first_half = 0;
  while (const auto timer = timers.pop_due(600)) {
    EXPECT_EQ(static_cast<DataTimer>(timer->timer), DataTimer::refetch);
    in_the_first_half += timer->late >= 250 ? 1 : 0;
  }
  EXPECT_EQ(timers.size(), 0u) << "all within half a second";
  EXPECT_GT(in_the_first_half, kQueries * 4 / 10);
  EXPECT_LT(in_the_first_half, kQueries * 6 / 10);
}

TEST_F(RefetcherTest, HoweverOftenItIsSaidAQueryIsDueOnce) {
  refetcher.soon(refetch, 8, 0);
  const double due = timers.next();
  refetcher.soon(refetch, 8, 400);
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_EQ(timers.next(), due);
  EXPECT_EQ(timers.pop_due(due)->subject, 8u);
}

TEST_F(RefetcherTest, AnExecutionSparesTheOneThatIsDue) {
  refetcher.soon(refetch, 8, 0);
  refetcher.executed(refetch);
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_EQ(refetch.soon, 0u);
  refetcher.soon(refetch, 8, 0);
  EXPECT_EQ(timers.size(), 1u) << "and it can be due again";
}

TEST_F(RefetcherTest, AnIntervalBeginsAnewWhenAllHasEnded) {
  refetcher.restart_interval(refetch, 8, 1500, 0);
  EXPECT_EQ(timers.next(), 1500);
  refetcher.restart_interval(refetch, 8, 1500, 1000);
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_EQ(timers.next(), 2500);
  const auto timer = timers.pop_due(2500);
  EXPECT_EQ(static_cast<DataTimer>(timer->timer), DataTimer::interval);
  EXPECT_EQ(timer->subject, 8u);
}

TEST_F(RefetcherTest, AnExecutionDoesNotPutTheIntervalOff) {
  refetcher.restart_interval(refetch, 8, 1500, 0);
  refetcher.executed(refetch);
  EXPECT_EQ(timers.next(), 1500);
}

TEST_F(RefetcherTest, AnIntervalOfZeroIsNone) {
  refetcher.restart_interval(refetch, 8, 1500, 0);
  refetcher.restart_interval(refetch, 8, 0, 0);
  EXPECT_EQ(timers.size(), 0u);
}

TEST_F(RefetcherTest, WhatIsDueWhenAQueryIsNoLongerActiveIsNotedUntilItIsExecuted) {
  refetcher.deactivate(refetch);
  EXPECT_FALSE(refetch.due);
  refetcher.soon(refetch, 8, 0);
  refetcher.deactivate(refetch);
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_TRUE(refetch.due);
  refetcher.executed(refetch);
  EXPECT_FALSE(refetch.due);
}

TEST_F(RefetcherTest, AQueryThatStopsIsNotDueAnyMore) {
  refetcher.soon(refetch, 8, 0);
  refetcher.restart_interval(refetch, 8, 1500, 0);
  refetcher.stop(refetch);
  EXPECT_EQ(timers.size(), 0u);
}

}  // namespace
}  // namespace raclette
