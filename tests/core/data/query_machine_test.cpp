#include "data/query_machine.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(QueryMachine, GoesThroughItsStates) {
  QueryMachine query;
  EXPECT_EQ(query.state(), QueryState::idle);
  EXPECT_FALSE(query.used());
  const auto first = query.execute();
  EXPECT_EQ(query.state(), QueryState::in_flight);
  EXPECT_TRUE(query.settle(first, QueryOutcome::answered));
  EXPECT_EQ(query.state(), QueryState::success);
  const auto second = query.execute();
  EXPECT_TRUE(query.loading());
  EXPECT_TRUE(query.settle(second, QueryOutcome::failed));
  EXPECT_EQ(query.state(), QueryState::error);
  EXPECT_TRUE(query.used());
}

TEST(QueryMachine, TheLatestAnsweredExecutionWins) {
  QueryMachine query;
  const auto older = query.execute();
  const auto newer = query.execute();
  EXPECT_TRUE(query.settle(newer, QueryOutcome::answered));
  EXPECT_TRUE(query.loading());
  EXPECT_FALSE(query.settle(older, QueryOutcome::failed));
  EXPECT_EQ(query.state(), QueryState::success);
}

TEST(QueryMachine, AnOlderAnswerShowsUntilTheNewerComes) {
  QueryMachine query;
  const auto older = query.execute();
  const auto newer = query.execute();
  EXPECT_TRUE(query.settle(older, QueryOutcome::answered));
  EXPECT_TRUE(query.loading());
  EXPECT_TRUE(query.settle(newer, QueryOutcome::failed));
  EXPECT_EQ(query.state(), QueryState::error);
}

TEST(QueryMachine, APartTakesThePlaceOfNoAnswer) {
  QueryMachine query;
  const auto whole = query.execute();
  EXPECT_TRUE(query.settle(query.execute(), QueryOutcome::answered, true));
  EXPECT_TRUE(query.settle(whole, QueryOutcome::answered));
  const auto older = query.execute();
  EXPECT_TRUE(query.settle(query.execute(), QueryOutcome::failed));
  EXPECT_FALSE(query.settle(older, QueryOutcome::answered)) << "a failure is the latest word";
  const auto oldest = query.execute();
  query.settle(query.execute(), QueryOutcome::answered);
  EXPECT_TRUE(query.settle(query.execute(), QueryOutcome::answered, true));
  EXPECT_FALSE(query.settle(oldest, QueryOutcome::answered));
}

TEST(QueryMachine, AWithdrawnExecutionLeavesWhatShowed) {
  QueryMachine query;
  EXPECT_FALSE(query.settle(query.execute(), QueryOutcome::withdrawn));
  EXPECT_EQ(query.state(), QueryState::idle);
  query.settle(query.execute(), QueryOutcome::answered);
  EXPECT_FALSE(query.settle(query.execute(), QueryOutcome::withdrawn));
  EXPECT_EQ(query.state(), QueryState::success);
}

TEST(QueryMachine, WhatIsResetIsIdleButWasUsed) {
  QueryMachine query;
  query.settle(query.execute(), QueryOutcome::failed);
  query.execute();
  query.reset();
  EXPECT_EQ(query.state(), QueryState::idle);
  EXPECT_TRUE(query.used());
  EXPECT_TRUE(query.settle(query.execute(), QueryOutcome::answered));
  EXPECT_EQ(query.state(), QueryState::success);
}

}  // namespace
}  // namespace raclette
