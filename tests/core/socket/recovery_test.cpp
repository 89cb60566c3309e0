// Connection state recovery against a scripted server that keeps missed events.
#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;
using testing::to_utf16;
using testing::yeast;

/// Tests write `off-<n>` for the offset at the n-th moment of their clock.
const std::string kOff = "off-";

struct RecoveryTest : ::testing::Test {
  Pair pair{R"({"randomizationFactor":0})"};

  RecoveryTest() { pair.pid = "p1"; }

  std::string real(std::string text) const {
    for (std::size_t at = text.find(kOff); at != std::string::npos; at = text.find(kOff)) {
      const std::size_t digits = text.find_first_not_of("0123456789", at + kOff.size()) - at - kOff.size();
      const double moment = std::stod(text.substr(at + kOff.size(), digits));
      text.replace(at, kOff.size() + digits, yeast(pair.epoch + moment));
    }
    return text;
  }
  FrameRoute text(const std::string& frame) { return pair.text(real(frame)); }
  /// Delivers an event from the server, and its end if the route has `wants_tail`. Returns whether an offset was
  /// removed.
  bool event(const std::string& given) {
    const std::string frame = real(given);
    const FrameRoute route = pair.text(frame);
    if (!route.wants_tail) return false;
    const std::u16string units = to_utf16(frame);
    const std::size_t cut = units.size() > kMaxTail ? units.size() - kMaxTail : 0;
    return pair.runtime->text_tail(std::u16string_view(units).substr(cut));
  }
  std::string connect_packet() const {
    for (auto packet = pair.sent.rbegin(); packet != pair.sent.rend(); ++packet) {
      if (packet->starts_with("40")) return *packet;
    }
    return {};
  }
  void lose_and_return() {
    pair.drop();
    pair.advance(1000);
  }
};

TEST_F(RecoveryTest, SendsThePidAndTheLastOffset) {
  pair.connect();
  EXPECT_EQ(connect_packet(), "40");
  EXPECT_FALSE(pair.last<StatusChanged>()->recovered);
  EXPECT_TRUE(event(R"(42["heard by nobody",{},"off-1"])"));
  EXPECT_TRUE(event(R"(42["heard by nobody",{},"off-2"])"));
  lose_and_return();
  EXPECT_EQ(connect_packet(), real(R"(40{"pid":"p1","offset":"off-2"})"));
  EXPECT_TRUE(pair.last<StatusChanged>()->recovered);
}

TEST_F(RecoveryTest, TheOffsetOfABinaryEventThatWasCutOffDoesNotComeBackLater) {
  pair.connect();
  EXPECT_TRUE(event(R"(451-["e",{"_placeholder":true,"num":0},"off-1"])"));
  pair.drop();
  pair.pid = "p2";
  pair.advance(1000);
  EXPECT_TRUE(event(R"(42["e",1,"off-2"])"));
  EXPECT_TRUE(event(R"(42["e",2,"off-3"])"));
  const std::uint32_t ack = pair.emit(1, 0, true, 0);
  pair.text("461-" + std::to_string(ack) + R"([{"_placeholder":true,"num":0}])");
  EXPECT_EQ(pair.binary().kind, RouteKind::ack);
  lose_and_return();
  EXPECT_EQ(connect_packet(), real(R"(40{"pid":"p2","offset":"off-3"})"));
}

TEST_F(RecoveryTest, TakesNoOffsetOffWithoutAPid) {
  pair.pid.clear();
  pair.connect();
  EXPECT_FALSE(event(R"(42["e","text"])"));
  lose_and_return();
  EXPECT_EQ(connect_packet(), "40");
}

TEST_F(RecoveryTest, TakesNoOffsetOffAnEventThatWantsAnAnswer) {
  pair.connect();
  EXPECT_FALSE(event(R"(427["e","text"])"));
}

TEST_F(RecoveryTest, TheOffsetOfABinaryEventCountsWhenItsAttachmentsAreThere) {
  pair.connect();
  event(R"(42["e","off-1"])");
  EXPECT_TRUE(event(R"(451-["e",{"_placeholder":true,"num":0},"off-2"])"));
  lose_and_return();
  EXPECT_EQ(connect_packet(), real(R"(40{"pid":"p1","offset":"off-1"})")) << "it was cut off, so it has to come again";
  EXPECT_TRUE(event(R"(451-["e",{"_placeholder":true,"num":0},"off-2"])"));
  pair.binary();
  lose_and_return();
  EXPECT_EQ(connect_packet(), real(R"(40{"pid":"p1","offset":"off-2"})"));
}

TEST_F(RecoveryTest, WhatComesBeforeConnectIsKeptUntilThen) {
  pair.connect();
  event(R"(42["e","off-1"])");
  pair.accepts = false;
  lose_and_return();
  pair.runtime->listen(0, kAllPlugins, "e");
  EXPECT_EQ(text(R"(42["e","missed","off-2"])").kind, RouteKind::early);
  EXPECT_EQ(text(R"(451-["e",{"_placeholder":true,"num":0},"off-3"])").kind, RouteKind::hold);
  EXPECT_EQ(pair.binary().kind, RouteKind::early);
  pair.text(R"(40{"sid":"s1","pid":"p1"})");
  EXPECT_TRUE(pair.last<EarlyFrames>()->keep);
  EXPECT_EQ(text(R"(42["e","missed","off-2"])").kind, RouteKind::event) << "given in again by the outside";
}

TEST_F(RecoveryTest, WhatCameBeforeARefusalIsForgottenAndComesAgain) {
  pair.connect();
  event(R"(42["e","off-1"])");
  pair.accepts = false;
  lose_and_return();
  EXPECT_EQ(text(R"(42["e","missed","off-2"])").kind, RouteKind::early);
  pair.text(R"(44{"message":"token expired"})");
  EXPECT_FALSE(pair.last<EarlyFrames>()->keep);
  EXPECT_EQ(connect_packet(), real(R"(40{"pid":"p1","offset":"off-1"})")) << "asked for again with fresh credentials";
}

/// Otherwise a server that recovers the session would send it again at every recovery.
TEST_F(RecoveryTest, WhatCannotBeReadIsLostOnceAndMakesAGap) {
  for (const char* frame : {R"(451001-["e","off-2"])", R"(42{"off-2"})", R"(42["\x","off-2"])"}) {
    SCOPED_TRACE(frame);
    pair.connect();
    EXPECT_TRUE(event(R"(42["e","off-1"])"));
    event(frame);
    EXPECT_EQ(pair.last<StatusChanged>()->status, SocketStatus::reconnecting);
    pair.advance(5000);
    EXPECT_EQ(connect_packet(), "40");
    EXPECT_FALSE(pair.last<StatusChanged>()->recovered);
    pair.disconnect();
  }
}

/// Missed events arrive before the server accepts the session.
TEST_F(RecoveryTest, WhatCannotBeReadWhileItRecoversIsLostOnceToo) {
  pair.connect();
  EXPECT_TRUE(event(R"(42["e","off-1"])"));
  pair.accepts = false;
  lose_and_return();
  text(R"(451100-["e","off-2"])");
  pair.accepts = true;
  pair.advance(5000);
  EXPECT_EQ(connect_packet(), "40");
  EXPECT_EQ(pair.last<StatusChanged>()->status, SocketStatus::connected);
  EXPECT_EQ(pair.count<OpenTransport>(), 3u);
}

TEST_F(RecoveryTest, APayloadThatCannotBeReadMakesAGap) {
  pair.connect();
  EXPECT_TRUE(event(R"(42["e","off-1"])"));
  pair.input(PayloadRefused{pair.connection, "no JSON"});
  pair.advance(1000);
  EXPECT_EQ(connect_packet(), "40");
}

TEST_F(RecoveryTest, TheOffsetOfAnEventThatIsDroppedCounts) {
  pair.connect();
  EXPECT_TRUE(event(R"(42["e","off-1"])"));
  EXPECT_TRUE(event(R"(42[null,"off-2"])"));
  lose_and_return();
  EXPECT_EQ(connect_packet(), real(R"(40{"pid":"p1","offset":"off-2"})"));
}

TEST_F(RecoveryTest, IsOverWithARejectionAndWithTheUsersDisconnect) {
  pair.connect();
  event(R"(42["e","off-1"])");
  pair.disconnect();
  pair.connect();
  EXPECT_EQ(connect_packet(), "40");
  event(R"(42["e","off-2"])");
  pair.accepts = false;
  lose_and_return();
  for (int i = 0; i < 3; ++i) {
    pair.text(R"(44{"message":"token expired"})");
    pair.advance(5000);
  }
  EXPECT_EQ(pair.last<StatusChanged>()->status, SocketStatus::rejected);
  pair.accepts = true;
  pair.connect();
  EXPECT_EQ(connect_packet(), "40");
}

TEST_F(RecoveryTest, OnlyAGapMakesReadsRefetch) {
  ASSERT_EQ(pair.runtime->add_plugin(testing::kTodoConfig).code, ErrorCode::OK);
  pair.connect();
  const std::uint32_t operation = pair.runtime->operation("pacifico__todo", "todo", "getAll").operation;
  const std::uint32_t query = pair.runtime->create_query(operation, {}).value;
  pair.runtime->set_request(query, "", "{}", "");
  pair.runtime->execute(query, 0, Caller::user, pair.now);
  pair.settle();
  pair.respond(1);
  event(R"(42["e","off-1"])");
  lose_and_return();
  pair.advance(1000);
  EXPECT_TRUE(pair.fetches.empty()) << "nothing was missed";
  event(R"(42["e","off-2"])");
  pair.pid = "p2";
  lose_and_return();
  pair.advance(1000);
  EXPECT_EQ(pair.fetches.size(), 1u) << "the server did not have it any more";
}

/// A thousand connection losses, at every step, against a server that recovers sessions: every event arrives once and
/// in order, and nothing is left behind.
TEST_F(RecoveryTest, AThousandCyclesLoseNothingAndLeaveNothing) {
  pair.connect();
  pair.runtime->listen(0, kAllPlugins, "e");
  int sent = 0;      // events that the server has emitted
  int received = 0;  // events that arrived
  const auto frame = [](int n) { return R"(42["e",)" + std::to_string(n) + R"(,"off-)" + std::to_string(n) + "\"]"; };
  const auto deliver = [&](int n) {
    ASSERT_TRUE(event(frame(n)));
    ASSERT_EQ(n, received + 1);
    received = n;
  };
  deliver(++sent);
  for (int cycle = 0; cycle < 1000; ++cycle) {
    for (int i = 0; i < cycle % 3; ++i) deliver(++sent);
    sent += cycle % 4;  // while the client is away
    pair.accepts = false;
    pair.drop();
    const int cuts = cycle % 3;  // attempts that fail on the way
    for (int cut = 0; cut < cuts; ++cut) {
      pair.opens = cut > 0;
      pair.advance(5000);
      pair.drop();
    }
    pair.opens = true;
    pair.advance(5000);
    ASSERT_EQ(connect_packet(), real(R"(40{"pid":"p1","offset":"off-)" + std::to_string(received) + "\"}"));
    for (int n = received + 1; n <= sent; ++n) ASSERT_EQ(text(frame(n)).kind, RouteKind::early);
    pair.text(R"(40{"sid":"s1","pid":"p1"})");
    ASSERT_TRUE(pair.last<StatusChanged>()->recovered);
    for (int n = received + 1; n <= sent; ++n) deliver(n);
    pair.log.clear();
    pair.sent.clear();
    const Runtime::Census census = pair.runtime->census();
    ASSERT_EQ(census.timers, 1u) << "the next ping";
    ASSERT_EQ(census.socket_listeners, 1u);
    ASSERT_EQ(census.emits, 0u);
  }
  EXPECT_EQ(received, sent);
}

}  // namespace
}  // namespace raclette
