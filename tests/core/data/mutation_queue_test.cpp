// Unit tests of MutationQueue: a flight is a number with a Mutation. offline_mode_test.cpp tests the queue together
// with queries.
#include "data/mutation_queue.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

constexpr Answer kNoNetwork{ErrorCode::NETWORK_ERROR};

struct MutationQueueTest : ::testing::Test {
  Random random{5};
  RetryPolicy retries{random};
  TimerTable timers;
  Effects effects;
  MutationQueue queue{"c", retries, timers, effects};

  /// The keys of the stored mutations.
  [[nodiscard]] std::vector<std::string> kept() const {
    std::vector<std::string> keys;
    for (const Effect& effect : effects) {
      if (const auto* keep = std::get_if<PersistMutation>(&effect)) keys.push_back(keep->key);
      if (const auto* forget = std::get_if<RemoveMutation>(&effect)) std::erase(keys, forget->key);
    }
    return keys;
  }
  /// Queues mutations with the flights 1, 2, …
  std::vector<Mutation> add(Handle count) {
    std::vector<Mutation> all(count);
    for (Handle i = 0; i < count; ++i) {
      queue.begin(all[i], "", true, false);
      queue.add(i + 1, 0);
    }
    return all;
  }
};

TEST_F(MutationQueueTest, OnlyWhatMayBeMadeMoreThanOnceHasAKey) {
  Mutation once;
  queue.begin(once, "", false, false);
  EXPECT_EQ(once.key, "");
  Mutation repeated;
  queue.begin(repeated, "", false, true);
  EXPECT_EQ(repeated.key, "c-1");
  Mutation queued;
  queue.begin(queued, "", true, false);
  EXPECT_EQ(queued.key, "c-2");
  EXPECT_EQ(queued.order, 2u);
  EXPECT_FALSE(queued.persisted);
}

TEST_F(MutationQueueTest, WhatAnEarlierRuntimeKeptHasTheKeyOfThen) {
  Mutation restored;
  queue.begin(restored, "old-4", true, false);
  EXPECT_EQ(restored.key, "old-4");
  EXPECT_TRUE(restored.persisted);
  Mutation next;
  queue.begin(next, "", true, false);
  EXPECT_LT(restored.order, next.order) << "the order is one for both";
}

TEST_F(MutationQueueTest, OneAtATimeGoesOutInTheOrderOfTheCalls) {
  auto all = add(3);
  EXPECT_EQ(queue.next(), 1u);
  EXPECT_EQ(queue.next(), 0u) << "the first one is on the wire";
  queue.remove(all[0], 1, true);
  EXPECT_EQ(queue.next(), 2u);
  queue.remove(all[1], 2, true);
  EXPECT_EQ(queue.next(), 3u);
  queue.remove(all[2], 3, true);
  EXPECT_EQ(queue.next(), 0u);
}

TEST_F(MutationQueueTest, ATryThatFailedHaltsTheQueueUntilItIsTimeToTry) {
  add(2);
  queue.next();
  queue.failed(kNoNetwork, 100);
  EXPECT_EQ(queue.next(), 0u);
  EXPECT_GE(timers.next(), 600);
  EXPECT_LT(timers.next(), 1600);
  timers.pop_due(1600);
  queue.retry_now();
  EXPECT_EQ(queue.next(), 1u) << "nothing overtakes";
}

TEST_F(MutationQueueTest, TriesAreFurtherAndFurtherApartUntilAnAnswer) {
  auto all = add(2);
  for (const double delay : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
    EXPECT_EQ(queue.next(), 1u);
    queue.failed(kNoNetwork, 0);
    EXPECT_GE(timers.next(), delay * 0.5);
    EXPECT_LT(timers.next(), delay * 1.5);
    timers.pop_due(timers.next());
    queue.retry_now();
  }
  queue.next();
  queue.remove(all[0], 1, true);
  EXPECT_EQ(queue.next(), 2u);
  queue.failed(kNoNetwork, 0);
  EXPECT_LT(timers.next(), 1500) << "an answer proves the network";
}

TEST_F(MutationQueueTest, WhileThePlatformSaysThatThereIsNoNetworkNothingGoesOut) {
  queue.went_offline(0);
  EXPECT_EQ(timers.size(), 0u) << "there is nothing to try";
  add(1);
  EXPECT_EQ(queue.next(), 0u);
  EXPECT_EQ(timers.size(), 1u) << "it may be wrong";
  queue.went_online(0);
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_EQ(queue.next(), 1u);
}

TEST_F(MutationQueueTest, WhatIsOnTheWireWhenTheNetworkGoesStaysThere) {
  auto all = add(2);
  queue.next();
  queue.went_offline(0);
  queue.went_online(0);
  EXPECT_EQ(queue.next(), 0u) << "its own answer or failure says how it goes on";
  queue.remove(all[0], 1, true);
  EXPECT_EQ(queue.next(), 2u);
}

TEST_F(MutationQueueTest, AQueueThatIsEmptyHaltsOnlyWithoutANetwork) {
  auto all = add(1);
  queue.next();
  queue.failed(kNoNetwork, 0);
  queue.remove(all[0], 1, false);
  EXPECT_EQ(timers.size(), 0u);
  auto next = add(1);
  EXPECT_EQ(queue.next(), 1u);
  queue.went_offline(0);
  queue.remove(next[0], 1, false);
  EXPECT_EQ(timers.size(), 0u);
  add(1);
  EXPECT_EQ(queue.next(), 0u);
}

TEST_F(MutationQueueTest, WhatIsTakenBackFromTheMiddleChangesNothingForTheFirst) {
  auto all = add(3);
  queue.next();
  queue.remove(all[1], 2, false);
  EXPECT_EQ(queue.next(), 0u);
  queue.remove(all[0], 1, false);
  EXPECT_EQ(queue.next(), 3u);
}

TEST_F(MutationQueueTest, WhatHasNoAnswerAfterASecondIsToBeKept) {
  auto all = add(1);
  queue.next();
  queue.sent(all[0], 1, 0);
  EXPECT_EQ(timers.next(), 1000);
  queue.persist(all[0], 8, 9);
  EXPECT_EQ(timers.size(), 0u);
  const auto& keep = std::get<PersistMutation>(effects.back());
  EXPECT_EQ(keep.query, 8u);
  EXPECT_EQ(keep.execution, 9u);
  EXPECT_EQ(keep.order, 1u);
  EXPECT_EQ(keep.key, "c-1");
  EXPECT_EQ(keep.code, ErrorCode::OK);
  queue.sent(all[0], 1, 5000);
  EXPECT_EQ(timers.size(), 0u) << "it is kept already";
}

TEST_F(MutationQueueTest, WhatIsKeptIsToldItsTriesAndWhyTheLastFailed) {
  auto all = add(1);
  all[0].tries = 3;
  queue.persist(all[0], 8, 9, {ErrorCode::HTTP_ERROR, 503, 5});
  const auto& keep = std::get<PersistMutation>(effects.back());
  EXPECT_EQ(keep.tries, 3u);
  EXPECT_EQ(keep.code, ErrorCode::HTTP_ERROR);
  EXPECT_EQ(keep.status, 503u);
  EXPECT_EQ(keep.response, 5u);
}

TEST_F(MutationQueueTest, AQueueThatIsClearedIsAsItWasAtFirst) {
  add(2);
  queue.next();
  queue.failed({ErrorCode::HTTP_ERROR, 503, 0, true, 60000}, 0);
  queue.clear();
  EXPECT_EQ(timers.size(), 0u);
  add(1);
  EXPECT_EQ(queue.next(), 1u);
  queue.went_offline(0);
  queue.clear();
  add(1);
  EXPECT_EQ(queue.next(), 0u) << "but for the network, which is gone still";
}

TEST_F(MutationQueueTest, WhoDoesNotWantToWaitEndsThePause) {
  add(2);
  queue.next();
  queue.failed({ErrorCode::HTTP_ERROR, 503, 0, true, 60000}, 0);
  queue.retry_now();
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_EQ(queue.next(), 1u) << "the first one, whatever the server said";
  EXPECT_EQ(queue.next(), 0u);
}

TEST_F(MutationQueueTest, WhatIsOverIsForgottenIfItWasKept) {
  auto all = add(2);
  queue.next();
  queue.sent(all[0], 1, 0);
  queue.persist(all[1], 8, 9);
  EXPECT_EQ(kept(), std::vector<std::string>{"c-2"});
  queue.remove(all[0], 1, true);
  EXPECT_EQ(timers.size(), 0u) << "nor is it kept later";
  queue.remove(all[1], 2, true);
  EXPECT_TRUE(kept().empty());
  EXPECT_EQ(effects.size(), 2u);
}

TEST_F(MutationQueueTest, WhatWasKeptButDoesNotWaitIsForgottenAllTheSame) {
  auto all = add(1);
  queue.next();
  Mutation restored;
  queue.begin(restored, "old-4", false, false);
  queue.remove(restored, 77, true);
  EXPECT_EQ(std::get<RemoveMutation>(effects.back()).key, "old-4");
  EXPECT_EQ(queue.next(), 0u) << "the queue goes on as it was";
}

TEST_F(MutationQueueTest, ARequestThatIsNoMutationIsNothingToTheQueue) {
  add(1);
  queue.went_offline(0);
  Mutation read;
  queue.remove(read, 77, true);
  EXPECT_EQ(queue.next(), 0u) << "its answer proves nothing here";
  EXPECT_TRUE(effects.empty());
}

TEST_F(MutationQueueTest, CredentialsThatAreRefusedAreTold) {
  add(1);
  queue.next();
  queue.failed({ErrorCode::HTTP_ERROR, 503}, 0);
  EXPECT_TRUE(effects.empty());
  for (const Answer& refused : {Answer{ErrorCode::HTTP_ERROR, 401}, Answer{ErrorCode::AUTH_FAILED}}) {
    effects.clear();
    queue.failed(refused, 0);
    ASSERT_EQ(effects.size(), 1u);
    EXPECT_EQ(std::get<ReportError>(effects[0]).code, ErrorCode::AUTH_FAILED);
  }
}

}  // namespace
}  // namespace raclette
