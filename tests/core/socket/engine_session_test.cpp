// The engine session: first every input in every state, then whole sessions.
#include "socket/engine_session.h"

#include <gtest/gtest.h>

#include <functional>

namespace raclette {
namespace {

constexpr const char16_t* kHandshake = u"{\"sid\":\"a\",\"upgrades\":[],\"pingInterval\":300,\"pingTimeout\":200}";

struct Rig {
  SocketOptions options;
  TimerTable timers;
  Effects effects;
  EngineSession session{options, timers, effects};

  Rig() {
    options.origin = "http://host:1";
    options.timeout = 1000;
    options.transports = {TransportKind::websocket};
  }

  EngineSignal packet(EnginePacketType type, std::u16string_view data = {}, double now = 0) {
    return session.packet({type, data}, now);
  }

  void reach(EngineState state) {
    if (state == EngineState::closed) return;
    session.open(0);
    if (state == EngineState::opening) return;
    session.transport_opened(session.connection(), 0);
    if (state == EngineState::handshaking) return;
    packet(EnginePacketType::open, kHandshake);
  }

  template <class T>
  std::size_t count() const {
    std::size_t found = 0;
    for (const Effect& effect : effects) found += std::holds_alternative<T>(effect) ? 1 : 0;
    return found;
  }
};

struct NamedInput {
  const char* name;
  std::function<EngineSignal(Rig&)> apply;
};

const NamedInput kInputs[] = {
    {"open", [](Rig& rig) { return rig.session.open(0); }},
    {"transport up", [](Rig& rig) { return rig.session.transport_opened(rig.session.connection(), 0); }},
    {"transport down", [](Rig& rig) { return rig.session.transport_closed(rig.session.connection(), "gone", 0); }},
    {"handshake", [](Rig& rig) { return rig.packet(EnginePacketType::open, kHandshake); }},
    {"close packet", [](Rig& rig) { return rig.packet(EnginePacketType::close); }},
    {"ping", [](Rig& rig) { return rig.packet(EnginePacketType::ping); }},
    {"message", [](Rig& rig) { return rig.packet(EnginePacketType::message, u"x"); }},
    {"noop", [](Rig& rig) { return rig.packet(EnginePacketType::noop); }},
    {"bad packet",
     [](Rig& rig) {
       return rig.session.refuse({ErrorCode::ENGINE_BAD_PACKET, "x"}, 0);
     }},
    {"deadline", [](Rig& rig) { return rig.session.deadline(0, 0); }},
    {"close", [](Rig& rig) { return rig.session.close(0); }},
    {"network lost", [](Rig& rig) { return rig.session.network_lost(0); }},
    {"late deadline", [](Rig& rig) { return rig.session.deadline(60000, 0); }},
};

TEST(EngineSession, EveryStateMeetsEveryInput) {
  using enum EngineState;
  // The next state for each input, by state: closed, opening, handshaking, open.
  const EngineState expected[][4] = {
      /* open */ {opening, opening, handshaking, open},
      /* transport up */ {closed, handshaking, handshaking, open},
      /* transport down */ {closed, closed, closed, closed},
      /* handshake */ {closed, closed, open, closed},
      /* close packet */ {closed, closed, closed, closed},
      /* ping */ {closed, closed, closed, open},
      /* message */ {closed, closed, closed, open},
      /* noop */ {closed, closed, handshaking, open},
      /* bad packet */ {closed, closed, closed, closed},
      /* deadline */ {closed, closed, closed, closed},
      /* close */ {closed, closed, closed, closed},
      /* network lost */ {closed, opening, handshaking, closed},
      /* late deadline */ {closed, closed, closed, open},
  };
  for (std::size_t input = 0; input < std::size(kInputs); ++input) {
    for (std::size_t state = 0; state < enum_size<EngineState>(); ++state) {
      SCOPED_TRACE(std::string(kInputs[input].name) + " in state " + std::to_string(state));
      Rig rig;
      rig.reach(static_cast<EngineState>(state));
      ASSERT_EQ(rig.session.state(), static_cast<EngineState>(state));
      const EngineSignal signal = kInputs[input].apply(rig);
      EXPECT_EQ(rig.session.state(), expected[input][state]);
      const bool ended = static_cast<EngineState>(state) != closed && rig.session.state() == closed;
      EXPECT_EQ(signal == EngineSignal::closed, ended);
      EXPECT_EQ(rig.timers.size(), rig.session.state() == closed ? 0u : 1u) << "one deadline while there is a session";
      EXPECT_TRUE(!ended || rig.session.reason().code != ErrorCode::OK);
      const bool transport_left = ended && std::string(kInputs[input].name) != "transport down";
      EXPECT_EQ(rig.count<CloseTransport>(), transport_left ? 1u : 0u);
    }
  }
}

TEST(EngineSession, AsksForTheUrlOfTheProtocol) {
  Rig rig;
  rig.options.origin = "https://example.org:444";
  rig.options.query = "&a=b";
  rig.session.open(0);
  const auto* open = std::get_if<OpenTransport>(&rig.effects.front());
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(open->url, "wss://example.org:444/socket.io/?EIO=4&transport=websocket&a=b");
}

TEST(EngineSession, AnswersPingsAndStaysPatientFromEachOnward) {
  Rig rig;
  rig.reach(EngineState::open);
  EXPECT_EQ(rig.timers.next(), 500);
  rig.packet(EnginePacketType::ping, {}, 300);
  EXPECT_EQ(rig.timers.next(), 800);
  const auto* pong = std::get_if<SendPacket>(&rig.effects.back());
  ASSERT_NE(pong, nullptr);
  EXPECT_EQ(pong->head, "3");
  rig.packet(EnginePacketType::message, u"x", 700);
  EXPECT_EQ(rig.timers.next(), 800) << "only a ping is a sign of life that the server promised";
}

TEST(EngineSession, SaysWhyItEnded) {
  const auto reason = [](EngineState state, std::size_t input) {
    Rig rig;
    rig.reach(state);
    kInputs[input].apply(rig);
    return rig.session.reason().code;
  };
  EXPECT_EQ(reason(EngineState::opening, 2), ErrorCode::TRANSPORT_FAILED);
  EXPECT_EQ(reason(EngineState::open, 2), ErrorCode::TRANSPORT_CLOSED);
  EXPECT_EQ(reason(EngineState::open, 4), ErrorCode::SERVER_CLOSED);
  EXPECT_EQ(reason(EngineState::open, 9), ErrorCode::PING_TIMEOUT);
  EXPECT_EQ(reason(EngineState::handshaking, 9), ErrorCode::CONNECT_TIMEOUT);
  EXPECT_EQ(reason(EngineState::open, 10), ErrorCode::CLIENT_DISCONNECTED);
}

TEST(EngineSession, AReasonOfAnEarlierSessionDoesNotReturn) {
  Rig rig;
  rig.session.transport_closed(rig.session.connection(), "late news", 0);
  rig.reach(EngineState::open);
  rig.session.deadline(0, 0);
  EXPECT_EQ(rig.session.reason().code, ErrorCode::PING_TIMEOUT);
  EXPECT_EQ(rig.session.reason().detail, "");
}

TEST(EngineSession, RefusesAHandshakeThatItCannotUse) {
  Rig rig;
  rig.reach(EngineState::handshaking);
  EXPECT_EQ(rig.packet(EnginePacketType::open, u"{\"sid\":\"a\"}"), EngineSignal::closed);
  EXPECT_EQ(rig.session.reason().code, ErrorCode::ENGINE_BAD_HANDSHAKE);
  EXPECT_NE(rig.session.reason().detail.find("pingInterval"), std::string::npos);
}

TEST(EngineSession, TellsTheServerWhenTheUserLeaves) {
  Rig rig;
  rig.reach(EngineState::open);
  rig.effects.clear();
  rig.session.close(0);
  ASSERT_EQ(rig.effects.size(), 2u);
  EXPECT_EQ(std::get<SendPacket>(rig.effects[0]).head, "1");
  EXPECT_TRUE(std::holds_alternative<CloseTransport>(rig.effects[1]));
}

TEST(EngineSession, ADeadlineThatWasSleptOverGetsOneMoreTurn) {
  Rig rig;
  rig.reach(EngineState::open);
  EXPECT_EQ(rig.session.deadline(60000, 60500), EngineSignal::none);
  EXPECT_EQ(rig.session.state(), EngineState::open);
  EXPECT_EQ(rig.timers.next(), 61000) << "no longer than the server's own ping_window";
  EXPECT_EQ(rig.session.deadline(60000, 121000), EngineSignal::closed) << "one turn, not two";
  EXPECT_EQ(rig.session.reason().code, ErrorCode::PING_TIMEOUT);
}

TEST(EngineSession, APingInTheTurnOfGraceKeepsTheSession) {
  Rig rig;
  rig.reach(EngineState::open);
  rig.session.deadline(60000, 60500);
  rig.packet(EnginePacketType::ping, {}, 60600);
  EXPECT_EQ(rig.timers.next(), 61100);
  EXPECT_EQ(rig.session.deadline(60000, 121100), EngineSignal::none) << "the next sleep gets its own";
}

TEST(EngineSession, EachSessionHasAConnectionOfItsOwn) {
  Rig rig;
  rig.reach(EngineState::open);
  const ConnectionId first = rig.session.connection();
  rig.session.transport_closed(rig.session.connection(), "", 0);
  rig.session.open(0);
  EXPECT_NE(rig.session.connection(), first);
}

}  // namespace
}  // namespace raclette
