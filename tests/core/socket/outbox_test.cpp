// Emits that wait for a session, an answer or another attempt. Each ends exactly once.
#include "socket/outbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "harness/pair.h"

namespace raclette {
namespace {

struct OutboxTest : ::testing::Test {
  SocketOptions options;
  TimerTable timers;
  Effects effects;
  EngineSession engine{options, timers, effects};
  Outbox outbox{options, engine, timers, effects};

  static OutgoingEvent event(ValueHandle payload, double timeout = 0, std::uint32_t retries = 0,
                             bool wants_ack = true) {
    return {.payload = payload, .bytes = 10, .wants_ack = wants_ack, .timeout = timeout, .retries = retries};
  }
  ErrorCode failed(Handle emit) const {
    for (const Effect& effect : effects) {
      const auto* failure = std::get_if<AckFailed>(&effect);
      if (failure != nullptr && failure->ack == emit) return failure->code;
    }
    return ErrorCode::OK;
  }
  int released(ValueHandle payload) const {
    int found = 0;
    for (const Effect& effect : effects) {
      const auto* release = std::get_if<ReleasePayload>(&effect);
      found += release != nullptr && release->payload == payload ? 1 : 0;
    }
    return found;
  }
  BufferChanged buffered() const {
    BufferChanged last{0, 0};
    for (const Effect& effect : effects) {
      if (const auto* changed = std::get_if<BufferChanged>(&effect)) last = *changed;
    }
    return last;
  }
};

TEST_F(OutboxTest, AnAnswerEndsAnEmitOnce) {
  const Handle emit = outbox.add(event(5, 100), false, 0);
  outbox.mark_sent(emit, 0);
  EXPECT_FALSE(outbox.answer(1, emit)) << "of another namespace";
  EXPECT_TRUE(outbox.answer(0, emit));
  EXPECT_FALSE(outbox.answer(0, emit));
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_EQ(released(5), 1);
  EXPECT_EQ(outbox.size(), 0u);
}

/// If many ordered emits end at once, only one timer is set for the next one.
TEST(OutboxOfARuntime, ALineThatEndsSetsOneTimer) {
  testing::Pair pair;
  const std::uint32_t other = pair.runtime->open_namespace("other").value;
  for (const std::uint32_t nsp_id : {0u, other}) {
    for (ValueHandle payload = 1; payload <= 20; ++payload) {
      pair.emit({.nsp_id = nsp_id, .payload = payload, .is_ordered = true});
    }
  }
  for (int round = 0; round < 2; ++round) {
    pair.runtime->clear_emits(0);
    pair.settle();
    EXPECT_EQ(pair.runtime->census().timers, 1u);
    pair.advance(0);
    EXPECT_EQ(pair.runtime->census().timers, 0u);
    pair.emit({.payload = 21, .is_ordered = true});
  }
  pair.connect();
  pair.input(Connect{other});
  EXPECT_EQ(pair.count<EmitOver>(), 20u + 1 + 2) << "cleared, and the first of each line that is left";
  pair.advance(0);
  EXPECT_EQ(pair.runtime->census().emits, 0u) << "the others go out one after the other";
}

/// Invalid sizes do not spoil the sum for later emits.
TEST(OutboxOfARuntime, CountsNoSizesThatAreNone) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double bytes : {std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity, 1e300, -5.0}) {
    SCOPED_TRACE(bytes);
    testing::Pair pair(R"({"bufferMaxBytes":1.7976931348623157e308})");
    EXPECT_EQ(pair.emit({.payload = 1, .bytes = bytes}).code, ErrorCode::OK);
    EXPECT_EQ(pair.emit({.payload = 2, .bytes = 10}).code, ErrorCode::OK);
    const auto told = pair.last<BufferChanged>()->bytes;
    EXPECT_EQ(told, bytes > 0 ? 0xFFFFFFFFu : 10u) << "as much as can be told";
    pair.runtime->clear_emits(0);
    pair.settle();
    EXPECT_EQ(pair.last<BufferChanged>()->bytes, 0u);
    testing::Pair bounded(R"({"bufferMaxBytes":10})");
    EXPECT_EQ(bounded.emit({.payload = 1, .bytes = bytes}).code, bytes > 0 ? ErrorCode::BUFFER_FULL : ErrorCode::OK);
    EXPECT_EQ(bounded.emit({.payload = 2, .bytes = 10}).code, ErrorCode::OK);
    EXPECT_EQ(bounded.emit({.payload = 3, .bytes = 1}).code, ErrorCode::BUFFER_FULL);
  }
}

/// If the limit is raised above the available room, the call refuses an emit, and none is lost.
TEST(OutboxOfARuntime, RefusesWhatThereIsNoRoomForAtTheCall) {
  testing::Pair pair(R"({"bufferMaxCount":2000000,"bufferMaxBytes":1000000000})");
  Effects effects;
  std::size_t taken = 0;
  std::size_t refused = 0;
  for (ValueHandle payload = 1; payload <= 1'050'000; ++payload) {
    const Outcome outcome = pair.runtime->emit({.payload = payload, .bytes = 1, .wants_ack = true}, pair.now);
    (outcome.code == ErrorCode::OK ? taken : refused) += 1;
    ASSERT_TRUE(outcome.code == ErrorCode::OK || outcome.code == ErrorCode::BUFFER_FULL);
    pair.runtime->drain(effects);
  }
  EXPECT_EQ(taken, kMaxObjects);
  EXPECT_EQ(pair.runtime->census().emits, kMaxObjects);
  EXPECT_EQ(refused, 1'050'000 - kMaxObjects);
}

TEST_F(OutboxTest, NoAnswerInTimeEndsAnEmit) {
  const Handle emit = outbox.add(event(5, 100), true, 50);
  EXPECT_EQ(timers.next(), 150) << "the wait for a session counts";
  const auto fired = timers.pop_due(150);
  ASSERT_TRUE(fired);
  EXPECT_FALSE(outbox.answer_timed_out(fired->subject));
  EXPECT_EQ(failed(emit), ErrorCode::ACK_TIMEOUT);
  EXPECT_FALSE(outbox.answer(0, emit)) << "a late answer falls through";
}

TEST_F(OutboxTest, TheEndOfASessionEndsWhatWasSentInItAndNothingElse) {
  const Handle sent = outbox.add(event(1), false, 0);
  const Handle waiting = outbox.add(event(2), true, 0);
  OutgoingEvent other = event(3);
  other.nsp_id = 1;
  const Handle elsewhere = outbox.add(other, false, 0);
  outbox.mark_sent(sent, 0);
  outbox.mark_sent(elsewhere, 0);
  outbox.lost(0, 0);
  EXPECT_EQ(failed(sent), ErrorCode::SOCKET_DISCONNECTED);
  EXPECT_EQ(failed(waiting), ErrorCode::OK);
  EXPECT_EQ(failed(elsewhere), ErrorCode::OK);
  EXPECT_EQ(outbox.size(), 2u);
}

TEST_F(OutboxTest, AnAckIdNeverComesAgain) {
  std::int64_t last = 0;
  for (int i = 0; i < 5000; ++i) {
    const Handle emit = outbox.add(event(0), false, 0);
    outbox.mark_sent(emit, 0);
    ASSERT_GT(outbox.ack_id(emit), last);
    last = outbox.ack_id(emit);
    ASSERT_TRUE(outbox.answer(0, emit));
    ASSERT_EQ(outbox.awaiting(0, last), 0u);
  }
  const Handle emit = outbox.add(event(0), false, 0);
  outbox.mark_sent(emit, 0);
  for (std::int64_t late = 1; late <= last; ++late) ASSERT_EQ(outbox.awaiting(0, late), 0u);
}

TEST_F(OutboxTest, AnEmitWithTriesIsSentAgainUnderTheSameNumber) {
  const Handle emit = outbox.add(event(5, 100, 2), false, 0);
  outbox.mark_sent(emit, 0);
  EXPECT_TRUE(outbox.answer_timed_out(timers.pop_due(100)->subject));
  outbox.mark_sent(emit, 100);
  EXPECT_EQ(timers.next(), 200) << "each try has its own time";
  outbox.lost(0, 150);
  EXPECT_EQ(outbox.sendable(0), std::vector<Handle>{emit});
  EXPECT_EQ(timers.size(), 0u) << "no time runs while there is no session";
  outbox.mark_sent(emit, 1000);
  EXPECT_EQ(released(5), 0);
  EXPECT_FALSE(outbox.answer_timed_out(timers.pop_due(1100)->subject));
  EXPECT_EQ(failed(emit), ErrorCode::ACK_TIMEOUT);
  EXPECT_EQ(released(5), 1);
}

TEST_F(OutboxTest, WhatWaitsKeepsItsOrderAcrossALoss) {
  const Handle first = outbox.add(event(1, 0, 1), false, 0);
  outbox.mark_sent(first, 0);
  const Handle second = outbox.add(event(2), true, 0);
  outbox.lost(0, 0);
  EXPECT_EQ(outbox.sendable(0), (std::vector<Handle>{first, second}));
}

TEST_F(OutboxTest, OfThoseThatAreOrderedOnlyTheFirstGoesOut) {
  const auto ordered = [](ValueHandle payload, std::uint32_t nsp_id) {
    OutgoingEvent one = event(payload, 0, 1);
    one.is_ordered = true;
    one.nsp_id = nsp_id;
    return one;
  };
  EXPECT_FALSE(outbox.has_ordered(0));
  const Handle first = outbox.add(ordered(1, 0), true, 0);
  const Handle second = outbox.add(ordered(2, 0), true, 0);
  const Handle beside = outbox.add(event(3), true, 0);
  const Handle other = outbox.add(ordered(4, 1), true, 0);
  EXPECT_TRUE(outbox.has_ordered(0));
  EXPECT_EQ(outbox.sendable(0), (std::vector<Handle>{first, beside}));
  EXPECT_EQ(outbox.sendable(1), std::vector<Handle>{other});
  outbox.mark_sent(first, 0);
  EXPECT_EQ(outbox.sendable(0), std::vector<Handle>{beside}) << "as long as it is not over";
  outbox.answer(0, first);
  const auto line = timers.pop_due(0);
  ASSERT_TRUE(line);
  EXPECT_EQ(static_cast<SocketTimer>(line->timer), SocketTimer::emit_ordered);
  EXPECT_EQ(line->subject, 0u);
  EXPECT_EQ(outbox.sendable(0), (std::vector<Handle>{second, beside}));
  outbox.fail(second, ErrorCode::ABORTED);
  outbox.fail(other, ErrorCode::ABORTED);
  EXPECT_FALSE(outbox.has_ordered(0));
}

TEST_F(OutboxTest, HasRoomForSoManyEmitsAndSoManyBytes) {
  options.buffer_count = 2;
  options.buffer_bytes = 25;
  EXPECT_TRUE(outbox.has_room(event(1)));
  const Handle first = outbox.add(event(1), true, 0);
  OutgoingEvent big = event(2);
  big.bytes = 16;
  EXPECT_FALSE(outbox.has_room(big));
  outbox.add(event(2), true, 0);
  EXPECT_FALSE(outbox.has_room(event(3)));
  EXPECT_EQ(buffered().count, 2u);
  EXPECT_EQ(buffered().bytes, 20u);
  outbox.mark_sent(first, 0);
  EXPECT_TRUE(outbox.has_room(event(3)));
  EXPECT_EQ(buffered().count, 1u);
}

TEST_F(OutboxTest, AnEmitThatWaitsTooLongExpires) {
  options.buffer_time_to_live = 500;
  const Handle asked = outbox.add(event(1), true, 0);
  outbox.add(event(2, 0, 0, false), true, 0);
  outbox.expire(timers.pop_due(500)->subject);
  outbox.expire(timers.pop_due(500)->subject);
  EXPECT_EQ(failed(asked), ErrorCode::EMIT_EXPIRED);
  EXPECT_EQ(std::get<ReportError>(effects.back()).code, ErrorCode::EMIT_EXPIRED) << "nobody waits for the other";
  EXPECT_EQ(outbox.size(), 0u);
  EXPECT_EQ(buffered().count, 0u);
}

TEST_F(OutboxTest, TheEndOfAnEmitThatWantsNoAnswerIsToldIfItWaited) {
  options.buffer_time_to_live = 500;
  const auto over = [&](Handle emit) {
    return std::count_if(effects.begin(), effects.end(), [&](const Effect& effect) {
      const auto* end = std::get_if<EmitOver>(&effect);
      return end != nullptr && end->emit == emit;
    });
  };
  const Handle expired = outbox.add(event(1, 0, 0, false), true, 0);
  outbox.expire(timers.pop_due(500)->subject);
  const Handle cleared = outbox.add(event(2, 0, 0, false), true, 500);
  outbox.clear(0);
  const Handle sent = outbox.add(event(3, 0, 0, false), true, 500);
  EXPECT_EQ(over(sent), 0);
  outbox.mark_sent(sent, 500);
  for (const Handle emit : {expired, cleared, sent}) EXPECT_EQ(over(emit), 1);
  const Handle asked = outbox.add(event(4), true, 500);
  outbox.mark_sent(asked, 500);
  const Handle at_once = outbox.add(event(5, 0, 0, false), false, 500);
  outbox.mark_sent(at_once, 500);
  EXPECT_EQ(over(asked) + over(at_once), 0);
}

TEST_F(OutboxTest, ASessionEndsTheWait) {
  options.buffer_time_to_live = 500;
  outbox.mark_sent(outbox.add(event(1), true, 0), 100);
  EXPECT_EQ(timers.size(), 0u);
}

TEST_F(OutboxTest, ClearCancelsWhatWaitsAndLeavesWhatWasSent) {
  const Handle sent = outbox.add(event(1), false, 0);
  outbox.mark_sent(sent, 0);
  const Handle waiting = outbox.add(event(2), true, 0);
  outbox.clear(0);
  EXPECT_EQ(failed(waiting), ErrorCode::ABORTED);
  EXPECT_EQ(outbox.awaiting(0, outbox.ack_id(sent)), sent);
  EXPECT_TRUE(outbox.fail(sent, ErrorCode::ABORTED));
  EXPECT_FALSE(outbox.fail(sent, ErrorCode::ABORTED));
}

}  // namespace
}  // namespace raclette
