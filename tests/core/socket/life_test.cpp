// The page's and the machine's lifecycle: networks that disappear and return, sleep, the back/forward cache.
#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;

SocketStatus status(const Pair& pair) { return pair.last<StatusChanged>()->status; }

TEST(Life, ANetworkThatIsBackIsTriedAtOnce) {
  Pair pair(R"({"randomizationFactor":0})");
  pair.connect();
  pair.opens = false;
  pair.drop();
  for (int i = 0; i < 4; ++i) {
    pair.advance(5000);
    pair.drop();
  }
  pair.opens = true;
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  EXPECT_EQ(pair.runtime->census().timers, 1u) << "the attempt that was scheduled is not made as well";
}

TEST(Life, APageThatIsLookedAtAgainTriesAtOnce) {
  Pair pair;
  pair.connect();
  pair.drop();
  pair.life(LifecycleEvent::visible);
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Life, NothingIsHurriedThatNobodyWants) {
  Pair pair;
  for (const LifecycleEvent life : {LifecycleEvent::online, LifecycleEvent::visible, LifecycleEvent::show})
    pair.life(life);
  EXPECT_EQ(pair.count<OpenTransport>(), 0u);
  pair.connect();
  for (const LifecycleEvent life : {LifecycleEvent::online, LifecycleEvent::visible, LifecycleEvent::show})
    pair.life(life);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u) << "a healthy connection is left alone";
}

TEST(Life, WithoutANetworkTheConnectionIsGivenUp) {
  Pair pair;
  pair.connect();
  pair.life(LifecycleEvent::offline);
  EXPECT_EQ(status(pair), SocketStatus::reconnecting);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "the network is offline");
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
  pair.life(LifecycleEvent::offline);
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Life, APageInTheCacheHoldsNoConnectionAndReopensIt) {
  Pair pair;
  pair.connect();
  pair.life(LifecycleEvent::hide);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
  EXPECT_EQ(pair.sent.back(), "1") << "the session is left to be recovered, not ended";
  EXPECT_EQ(pair.runtime->census().timers, 0u);
  EXPECT_EQ(status(pair), SocketStatus::reconnecting);
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u) << "not while it is there";
  pair.life(LifecycleEvent::show);
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Life, APageThatWasDisconnectedStaysSo) {
  Pair pair;
  pair.connect();
  pair.disconnect();
  pair.life(LifecycleEvent::hide);
  pair.life(LifecycleEvent::show);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
}

TEST(Life, AClockThatJumpedGivesOneTurnOfGrace) {
  Pair pair;
  pair.connect();
  pair.now += 3'600'000;
  pair.input(Tick{});
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.text("2");
  pair.advance(44000);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.now += 3'600'000;
  pair.input(Tick{});
  pair.advance(2000);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::PING_TIMEOUT) << "nothing came in that turn";
}

TEST(Life, AnAttemptThatHangsIsReplaced) {
  Pair pair;
  pair.opens = false;
  pair.connect();
  pair.life(LifecycleEvent::visible);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u) << "it has only begun";
  pair.advance(1000);
  pair.life(LifecycleEvent::visible);
  EXPECT_EQ(pair.count<OpenTransport>(), 2u);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
  pair.opens = true;
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(pair.count<OpenTransport>(), 3u) << "what began without a network will not end";
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(pair.count<OpenTransport>(), 3u);
  EXPECT_EQ(pair.runtime->census().timers, 1u);
}

TEST(Life, AHandshakeThatHangsIsReplacedToo) {
  Pair pair(R"({"transports":["polling","websocket"]})");
  pair.shakes = false;
  pair.connect();
  pair.advance(5000);
  pair.shakes = true;
  pair.life(LifecycleEvent::show);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling) << "the attempt begins anew";
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Life, AttemptsThatWereUsedUpOfflineAreGivenBack) {
  for (const bool offline : {true, false}) {
    SCOPED_TRACE(offline);
    Pair pair(R"({"reconnectionAttempts":2,"randomizationFactor":0})");
    pair.connect();
    pair.opens = false;
    if (offline) {
      pair.life(LifecycleEvent::offline);
    } else {
      pair.drop();
    }
    pair.advance(1000);
    pair.drop();
    pair.advance(2000);
    pair.drop();
    ASSERT_EQ(pair.last<StatusChanged>()->code, ErrorCode::RECONNECT_FAILED);
    pair.opens = true;
    pair.life(LifecycleEvent::online);
    EXPECT_EQ(status(pair), offline ? SocketStatus::connected : SocketStatus::closed);
    EXPECT_EQ(pair.count<OpenTransport>(), offline ? 4u : 3u);
  }
}

TEST(Life, WhoLeftMeanwhileIsNotBroughtBack) {
  Pair pair(R"({"reconnectionAttempts":1})");
  pair.connect();
  pair.opens = false;
  pair.life(LifecycleEvent::offline);
  pair.advance(5000);
  pair.drop();
  ASSERT_EQ(pair.last<StatusChanged>()->code, ErrorCode::RECONNECT_FAILED);
  pair.disconnect();
  pair.opens = true;
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(status(pair), SocketStatus::closed);
}

TEST(Life, AServerThatEndsTheSessionIsLeftAloneWhereThatIsWanted) {
  Pair pair(R"({"reconnectAfterServerDisconnect":false})");
  pair.connect();
  pair.text("41");
  EXPECT_EQ(status(pair), SocketStatus::closed);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::SERVER_DISCONNECTED);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
  pair.connect();
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

constexpr const char* kPolls = R"({"transports":["polling"],"upgrade":false,"randomizationFactor":0})";

TEST(Life, AHiddenPageThatPollsLeavesItsConnectionToOthers) {
  Pair pair(kPolls);
  pair.pid = "p";
  pair.connect();
  pair.life(LifecycleEvent::hidden);
  pair.advance(9'999);
  EXPECT_EQ(pair.count<CloseTransport>(), 0u) << "one that is soon looked at again misses nothing";
  pair.advance(1);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
  EXPECT_EQ(pair.sent.back(), "1") << "the session is left to be recovered, not ended";
  EXPECT_EQ(status(pair), SocketStatus::reconnecting);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
  pair.life(LifecycleEvent::online);
  pair.advance(600'000);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u) << "not while it is hidden";
  pair.life(LifecycleEvent::visible);
  EXPECT_EQ(pair.count<OpenTransport>(), 2u);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.advance(20'000);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
}

TEST(Life, AHiddenPageIsLeftAloneWhereItIsLookedAtSoonOrWantsThatOrHasAWebSocket) {
  for (const char* options : {kPolls, R"({"transports":["polling"],"upgrade":false,"openWhenHidden":true})",
                              R"({"transports":["websocket"]})"}) {
    SCOPED_TRACE(options);
    Pair pair(options);
    pair.connect();
    pair.life(LifecycleEvent::hidden);
    pair.advance(9'000);
    if (options == kPolls) pair.life(LifecycleEvent::visible);
    pair.advance(10'000);
    EXPECT_EQ(pair.count<CloseTransport>(), 0u);
    EXPECT_EQ(status(pair), SocketStatus::connected);
  }
}

TEST(Life, APageThatIsHiddenFromTheStartPollsForAsLong) {
  Pair pair(kPolls);
  pair.life(LifecycleEvent::hidden);
  pair.advance(60'000);
  pair.connect();
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.advance(9'999);
  EXPECT_EQ(pair.count<CloseTransport>(), 0u);
  pair.advance(1);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
}

TEST(Life, AHiddenPageThatFallsBackToPollingLeavesItsConnectionToo) {
  Pair pair(R"({"transports":["websocket","polling"],"upgrade":false,"randomizationFactor":0})");
  pair.connect();
  pair.life(LifecycleEvent::hidden);
  pair.advance(15'000);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.opens = false;
  pair.drop();
  pair.advance(1'000);
  pair.opens = true;
  pair.drop();
  ASSERT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.advance(10'000);
  EXPECT_EQ(status(pair), SocketStatus::reconnecting);
}

TEST(Life, AHiddenPageThatPollsWaitsForItsAnswers) {
  Pair pair(kPolls);
  pair.connect();
  const std::uint32_t asked = pair.emit(1, 0, true, 0);
  pair.life(LifecycleEvent::hidden);
  pair.advance(20'000);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.text("43" + std::to_string(asked) + "[]");
  pair.advance(10'000);
  EXPECT_EQ(status(pair), SocketStatus::reconnecting);
}

TEST(Life, AHiddenPageThatPolledDoesWhatItsUserSays) {
  Pair pair(kPolls);
  pair.connect();
  pair.life(LifecycleEvent::hidden);
  pair.advance(10'000);
  pair.disconnect();
  EXPECT_EQ(status(pair), SocketStatus::closed);
  pair.life(LifecycleEvent::visible);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  pair.life(LifecycleEvent::hidden);
  pair.life(LifecycleEvent::hide);
  pair.connect();
  EXPECT_EQ(status(pair), SocketStatus::connecting);
  pair.life(LifecycleEvent::show);
  EXPECT_EQ(status(pair), SocketStatus::connected) << "a page out of the cache";
}

}  // namespace
}  // namespace raclette
