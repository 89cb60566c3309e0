#include "base/timers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace raclette {
namespace {

TEST(Timers, FireInTheOrderOfDeadlineThenOfSetting) {
  TimerTable timers;
  timers.set(20, {TimerKind::emit_answer, 1});
  timers.set(10, {TimerKind::emit_answer, 2});
  timers.set(20, {TimerKind::emit_answer, 3});
  EXPECT_EQ(timers.next(), 10);
  EXPECT_FALSE(timers.pop_due(9));
  EXPECT_EQ(timers.pop_due(20)->subject, 2u);
  EXPECT_EQ(timers.pop_due(20)->subject, 1u);
  EXPECT_EQ(timers.pop_due(20)->subject, 3u);
  EXPECT_FALSE(timers.pop_due(1e9));
  EXPECT_EQ(timers.next(), std::numeric_limits<double>::infinity());
}

TEST(Timers, CancelForgetsTheTimerAndTheId) {
  TimerTable timers;
  TimerId id = timers.set(5, {TimerKind::emit_answer, 1});
  timers.cancel(id);
  EXPECT_EQ(id, 0u);
  timers.cancel(id);
  EXPECT_EQ(timers.size(), 0u);
  TimerId fired = timers.set(5, {TimerKind::emit_answer, 2});
  EXPECT_TRUE(timers.pop_due(5));
  TimerId other = timers.set(6, {TimerKind::emit_answer, 3});
  timers.cancel(fired);
  EXPECT_EQ(timers.size(), 1u) << "an id that has fired cancels nobody else";
  timers.cancel(other);
}

TEST(Timers, AgreeWithASortedListUnderRandomUse) {
  std::mt19937 random(42);
  TimerTable timers;
  std::vector<std::pair<double, std::uint32_t>> model;
  std::vector<TimerId> ids(500, 0);
  for (std::uint32_t i = 0; i < 500; ++i) {
    const double deadline = random() % 100;
    ids[i] = timers.set(deadline, {TimerKind::emit_answer, i});
    model.emplace_back(deadline, i);
    if (random() % 3 == 0) {
      const std::uint32_t victim = random() % (i + 1);
      timers.cancel(ids[victim]);
      std::erase_if(model, [&](const auto& one) { return one.second == victim; });
    }
  }
  std::sort(model.begin(), model.end());
  for (const auto& [deadline, subject] : model) {
    EXPECT_EQ(timers.next(), deadline);
    EXPECT_EQ(timers.pop_due(1000)->subject, subject);
  }
  EXPECT_EQ(timers.size(), 0u);
}

}  // namespace
}  // namespace raclette
