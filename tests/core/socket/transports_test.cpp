// The transports of a session: the fallback to polling, and the upgrade from it. Neither loses a packet.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;

constexpr const char* kBoth = R"({"transports":["websocket","polling"],"randomizationFactor":0})";
constexpr const char* kPollingFirst = R"({"transports":["polling","websocket"],"randomizationFactor":0})";
constexpr const char* kUpgradable =
    R"({"sid":"e1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000})";

SocketStatus status(const Pair& pair) { return pair.last<StatusChanged>()->status; }

/// A client on polling whose upgrade has begun: `polling` and `websocket` are the two transports.
struct Upgrading {
  Pair pair{kPollingFirst};
  ConnectionId polling = 0;
  ConnectionId websocket = 0;

  Upgrading() {
    pair.handshake = kUpgradable;
    pair.shakes = false;
    pair.connect();
    polling = pair.connection;
    pair.opens = false;
    from(polling, "0" + pair.handshake);
    websocket = pair.connection;
  }

  FrameRoute from(ConnectionId transport, const std::string& frame) { return pair.text_on(transport, frame); }
  void up() { pair.input(TransportOpened{websocket}); }
  void emit(ValueHandle payload) { pair.emit(payload, 0, false, 0); }
};

TEST(Transports, BeginsWithTheFirstAndFallsBackAtOnce) {
  Pair pair(kBoth);
  pair.opens = false;
  pair.connect();
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::websocket);
  pair.opens = true;
  pair.drop("blocked by a proxy");
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
  EXPECT_EQ(pair.last<OpenTransport>()->url, "http://127.0.0.1:8082/socket.io/?EIO=4&transport=polling");
  EXPECT_EQ(status(pair), SocketStatus::connected);
  EXPECT_EQ(pair.last<IdentifyTransport>()->url, "http://127.0.0.1:8082/socket.io/?EIO=4&transport=polling&sid=e1");
}

TEST(Transports, AHandshakeThatDoesNotComeIsAReasonToo) {
  Pair pair(kBoth);
  pair.shakes = false;
  pair.connect();
  pair.advance(20000);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
}

TEST(Transports, WhatGreetsWithSomethingElseIsAReasonToo) {
  for (const char* order : {kBoth, kPollingFirst}) {
    for (const char* greeting : {"<html>Please log in</html>", "", "0{}", R"(0{"ok":true})", "1", "2", "4hello",
                                 R"({"hello":"world"})", "0<html>"}) {
      SCOPED_TRACE(greeting);
      Pair pair(order);
      pair.shakes = false;
      pair.connect();
      const TransportKind first = pair.last<OpenTransport>()->kind;
      const ConnectionId strange = pair.connection;
      pair.shakes = true;
      pair.text(greeting);
      EXPECT_EQ(pair.count<OpenTransport>(), 2u);
      EXPECT_NE(pair.last<OpenTransport>()->kind, first);
      EXPECT_EQ(status(pair), SocketStatus::connected);
      EXPECT_EQ(pair.count<CloseTransport>(), 1u);
      pair.text_on(strange, "more of it");
      EXPECT_EQ(status(pair), SocketStatus::connected);
    }
  }
}

TEST(Transports, ABinaryGreetingIsOneToo) {
  Pair pair(kBoth);
  pair.shakes = false;
  pair.connect();
  pair.shakes = true;
  pair.binary();
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Transports, SaysWhatGreetedWhereNoneIsLeft) {
  Pair pair(kBoth);
  pair.shakes = false;
  pair.connect();
  pair.text("<html>");
  pair.text("<html>");
  EXPECT_EQ(status(pair), SocketStatus::connecting);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::ENGINE_BAD_PACKET);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "websocket: unknown packet type '<'; polling: unknown packet type '<'");
  EXPECT_EQ(pair.count<ReportError>(), 1u);
  pair.advance(1000);
  pair.text("<html>");
  pair.drop("refused");
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::ENGINE_BAD_PACKET) << "nobody should have to look for it";
  EXPECT_EQ(pair.last<StatusChanged>()->text, "websocket: unknown packet type '<'; polling: refused");
  EXPECT_EQ(pair.count<ReportError>(), 2u);
}

TEST(Transports, SaysWhyNoneCouldBeOpened) {
  Pair pair(kBoth);
  pair.opens = false;
  pair.connect();
  pair.drop("refused");
  pair.drop("no answer");
  EXPECT_EQ(status(pair), SocketStatus::connecting);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::TRANSPORT_FAILED);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "websocket: refused; polling: no answer");
  pair.advance(1000);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::websocket) << "the next attempt begins anew";
}

TEST(Transports, OneThatFailedWhileAnotherWorkedComesLastNextTime) {
  Pair pair(kBoth);
  pair.opens = false;
  pair.connect();
  pair.opens = true;
  pair.drop();
  pair.drop();
  pair.advance(1000);
  EXPECT_EQ(pair.count<OpenTransport>(), 3u);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Transports, PollingWhoseSessionEndsBeforeItIsOfUseComesLastUntilItIs) {
  Pair pair(kPollingFirst);
  pair.authorizes = false;
  pair.connect();
  pair.drop("the poll was answered with 400");
  pair.advance(1000);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::websocket);
  pair.drop();
  pair.opens = false;
  pair.advance(2000);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::websocket);
  pair.opens = pair.authorizes = true;
  pair.drop("refused");
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.drop();
  pair.advance(1000);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
}

TEST(Transports, ALossOfAnOpenSessionIsNoReasonToFallBack) {
  Pair pair(kBoth);
  pair.connect();
  pair.drop();
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  pair.advance(1000);
  EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::websocket);
}

TEST(Transports, UpgradesWithoutLosingWhatIsSentMeanwhile) {
  Upgrading rig;
  Pair& pair = rig.pair;
  EXPECT_EQ(status(pair), SocketStatus::connected) << "polling works while the other is probed";
  EXPECT_EQ(pair.last<OpenTransport>()->url, "ws://127.0.0.1:8082/socket.io/?EIO=4&transport=websocket&sid=e1");
  rig.emit(11);
  EXPECT_EQ(pair.last<SendPacket>()->connection, rig.polling);
  rig.up();
  EXPECT_EQ(pair.last<SendPacket>()->connection, rig.websocket);
  EXPECT_EQ(pair.last<SendPacket>()->head, "2probe");
  rig.from(rig.websocket, "3probe");
  EXPECT_EQ(pair.last<PauseTransport>()->connection, rig.polling);

  const std::size_t sent = pair.sent.size();
  rig.emit(12);
  EXPECT_EQ(pair.sent.size(), sent) << "held back while the first one falls silent";
  EXPECT_EQ(pair.released_payloads[12], 0);
  pair.runtime->listen(0, kAllPlugins, "late");
  EXPECT_EQ(rig.from(rig.polling, R"(42["late"])").kind, RouteKind::event) << "what was on its way arrives";
  pair.input(TransportPaused{rig.polling});
  ASSERT_EQ(pair.sent.size(), sent + 2);
  EXPECT_EQ(pair.sent[sent], "5");
  EXPECT_EQ(pair.sent[sent + 1], "42{12}");
  EXPECT_EQ(pair.last<SendPacket>()->connection, rig.websocket);
  EXPECT_EQ(pair.released_payloads[12], 1);
  EXPECT_EQ(pair.last<CloseTransport>()->connection, rig.polling);
  EXPECT_EQ(rig.from(rig.websocket, R"(42["late"])").kind, RouteKind::event);
  EXPECT_EQ(rig.from(rig.polling, R"(42["late"])").kind, RouteKind::nothing) << "the first one is over";
  EXPECT_EQ(pair.runtime->census().timers, 1u);
}

TEST(Transports, APingDuringTheUpgradeIsAnsweredOnTheNewTransport) {
  Upgrading rig;
  rig.up();
  rig.from(rig.websocket, "3probe");
  rig.from(rig.polling, "2");
  rig.pair.input(TransportPaused{rig.polling});
  EXPECT_EQ(rig.pair.sent.back(), "3");
  EXPECT_EQ(rig.pair.last<SendPacket>()->connection, rig.websocket);
}

TEST(Transports, AProbeThatFailsCostsNothing) {
  for (int step = 0; step < 5; ++step) {
    SCOPED_TRACE(step);
    Upgrading rig;
    Pair& pair = rig.pair;
    if (step > 1) rig.up();
    if (step == 0 || step == 2) pair.input(TransportClosed{rig.websocket, "gone"});
    if (step == 1 || step == 3) pair.runtime->handle(Tick{}, pair.now);
    if (step == 1 || step == 3) pair.advance(20000);
    if (step == 4) rig.from(rig.websocket, "3wrong");
    EXPECT_EQ(status(pair), SocketStatus::connected);
    rig.emit(11);
    EXPECT_EQ(pair.last<SendPacket>()->connection, rig.polling);
    EXPECT_EQ(pair.runtime->census().timers, 1u);
    pair.input(TransportOpened{rig.websocket});
    EXPECT_EQ(pair.last<SendPacket>()->connection, rig.polling) << "what it says later is ignored";
  }
}

TEST(Transports, ADropWhileTheNewOneTakesOverEndsTheSession) {
  for (const bool old_one : {true, false}) {
    SCOPED_TRACE(old_one);
    Upgrading rig;
    Pair& pair = rig.pair;
    rig.up();
    rig.from(rig.websocket, "3probe");
    rig.emit(12);
    pair.input(TransportClosed{old_one ? rig.polling : rig.websocket, "gone"});
    EXPECT_EQ(status(pair), SocketStatus::reconnecting);
    EXPECT_EQ(pair.released_payloads[12], 1);
    EXPECT_EQ(pair.count<CloseTransport>(), 1u) << "the other one is closed";
    pair.opens = pair.shakes = true;
    pair.handshake = R"({"sid":"e2","upgrades":[],"pingInterval":25000,"pingTimeout":20000})";
    pair.advance(1000);
    EXPECT_EQ(status(pair), SocketStatus::connected);
  }
}

TEST(Transports, WhatComesTwiceIsDoneOnce) {
  Upgrading rig;
  Pair& pair = rig.pair;
  rig.up();
  rig.up();
  rig.from(rig.websocket, "3probe");
  rig.from(rig.websocket, "3probe");
  EXPECT_EQ(pair.count<PauseTransport>(), 1u);
  pair.input(TransportPaused{rig.polling});
  pair.input(TransportPaused{rig.polling});
  EXPECT_EQ(std::count(pair.sent.begin(), pair.sent.end(), "2probe"), 1);
  EXPECT_EQ(std::count(pair.sent.begin(), pair.sent.end(), "5"), 1);
  const std::size_t changes = pair.count<StatusChanged>();
  rig.from(rig.websocket, R"(40{"sid":"s1"})");
  EXPECT_EQ(pair.count<StatusChanged>(), changes) << "a second CONNECT";
  rig.from(rig.websocket, "0" + pair.handshake);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::ENGINE_BAD_PACKET) << "a second handshake is no packet here";
}

TEST(Transports, PollingRecoversFromADropAtEveryStepOfTheHandshake) {
  for (int step = 0; step < 4; ++step) {
    SCOPED_TRACE(step);
    Pair pair(R"({"transports":["polling"]})");
    pair.opens = step > 0;
    pair.shakes = step > 1;
    pair.authorizes = step > 2;
    pair.accepts = false;
    pair.connect();
    pair.drop();
    pair.opens = pair.shakes = pair.authorizes = pair.accepts = true;
    pair.advance(5000);
    EXPECT_EQ(status(pair), SocketStatus::connected);
    EXPECT_EQ(pair.last<OpenTransport>()->kind, TransportKind::polling);
  }
}

TEST(Transports, DisconnectDuringAnUpgradeClosesBoth) {
  for (int step = 0; step < 3; ++step) {
    SCOPED_TRACE(step);
    Upgrading rig;
    if (step > 0) rig.up();
    if (step > 1) rig.from(rig.websocket, "3probe");
    rig.pair.disconnect();
    EXPECT_EQ(rig.pair.count<CloseTransport>(), 2u);
    EXPECT_EQ(rig.pair.runtime->census().timers, 0u);
  }
}

TEST(Transports, DoesNotUpgradeWhereThatIsSwitchedOffOrNotOffered) {
  {
    Pair pair(R"({"transports":["polling","websocket"],"upgrade":false})");
    pair.handshake = kUpgradable;
    pair.connect();
    EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  }
  {
    Pair pair(kPollingFirst);
    pair.connect();
    EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  }
  {
    Pair pair(R"({"transports":["polling"]})");
    pair.handshake = kUpgradable;
    pair.connect();
    EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  }
}

TEST(Transports, AnUpgradeIsRememberedWhereThatIsWanted) {
  for (const bool remembers : {false, true}) {
    Pair pair(std::string(R"({"transports":["polling","websocket"],"randomizationFactor":0,"rememberUpgrade":)") +
              (remembers ? "true}" : "false}"));
    pair.handshake = kUpgradable;
    pair.shakes = false;
    pair.connect();
    const ConnectionId polling = pair.connection;
    pair.text("0" + pair.handshake);
    const ConnectionId websocket = pair.connection;
    pair.text_on(websocket, "3probe");
    pair.input(TransportPaused{polling});
    pair.drop();
    pair.advance(1000);
    EXPECT_EQ(pair.last<OpenTransport>()->kind, remembers ? TransportKind::websocket : TransportKind::polling);
  }
}

TEST(Transports, AHiddenPageKeepsTheWebSocketThatItUpgradedTo) {
  Upgrading rig;
  rig.up();
  rig.from(rig.websocket, "3probe");
  rig.pair.input(TransportPaused{rig.polling});
  ASSERT_EQ(rig.pair.last<CloseTransport>()->connection, rig.polling);
  rig.pair.life(LifecycleEvent::hidden);
  rig.pair.advance(20'000);
  EXPECT_EQ(rig.pair.last<CloseTransport>()->connection, rig.polling);
  EXPECT_EQ(status(rig.pair), SocketStatus::connected);
}

}  // namespace
}  // namespace raclette
