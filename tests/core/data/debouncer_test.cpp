#include "data/debouncer.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

struct DebouncerTest : ::testing::Test {
  TimerTable timers;
  Effects effects;
  Debouncer debouncer{timers, effects};
  Debounced waiting;

  void add(Handle execution, ValueHandle body, double now) { debouncer.add(waiting, 8, execution, body, 200, now); }
  /// The released bodies, in order.
  [[nodiscard]] std::vector<ValueHandle> released() const {
    std::vector<ValueHandle> bodies;
    for (const Effect& effect : effects) bodies.push_back(std::get<ReleasePayload>(effect).payload);
    return bodies;
  }
};

TEST_F(DebouncerTest, ExecutionsWaitUntilNoneHasFollowed) {
  add(1, 0, 0);
  add(2, 0, 150);
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_EQ(timers.next(), 350);
  const auto timer = timers.pop_due(350);
  EXPECT_EQ(static_cast<DataTimer>(timer->timer), DataTimer::debounce);
  EXPECT_EQ(timer->subject, 8u);
}

TEST_F(DebouncerTest, AllGoOnWithWhatTheLastOneAsksFor) {
  add(1, 11, 0);
  add(2, 12, 0);
  EXPECT_EQ(released(), std::vector<ValueHandle>{11});
  const Debounced due = debouncer.take(waiting);
  EXPECT_EQ(due.executions, (std::vector<Handle>{1, 2}));
  EXPECT_EQ(due.body, 12u);
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_TRUE(waiting.executions.empty());
  add(3, 13, 1000);
  EXPECT_EQ(released(), std::vector<ValueHandle>{11}) << "the body that was taken is not released here";
}

TEST_F(DebouncerTest, WhoeverLeavesIsMissedOnlyIfItWasTheLast) {
  add(1, 11, 0);
  add(2, 12, 0);
  effects.clear();
  debouncer.leave(waiting, 2);
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_TRUE(effects.empty());
  debouncer.leave(waiting, 1);
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_EQ(released(), std::vector<ValueHandle>{12});
}

TEST_F(DebouncerTest, WhereNobodyWaitsThereIsNothingToLeave) {
  debouncer.leave(waiting, 1);
  EXPECT_TRUE(effects.empty());
  EXPECT_TRUE(debouncer.take(waiting).executions.empty());
}

}  // namespace
}  // namespace raclette
