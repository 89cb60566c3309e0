// After the machine slept: emits wait while the connection is possibly dead. The clock of inputs may stop during the
// sleep or continue; the machine's clock continues.
#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;

struct DoubtTest : ::testing::Test {
  Pair pair{R"({"randomizationFactor":0})"};

  DoubtTest() { pair.connect(); }

  void sleep(double milliseconds) { pair.epoch += milliseconds; }
  Outcome emit(ValueHandle payload, bool is_volatile = false) {
    return pair.emit({.payload = payload, .bytes = 10, .is_volatile = is_volatile, .wall = pair.epoch + pair.now});
  }
  std::size_t sent(ValueHandle payload) const {
    std::size_t found = 0;
    for (const std::string& packet : pair.sent) found += packet == "42{" + std::to_string(payload) + "}" ? 1 : 0;
    return found;
  }
  SocketStatus status() const { return pair.last<StatusChanged>()->status; }
};

TEST_F(DoubtTest, AnEmitAfterASleepWaitsForAFrame) {
  sleep(46'000);
  emit(1);
  emit(2);
  EXPECT_EQ(sent(1) + sent(2), 0u);
  EXPECT_EQ(pair.last<BufferChanged>()->count, 2u);
  EXPECT_EQ(status(), SocketStatus::connected);
  pair.advance(1000);
  pair.text("2");
  EXPECT_EQ(sent(1), 1u);
  EXPECT_EQ(sent(2), 1u);
  emit(3);
  EXPECT_EQ(sent(3), 1u);
  EXPECT_EQ(pair.last<BufferChanged>()->count, 0u);
}

TEST_F(DoubtTest, AnyFrameEndsTheWait) {
  pair.runtime->listen(0, kAllPlugins, "e");
  pair.text(R"(42["e"])");
  sleep(60'000);
  emit(1);
  EXPECT_EQ(pair.text(R"(42["e"])").kind, RouteKind::event);
  EXPECT_EQ(sent(1), 1u);
  sleep(60'000);
  emit(2);
  EXPECT_EQ(pair.text(R"(451-["e",{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  EXPECT_EQ(sent(2), 1u);
}

TEST_F(DoubtTest, WithoutAFrameItGoesOutOverTheNextConnection) {
  sleep(60'000);
  emit(1);
  pair.advance(1999);
  EXPECT_EQ(status(), SocketStatus::connected);
  pair.advance(1);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::PING_TIMEOUT);
  EXPECT_EQ(sent(1), 0u);
  pair.advance(1000);
  EXPECT_EQ(status(), SocketStatus::connected);
  EXPECT_EQ(sent(1), 1u);
}

TEST_F(DoubtTest, TheFrameMayBeTheEnd) {
  for (const char* end : {"1", "41", "rubbish"}) {
    SCOPED_TRACE(end);
    pair.sent.clear();
    sleep(60'000);
    emit(1);
    pair.text(end);
    EXPECT_EQ(status(), SocketStatus::reconnecting);
    EXPECT_EQ(sent(1), 0u);
    pair.advance(5000);
    EXPECT_EQ(status(), SocketStatus::connected);
    EXPECT_EQ(sent(1), 1u);
  }
}

TEST_F(DoubtTest, AClockThatWentOnSaysTheSame) {
  pair.now += 60'000;
  emit(1);
  EXPECT_EQ(sent(1), 0u) << "before the late timer";
  pair.input(Tick{});
  emit(2);
  EXPECT_EQ(sent(2), 0u) << "and after it";
  pair.text("2");
  EXPECT_EQ(sent(1), 1u);
  EXPECT_EQ(sent(2), 1u);
}

TEST_F(DoubtTest, NothingIsKeptWithoutASleep) {
  pair.advance(44'000);
  emit(1);
  pair.text("2");
  sleep(44'000);
  emit(2);
  sleep(-7'200'000);
  emit(3);
  EXPECT_EQ(sent(1) + sent(2) + sent(3), 3u);
}

TEST_F(DoubtTest, SleepsDoNotAddUpOverThePings) {
  for (int nap = 0; nap < 20; ++nap) {
    sleep(30'000);
    pair.text("2");
  }
  emit(1);
  EXPECT_EQ(sent(1), 1u);
  sleep(30'000);
  emit(2);
  EXPECT_EQ(sent(2), 1u);
  sleep(30'000);
  emit(3);
  EXPECT_EQ(sent(3), 0u) << "but they do without one";
}

TEST_F(DoubtTest, WhatIsVolatileIsNotKept) {
  sleep(60'000);
  emit(1, true);
  EXPECT_EQ(sent(1), 1u);
}

}  // namespace
}  // namespace raclette
