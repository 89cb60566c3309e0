// The timer table: order, cancellation and its limit. Random use is compared with a sorted list.
#include "base/timers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace raclette {
namespace {

TEST(Timers, FireInTheOrderOfDeadlineThenOfSetting) {
  TimerTable timers;
  timers.set(20, SocketTimer::emit_answer, 1);
  timers.set(10, SocketTimer::emit_answer, 2);
  timers.set(20, SocketTimer::emit_answer, 3);
  EXPECT_EQ(timers.next(), 10);
  EXPECT_FALSE(timers.pop_due(9));
  EXPECT_EQ(timers.pop_due(20)->subject, 2u);
  EXPECT_EQ(timers.pop_due(20)->subject, 1u);
  EXPECT_EQ(timers.pop_due(20)->subject, 3u);
  EXPECT_FALSE(timers.pop_due(1e9));
  EXPECT_EQ(timers.next(), std::numeric_limits<double>::infinity());
}

TEST(Timers, ComeBackAsWhatTheyWereSetForAndSayHowLateTheyAre) {
  TimerTable timers;
  timers.set(10, DataTimer::queue);
  timers.set(20, BusTimer::once, 7);
  const auto queue = timers.pop_due(25);
  EXPECT_EQ(queue->owner, TimerOwner::data);
  EXPECT_EQ(queue->timer, static_cast<std::uint8_t>(DataTimer::queue));
  EXPECT_EQ(queue->subject, 0u);
  EXPECT_EQ(queue->late, 15);
  const auto once = timers.pop_due(25);
  EXPECT_EQ(once->owner, TimerOwner::bus);
  EXPECT_EQ(once->timer, static_cast<std::uint8_t>(BusTimer::once));
  EXPECT_EQ(once->subject, 7u);
  EXPECT_EQ(once->late, 5);
}

TEST(Timers, AreVisitedByTheirOwnersType) {
  TimerTable timers;
  timers.set(1, SocketTimer::retry);
  timers.set(2, DataTimer::interval);
  timers.set(3, BusTimer::once);
  struct {
    std::vector<SocketTimer> socket;
    std::vector<DataTimer> data;
    std::vector<BusTimer> bus;
    void note(SocketTimer timer) { socket.push_back(timer); }
    void note(DataTimer timer) { data.push_back(timer); }
    void note(BusTimer timer) { bus.push_back(timer); }
  } visited;
  while (const auto event = timers.pop_due(3)) event->visit([&](auto timer) { visited.note(timer); });
  EXPECT_EQ(visited.socket, std::vector{SocketTimer::retry});
  EXPECT_EQ(visited.data, std::vector{DataTimer::interval});
  EXPECT_EQ(visited.bus, std::vector{BusTimer::once});
}

TEST(Timers, CancelForgetsTheTimerAndTheId) {
  TimerTable timers;
  TimerId id = timers.set(5, SocketTimer::emit_answer, 1);
  timers.cancel(id);
  EXPECT_EQ(id, 0u);
  timers.cancel(id);
  EXPECT_EQ(timers.size(), 0u);
  TimerId fired = timers.set(5, SocketTimer::emit_answer, 2);
  EXPECT_TRUE(timers.pop_due(5));
  TimerId other = timers.set(6, SocketTimer::emit_answer, 3);
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
    ids[i] = timers.set(deadline, SocketTimer::emit_answer, i);
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

TEST(Timers, OneTooManyIsNoneAndLeavesTheOthersAlone) {
  TimerTable timers;
  for (std::uint32_t i = 0; i < kMaxObjects; ++i) ASSERT_NE(timers.set(i, SocketTimer::emit_answer, i), 0u);
  TimerId none = timers.set(5, SocketTimer::emit_answer);
  EXPECT_EQ(none, 0u);
  timers.cancel(none);
  EXPECT_EQ(timers.size(), kMaxObjects);
  EXPECT_EQ(timers.pop_due(0)->subject, 0u);
  EXPECT_NE(timers.set(5, SocketTimer::emit_answer), 0u);
}

}  // namespace
}  // namespace raclette
