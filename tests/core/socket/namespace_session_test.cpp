// The namespace session: first every input in every state, then refusals and credentials.
#include "socket/namespace_session.h"

#include <gtest/gtest.h>

#include <functional>

namespace raclette {
namespace {

struct Rig {
  SocketOptions options;
  TimerTable timers;
  Effects effects;
  EngineSession engine{options, timers, effects};
  std::uint32_t auth_requests = 0;
  NamespaceSession session{3, "/admin", options, engine, auth_requests, timers, effects};
  std::uint32_t asked = 0;

  std::uint32_t request() {
    for (const Effect& effect : effects) {
      if (const auto* ask = std::get_if<AskAuth>(&effect)) asked = ask->request;
    }
    return asked;
  }

  void note_offset(const char* text) { session.offsets().note({.text = text}, 0); }

  void reach(NamespaceState state) {
    if (state == NamespaceState::detached) return;
    session.attach(0);
    if (state == NamespaceState::authenticating) return;
    session.auth_ready(request(), 0, 0);
    if (state == NamespaceState::connecting) return;
    if (state == NamespaceState::connected) {
      session.connect_packet("", 0);
      return;
    }
    if (state == NamespaceState::leaving || state == NamespaceState::rejoining) {
      session.leave(0);
      if (state == NamespaceState::rejoining) session.attach(0);
      return;
    }
    session.connect_error("no", 0);  // asked again at once
    session.auth_ready(request(), 0, 0);
    session.connect_error("no", 0);  // waits
    if (state == NamespaceState::waiting) return;
    session.retry(0);
    session.auth_ready(request(), 0, 0);
    session.connect_error("no", 0);  // the third is the last
  }
};

struct NamedInput {
  const char* name;
  std::function<NamespaceSignal(Rig&)> apply;
};

const NamedInput kInputs[] = {
    {"attach", [](Rig& rig) { return rig.session.attach(0); }},
    {"detach",
     [](Rig& rig) {
       rig.session.detach(0);
       return NamespaceSignal::none;
     }},
    {"part",
     [](Rig& rig) {
       rig.session.leave(0);
       return NamespaceSignal::none;
     }},
    {"auth ready", [](Rig& rig) { return rig.session.auth_ready(rig.request(), 0, 0); }},
    {"auth_unavailable", [](Rig& rig) { return rig.session.auth_failed(rig.request(), "fetch failed", 0, true); }},
    {"refused", [](Rig& rig) { return rig.session.connect_error("no", 0); }},
    {"connect", [](Rig& rig) { return rig.session.connect_packet("", 0); }},
    {"disconnect", [](Rig& rig) { return rig.session.disconnect_packet(0); }},
    {"deadline", [](Rig& rig) { return rig.session.deadline(0); }},
    {"retry", [](Rig& rig) { return rig.session.retry(0); }},
    {"restart",
     [](Rig& rig) {
       rig.session.restart(0);
       return NamespaceSignal::none;
     }},
};

TEST(NamespaceSession, EveryStateMeetsEveryInput) {
  using enum NamespaceState;
  // The next state for each input, by state: detached, authenticating, connecting, connected, waiting, leaving,
  // rejoining, rejected.
  const NamespaceState expected[][8] = {
      /* attach */ {authenticating, authenticating, connecting, connected, waiting, rejoining, rejoining, rejected},
      /* detach */ {detached, detached, detached, detached, detached, detached, detached, rejected},
      /* part */ {detached, detached, leaving, detached, detached, leaving, leaving, rejected},
      /* auth ready */ {detached, connecting, connecting, connected, waiting, leaving, rejoining, rejected},
      /* auth_unavailable */ {detached, waiting, connecting, connected, waiting, leaving, rejoining, rejected},
      /* refused */ {detached, authenticating, authenticating, connected, waiting, detached, authenticating, rejected},
      /* connect */ {detached, authenticating, connected, connected, waiting, detached, detached, rejected},
      /* disconnect */ {detached, detached, detached, detached, waiting, detached, authenticating, rejected},
      /* deadline */ {detached, waiting, detached, connected, waiting, leaving, detached, rejected},
      /* retry */ {detached, authenticating, connecting, connected, authenticating, leaving, rejoining, rejected},
      /* restart */ {detached, authenticating, connecting, connected, waiting, leaving, rejoining, detached},
  };
  for (std::size_t input = 0; input < std::size(kInputs); ++input) {
    for (std::size_t state = 0; state < enum_size<NamespaceState>(); ++state) {
      SCOPED_TRACE(std::string(kInputs[input].name) + " in state " + std::to_string(state));
      Rig rig;
      rig.reach(static_cast<NamespaceState>(state));
      ASSERT_EQ(rig.session.state(), static_cast<NamespaceState>(state));
      kInputs[input].apply(rig);
      EXPECT_EQ(rig.session.state(), expected[input][state]);
      const NamespaceState now = rig.session.state();
      const bool waits = now == connecting || now == rejoining || now == authenticating;
      EXPECT_EQ(rig.timers.size(), waits ? 1u : 0u) << "only what waits for an answer has a deadline";
    }
  }
}

TEST(NamespaceSession, AsksAnewWithTheReasonOfTheRefusal) {
  Rig rig;
  rig.reach(NamespaceState::connecting);
  rig.effects.clear();
  EXPECT_EQ(rig.session.connect_error("token expired", 0), NamespaceSignal::none);
  ASSERT_EQ(rig.effects.size(), 1u);
  EXPECT_EQ(std::get<AskAuth>(rig.effects[0]).reason, "token expired");
}

TEST(NamespaceSession, WaitsAfterTheSecondRefusalAndEndsWithTheLast) {
  Rig rig;
  rig.reach(NamespaceState::connecting);
  EXPECT_EQ(rig.session.connect_error("1", 0), NamespaceSignal::none);
  rig.session.auth_ready(rig.request(), 0, 0);
  EXPECT_EQ(rig.session.connect_error("2", 0), NamespaceSignal::wait);
  rig.session.retry(0);
  EXPECT_EQ(rig.session.auth_failed(rig.request(), "3", 0), NamespaceSignal::rejected);
  EXPECT_EQ(rig.session.refusal().code, ErrorCode::AUTH_FAILED);
  EXPECT_EQ(rig.session.refusal().detail, "3");
}

TEST(NamespaceSession, ASuccessForgivesEarlierRefusals) {
  Rig rig;
  rig.reach(NamespaceState::connecting);
  rig.session.connect_error("1", 0);
  rig.session.auth_ready(rig.request(), 0, 0);
  EXPECT_EQ(rig.session.connect_packet("", 0), NamespaceSignal::connected);
  rig.session.detach(0);
  rig.effects.clear();
  rig.session.attach(0);
  EXPECT_EQ(std::get<AskAuth>(rig.effects[0]).reason, "");
  rig.session.auth_ready(rig.request(), 0, 0);
  EXPECT_EQ(rig.session.connect_error("again the first", 0), NamespaceSignal::none);
}

TEST(NamespaceSession, SendsConnectWithTheCredentialsAndReleasesThem) {
  Rig rig;
  rig.reach(NamespaceState::authenticating);
  const std::uint32_t request = rig.request();
  rig.effects.clear();
  rig.session.auth_ready(request, 42, 0);
  ASSERT_EQ(rig.effects.size(), 2u);
  EXPECT_EQ(std::get<SendPacket>(rig.effects[0]).head, "40/admin,{") << "the credentials' own brace";
  EXPECT_EQ(std::get<SendPacket>(rig.effects[0]).payload, 42u);
  EXPECT_EQ(std::get<ReleasePayload>(rig.effects[1]).payload, 42u);
}

TEST(NamespaceSession, SendsPidAndOffsetWithTheCredentialsOnceItHasBoth) {
  const auto connect_head = [](const char* pid, const char* offset, ValueHandle credentials) {
    Rig rig;
    rig.reach(NamespaceState::connecting);
    rig.session.connect_packet(pid, 0);
    if (*offset != 0) rig.note_offset(offset);
    rig.session.detach(0);
    rig.session.attach(0);
    const std::uint32_t request = rig.request();
    rig.effects.clear();
    rig.session.auth_ready(request, credentials, 0);
    return std::get<SendPacket>(rig.effects[0]).head;
  };
  EXPECT_EQ(connect_head("p", "o", 0), R"(40/admin,{"pid":"p","offset":"o"})");
  EXPECT_EQ(connect_head("p", "o", 7), R"(40/admin,{"pid":"p","offset":"o",)");
  EXPECT_EQ(connect_head("p", "", 7), "40/admin,{");
  EXPECT_EQ(connect_head("", "o", 0), "40/admin,");
}

TEST(NamespaceSession, IsRecoveredWhereTheServerKeepsThePid) {
  Rig rig;
  rig.reach(NamespaceState::connecting);
  rig.session.connect_packet("p", 0);
  EXPECT_FALSE(rig.session.recovered()) << "the first session recovers nothing";
  EXPECT_TRUE(rig.session.has_offsets());
  rig.note_offset("o");
  for (const char* pid : {"p", "p", "q"}) {
    rig.session.detach(0);
    rig.session.attach(0);
    rig.session.auth_ready(rig.request(), 0, 0);
    rig.session.connect_packet(pid, 0);
    EXPECT_EQ(rig.session.recovered(), *pid == 'p');
  }
}

TEST(NamespaceSession, IsNotRecoveredAfterARejection) {
  Rig rig;
  rig.reach(NamespaceState::connected);
  rig.session.connect_packet("p", 0);
  rig.note_offset("o");
  rig.session.detach(0);
  rig.reach(NamespaceState::rejected);
  EXPECT_FALSE(rig.session.has_offsets());
}

TEST(NamespaceSession, IsTakenBackWhenTheServerAcceptsWhatTheUserHasLeft) {
  for (const bool returns : {false, true}) {
    Rig rig;
    rig.reach(returns ? NamespaceState::rejoining : NamespaceState::leaving);
    rig.effects.clear();
    EXPECT_EQ(rig.session.connect_packet("p", 0), returns ? NamespaceSignal::reattach : NamespaceSignal::none);
    ASSERT_EQ(rig.effects.size(), 1u);
    EXPECT_EQ(std::get<SendPacket>(rig.effects[0]).head, "41/admin,");
    EXPECT_FALSE(rig.session.has_offsets()) << "the session that was taken back is not to be recovered";
    EXPECT_EQ(rig.session.connect_after(), kReconnectPause);
    rig.session.detach(1);
    EXPECT_EQ(rig.session.connect_after(), 0) << "another connection knows nothing of it";
  }
}

TEST(NamespaceSession, ARefusalOfWhatTheUserHasLeftDoesNotCount) {
  Rig rig;
  rig.reach(NamespaceState::rejoining);
  EXPECT_EQ(rig.session.connect_error("an old token", 0), NamespaceSignal::none);
  rig.effects.clear();
  rig.session.auth_ready(rig.request(), 0, 0);
  EXPECT_EQ(rig.session.connect_error("1", 0), NamespaceSignal::none) << "asked anew at once: it is the first";
}

TEST(NamespaceSession, CredentialsForAnOlderQuestionAreDroppedNotLeaked) {
  Rig rig;
  rig.reach(NamespaceState::authenticating);
  const std::uint32_t old = rig.request();
  rig.session.detach(0);
  rig.session.attach(0);
  rig.effects.clear();
  rig.session.auth_ready(old, 42, 0);
  EXPECT_EQ(rig.session.state(), NamespaceState::authenticating);
  ASSERT_EQ(rig.effects.size(), 1u);
  EXPECT_EQ(std::get<ReleasePayload>(rig.effects[0]).payload, 42u);
}

}  // namespace
}  // namespace raclette
