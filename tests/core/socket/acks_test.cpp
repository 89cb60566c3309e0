#include "socket/acks.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

struct AcksTest : ::testing::Test {
  TimerTable timers;
  Effects effects;
  Acks acks{timers, effects};

  ErrorCode failed(Handle ack) {
    for (const Effect& effect : effects) {
      const auto* failure = std::get_if<AckFailed>(&effect);
      if (failure != nullptr && failure->ack == ack) return failure->code;
    }
    return ErrorCode::OK;
  }
};

TEST_F(AcksTest, AnAnswerEndsAnAckOnce) {
  const Handle ack = acks.add(100, 0);
  EXPECT_TRUE(acks.answer(ack));
  EXPECT_FALSE(acks.answer(ack));
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_TRUE(effects.empty());
}

TEST_F(AcksTest, ATimeoutEndsAnAck) {
  const Handle ack = acks.add(100, 50);
  EXPECT_EQ(timers.next(), 150);
  const auto fired = timers.pop_due(150);
  ASSERT_TRUE(fired);
  acks.fail(fired->subject, ErrorCode::ACK_TIMEOUT);
  EXPECT_EQ(failed(ack), ErrorCode::ACK_TIMEOUT);
  EXPECT_FALSE(acks.answer(ack)) << "a late answer falls through";
}

TEST_F(AcksTest, TheEndOfASessionEndsWhatWasSentInItAndNothingElse) {
  const Handle sent = acks.add(0, 0);
  const Handle waiting = acks.add(0, 0);
  acks.mark_sent(sent);
  acks.fail_sent(ErrorCode::SOCKET_DISCONNECTED);
  EXPECT_EQ(failed(sent), ErrorCode::SOCKET_DISCONNECTED);
  EXPECT_EQ(failed(waiting), ErrorCode::OK);
  EXPECT_TRUE(acks.pending(waiting));
  EXPECT_EQ(acks.size(), 1u);
}

}  // namespace
}  // namespace raclette
