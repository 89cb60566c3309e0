// The client against a scripted server: the whole way from Connect to events, and every way in which it can be
// interrupted.
#include <gtest/gtest.h>

#include "base/text.h"
#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;
using testing::to_utf16;

SocketStatus status(const Pair& pair) { return pair.last<StatusChanged>()->status; }
ErrorCode status_code(const Pair& pair) { return pair.last<StatusChanged>()->code; }

TEST(Client, ConnectsThroughEveryStep) {
  Pair pair;
  pair.connect();
  EXPECT_EQ(status(pair), SocketStatus::connected);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "s1");
  ASSERT_EQ(pair.sent.size(), 1u);
  EXPECT_EQ(pair.sent[0], "40");
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
}

TEST(Client, ConnectAgainWhileConnectedDoesNothing) {
  Pair pair;
  pair.connect();
  const std::size_t effects = pair.log.size();
  pair.connect();
  EXPECT_EQ(pair.log.size(), effects);
}

TEST(Client, DeliversAnEventToItsListenersByTheHeadAlone) {
  Pair pair;
  pair.connect();
  const Outcome listener = pair.runtime->listen(0, kAllPlugins, "todoCreated");
  const std::u16string frame = to_utf16(R"(42["plugin_x--todoCreated",{"name":"ä"}])");
  const FrameRoute route = pair.text_head(frame, frame.find(u"\",") + 1);
  ASSERT_EQ(route.kind, RouteKind::event);
  EXPECT_EQ(route.args_offset, 2u);
  EXPECT_EQ(route.reply_id, -1);
  const ChannelPlanView plan = pair.runtime->plan(route.plan);
  EXPECT_EQ(plan.version, route.plan_version);
  EXPECT_EQ(plan.key, "todoCreated");
  EXPECT_EQ(plan.prefix, "plugin_x");
  ASSERT_EQ(plan.listeners.size(), 1u);
  EXPECT_EQ(plan.listeners[0], listener.value);
}

TEST(Client, AnEventForNobodyIsNothing) {
  Pair pair;
  pair.connect();
  EXPECT_EQ(pair.text(R"(42["unheard",1])").kind, RouteKind::nothing);
}

TEST(Client, AsksForMoreWhereTheHeadDoesNotTell) {
  Pair pair;
  pair.shakes = false;
  pair.connect();
  const std::u16string open = to_utf16("0" + pair.handshake);
  EXPECT_EQ(pair.text_head(open, 8).kind, RouteKind::need_all);
  EXPECT_EQ(pair.text_head(open, open.size()).kind, RouteKind::nothing);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.runtime->listen(0, kAllPlugins, "name");
  const std::u16string event = u"42[\"name\",1]";
  EXPECT_EQ(pair.text_head(event, 5).kind, RouteKind::need_all);
  EXPECT_EQ(pair.text_head(event, event.size()).kind, RouteKind::event);
}

TEST(Client, TellsAnEventByItsHeadAndLeavesAllElseToTheWholeFrame) {
  Pair pair;
  const auto by_head = [&pair](std::u16string_view head) {
    return pair.runtime->event_frame(pair.connection, head).kind;
  };
  pair.connect();
  pair.runtime->listen(0, kAllPlugins, "name");
  const std::u16string event = u"42[\"name\",1]";
  const std::u16string_view head = std::u16string_view(event).substr(0, event.find(u','));
  EXPECT_EQ(by_head(head), RouteKind::event);
  EXPECT_EQ(by_head(u"42/,[\"name\""), RouteKind::event);
  EXPECT_EQ(by_head(u"42[\"other\""), RouteKind::nothing);
  EXPECT_EQ(by_head(u"42/elsewhere,[\"name\""), RouteKind::nothing);
  for (const char16_t* other :
       {u"2", u"3probe", u"43[\"a\"", u"451-[\"name\"", u"44{\"message\"", u"42[\"connect\"", u"9\"a\"", u""}) {
    EXPECT_EQ(by_head(other), RouteKind::need_all) << to_utf8(std::u16string_view(other));
  }
  EXPECT_EQ(pair.runtime->event_frame(pair.connection + 1, head).kind, RouteKind::need_all) << "another connection";
  EXPECT_FALSE(pair.runtime->has_effects());

  EXPECT_EQ(pair.text(R"(451-["name",{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  EXPECT_EQ(by_head(head), RouteKind::need_all) << "attachments are due";
  EXPECT_EQ(pair.binary().kind, RouteKind::event);
  EXPECT_EQ(by_head(head), RouteKind::event);
  pair.drop();
  EXPECT_EQ(by_head(head), RouteKind::need_all) << "no connection";
}

TEST(Client, ReconnectsWithBackoffAfterALoss) {
  Pair pair(R"({"randomizationFactor":0})");
  pair.connect();
  pair.drop("wire cut");
  EXPECT_EQ(status(pair), SocketStatus::reconnecting);
  EXPECT_EQ(status_code(pair), ErrorCode::TRANSPORT_CLOSED);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "wire cut");
  pair.advance(999);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  pair.advance(1);
  EXPECT_EQ(pair.count<OpenTransport>(), 2u);
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Client, WaitsLongerEachTimeAndStartsOverAfterASuccess) {
  Pair pair(R"({"randomizationFactor":0})");
  pair.connect();
  pair.opens = false;
  pair.drop();
  for (const double wait : {1000, 2000, 4000, 5000, 5000}) {
    pair.advance(wait);
    ASSERT_NE(pair.connection, 0u) << wait;
    pair.drop();
  }
  pair.opens = true;
  pair.advance(5000);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.text(R"(42["e"])");
  pair.drop();
  pair.advance(1000);
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Client, GivesUpAfterTheAttempts) {
  Pair pair(R"({"reconnectionAttempts":2,"randomizationFactor":0})");
  pair.opens = false;
  pair.connect();
  for (int i = 0; i < 3; ++i) {
    pair.drop();
    pair.advance(5000);
  }
  EXPECT_EQ(status(pair), SocketStatus::closed);
  EXPECT_EQ(status_code(pair), ErrorCode::RECONNECT_FAILED);
  EXPECT_EQ(pair.count<OpenTransport>(), 3u);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
  pair.opens = true;
  pair.connect();
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Client, DoesNotReconnectWhereThatIsSwitchedOff) {
  Pair pair(R"({"reconnection":false})");
  pair.connect();
  pair.drop();
  EXPECT_EQ(status(pair), SocketStatus::closed);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST(Client, RecoversFromADropAtEveryStepOfTheHandshake) {
  for (int step = 0; step < 4; ++step) {
    SCOPED_TRACE(step);
    Pair pair;
    pair.opens = step > 0;
    pair.shakes = step > 1;
    pair.authorizes = step > 2;
    pair.accepts = false;
    pair.connect();
    EXPECT_EQ(status(pair), SocketStatus::connecting);
    pair.drop();
    pair.opens = pair.shakes = pair.authorizes = pair.accepts = true;
    pair.advance(5000);
    EXPECT_EQ(status(pair), SocketStatus::connected);
  }
}

TEST(Client, GivesUpAHandshakeThatTakesTooLongAtEveryStep) {
  for (int step = 0; step < 2; ++step) {
    SCOPED_TRACE(step);
    Pair pair(R"({"timeout":3000})");
    pair.opens = step > 0;
    pair.shakes = false;
    pair.connect();
    pair.advance(2999);
    EXPECT_EQ(pair.count<CloseTransport>(), 0u);
    pair.advance(1);
    EXPECT_EQ(pair.count<CloseTransport>(), 1u);
    EXPECT_EQ(status_code(pair), ErrorCode::CONNECT_TIMEOUT);
  }
}

TEST(Client, GivesUpAConnectThatIsNotAnswered) {
  Pair pair(R"({"timeout":3000})");
  pair.accepts = false;
  pair.connect();
  pair.advance(3000);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
  EXPECT_EQ(status_code(pair), ErrorCode::CONNECT_TIMEOUT);
}

TEST(Client, GivesUpAServerThatStopsPinging) {
  Pair pair;
  pair.connect();
  pair.advance(44999);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.text("2");
  EXPECT_EQ(pair.sent.back(), "3");
  pair.advance(44999);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.advance(1);
  EXPECT_EQ(status_code(pair), ErrorCode::PING_TIMEOUT);
}

TEST(Client, APingThatCameBeforeTheLateTimerKeepsTheConnection) {
  Pair pair;
  pair.connect();
  pair.now += 60000;  // the machine slept; the ping is handled before the timer gets its turn
  pair.text("2");
  pair.input(Tick{});
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Client, IgnoresWhatComesLateFromAnEarlierConnection) {
  Pair pair;
  pair.connect();
  const ConnectionId old = pair.connection;
  pair.drop();
  pair.advance(5000);
  ASSERT_NE(pair.connection, old);
  const std::size_t effects = pair.log.size();
  pair.input(TransportClosed{old, "late"});
  pair.runtime->text_frame(old, u"rubbish", 7, pair.now);
  pair.input(PayloadRefused{old, "late"});
  pair.settle();
  EXPECT_EQ(pair.log.size(), effects);
}

TEST(Client, DisconnectTellsTheServerAndStaysClosed) {
  Pair pair;
  pair.connect();
  pair.disconnect();
  ASSERT_GE(pair.sent.size(), 3u);
  EXPECT_EQ(pair.sent[1], "41");
  EXPECT_EQ(pair.sent[2], "1");
  EXPECT_EQ(status(pair), SocketStatus::closed);
  pair.advance(100000);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST(Client, DisconnectDuringEveryStepLeavesNothingBehind) {
  for (int step = 0; step < 4; ++step) {
    SCOPED_TRACE(step);
    Pair pair;
    pair.opens = step > 0;
    pair.shakes = step > 1;
    pair.authorizes = step > 2;
    pair.accepts = false;
    pair.connect();
    pair.disconnect();
    EXPECT_EQ(status(pair), SocketStatus::closed);
    EXPECT_EQ(pair.runtime->census().timers, 0u);
    pair.input(AuthReady{1, 42});
    EXPECT_EQ(pair.released_payloads[42], 1) << "credentials that come too late are released";
  }
}

TEST(Client, AsksForCredentialsAtEveryConnect) {
  Pair pair;
  pair.connect();
  pair.drop();
  pair.advance(5000);
  EXPECT_EQ(pair.count<AskAuth>(), 2u);
}

TEST(Client, IsRejectedAfterThreeRefusalsAndStartsAnewOnConnect) {
  Pair pair(R"({"randomizationFactor":0})");
  pair.accepts = false;
  pair.connect();
  pair.text(R"(44{"message":"bad token"})");
  EXPECT_EQ(pair.last<AskAuth>()->reason, "bad token");
  EXPECT_EQ(pair.count<AskAuth>(), 2u) << "the first refusal is answered at once";
  pair.text(R"(44{"message":"bad token"})");
  EXPECT_EQ(pair.count<AskAuth>(), 2u) << "the second waits";
  pair.advance(1000);
  EXPECT_EQ(pair.count<AskAuth>(), 3u);
  pair.text(R"(44{"message":"still bad"})");
  EXPECT_EQ(status(pair), SocketStatus::rejected);
  EXPECT_EQ(status_code(pair), ErrorCode::CONNECT_REJECTED);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "still bad");
  EXPECT_EQ(pair.runtime->census().timers, 0u);
  pair.accepts = true;
  pair.connect();
  EXPECT_EQ(status(pair), SocketStatus::connected);
}

TEST(Client, ThatThereAreNoCredentialsToBeHadIsNoRefusal) {
  Pair pair(R"({"randomizationFactor":0})");
  pair.authorizes = false;
  pair.connect();
  for (const double wait : {1000, 2000, 4000, 5000, 5000, 5000}) {
    pair.input(AuthFailed{pair.last<AskAuth>()->request, "fetch failed", true});
    EXPECT_EQ(status(pair), SocketStatus::connecting);
    EXPECT_EQ(status_code(pair), ErrorCode::AUTH_FAILED);
    EXPECT_EQ(pair.last<StatusChanged>()->text, "fetch failed");
    const std::size_t asked = pair.count<AskAuth>();
    pair.advance(wait - 1);
    EXPECT_EQ(pair.count<AskAuth>(), asked);
    pair.advance(1);
    EXPECT_EQ(pair.count<AskAuth>(), asked + 1);
    EXPECT_EQ(pair.last<AskAuth>()->reason, "") << "nobody refused any";
  }
  pair.input(AuthFailed{pair.last<AskAuth>()->request, "fetch failed", true});
  pair.authorizes = true;
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(status(pair), SocketStatus::connected) << "at once with the network";
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
}

TEST(Client, OtherFailuresOfAuthCountAsRefusals) {
  Pair pair(R"({"randomizationFactor":0})");
  pair.authorizes = false;
  pair.connect();
  for (int i = 0; i < 3; ++i) {
    pair.input(AuthFailed{pair.last<AskAuth>()->request, "no login"});
    if (i == 1) pair.advance(1000);
  }
  EXPECT_EQ(status(pair), SocketStatus::rejected);
  EXPECT_EQ(status_code(pair), ErrorCode::AUTH_FAILED);
}

TEST(Client, AnAuthThatNeverAnswersIsAskedAnewAfterTheTimeout) {
  Pair pair(R"({"timeout":3000,"randomizationFactor":0})");
  pair.authorizes = false;
  pair.connect();
  const std::uint32_t first = pair.last<AskAuth>()->request;
  EXPECT_FALSE(pair.last<AskAuth>()->anew);
  pair.advance(3000);
  EXPECT_EQ(status_code(pair), ErrorCode::AUTH_FAILED);
  pair.input(AuthReady{first, 7});
  EXPECT_EQ(pair.released_payloads[7], 1) << "too late";
  pair.advance(1000);
  EXPECT_EQ(pair.count<AskAuth>(), 2u);
  EXPECT_TRUE(pair.last<AskAuth>()->anew);
  pair.input(AuthReady{pair.last<AskAuth>()->request, 8});
  EXPECT_EQ(status(pair), SocketStatus::connected);
  EXPECT_EQ(pair.runtime->census().timers, 1u);
}

TEST(Client, ALimitOfAttemptsHoldsForCredentialsToo) {
  Pair pair(R"({"reconnectionAttempts":2,"randomizationFactor":0})");
  pair.authorizes = false;
  pair.connect();
  for (int i = 0; i < 3; ++i) {
    pair.input(AuthFailed{pair.last<AskAuth>()->request, "fetch failed", true});
    pair.advance(5000);
  }
  EXPECT_EQ(status_code(pair), ErrorCode::RECONNECT_FAILED);
}

TEST(Client, ARefusalOfAnySizeIsOneAndHasAReason) {
  Pair pair(R"({"authAttempts":1})");
  pair.accepts = false;
  pair.connect();
  pair.text(R"(44{"message":"no","data":")" + std::string(200'000, 'x') + R"("})");
  EXPECT_EQ(status(pair), SocketStatus::rejected);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "no");
  pair.connect();
  pair.text("44{}");
  EXPECT_EQ(status(pair), SocketStatus::rejected);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "the server refused the connection");
}

TEST(Client, ReconnectsAfterTheServerEndedTheSession) {
  Pair pair(R"({"randomizationFactor":0})");
  pair.connect();
  pair.text("41");
  EXPECT_EQ(status(pair), SocketStatus::reconnecting);
  EXPECT_EQ(status_code(pair), ErrorCode::SERVER_DISCONNECTED);
  pair.advance(1000);
  EXPECT_EQ(status(pair), SocketStatus::connected);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u) << "over the same connection";
}

TEST(Client, RefusesAServerBeforeSocketIo3) {
  Pair pair;
  pair.accepts = false;
  pair.connect();
  pair.text("40");
  EXPECT_EQ(status_code(pair), ErrorCode::SOCKET_BAD_PACKET);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
}

TEST(Client, WhatIsNoPacketClosesTheConnectionAndLaterEventsStillArrive) {
  const struct {
    const char* frame;
    ErrorCode code;
  } cases[] = {
      {"", ErrorCode::ENGINE_BAD_PACKET},
      {"9", ErrorCode::ENGINE_BAD_PACKET},
      {"hello", ErrorCode::ENGINE_BAD_PACKET},
      {"0{}", ErrorCode::ENGINE_BAD_PACKET},
      {"49", ErrorCode::SOCKET_BAD_PACKET},
      {"42", ErrorCode::SOCKET_BAD_PACKET},
      {"42{}", ErrorCode::SOCKET_BAD_PACKET},
      {"42[\"a\"", ErrorCode::SOCKET_BAD_PACKET},
      {"42[\"connect\"]", ErrorCode::SOCKET_BAD_PACKET},
      {"451001-[\"a\"]", ErrorCode::SOCKET_BAD_PACKET},
      {"45-[\"a\"]", ErrorCode::SOCKET_BAD_PACKET},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.frame);
    Pair pair;
    pair.connect();
    pair.runtime->listen(0, kAllPlugins, "later");
    pair.text(one.frame);
    EXPECT_EQ(status_code(pair), one.code);
    ASSERT_TRUE(pair.last<ReportError>());
    EXPECT_EQ(pair.last<ReportError>()->code, one.code);
    EXPECT_EQ(pair.count<CloseTransport>(), 1u);
    pair.advance(5000);
    EXPECT_EQ(pair.text(R"(42["later"])").kind, RouteKind::event);
  }
}

TEST(Client, APayloadThatIsNoJsonClosesTheConnection) {
  Pair pair;
  pair.connect();
  pair.input(PayloadRefused{pair.connection, "Unexpected token"});
  EXPECT_EQ(status_code(pair), ErrorCode::SOCKET_BAD_PAYLOAD);
  EXPECT_EQ(pair.last<ReportError>()->detail, "Unexpected token");
}

TEST(Client, HoldsABinaryPacketUntilItsAttachmentsAreThere) {
  Pair pair;
  pair.connect();
  pair.runtime->listen(0, kAllPlugins, "file");
  EXPECT_EQ(pair.text(R"(452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])").kind,
            RouteKind::hold);
  EXPECT_EQ(pair.binary().kind, RouteKind::hold);
  const FrameRoute route = pair.binary();
  EXPECT_EQ(route.kind, RouteKind::event);
  EXPECT_EQ(route.args_offset, 4u);
  EXPECT_EQ(pair.runtime->census().timers, 1u) << "only the next ping is waited for";
}

TEST(Client, AttachmentsThatDoNotFitCloseTheConnection) {
  {
    Pair pair;
    pair.connect();
    pair.binary();
    EXPECT_EQ(status_code(pair), ErrorCode::SOCKET_BAD_ATTACHMENTS) << "unannounced";
  }
  {
    Pair pair;
    pair.connect();
    pair.text(R"(451-["file",{"_placeholder":true,"num":0}])");
    pair.text(R"(42["other"])");
    EXPECT_EQ(status_code(pair), ErrorCode::SOCKET_BAD_ATTACHMENTS) << "a packet in between";
  }
  {
    Pair pair;
    pair.connect();
    pair.text(R"(451-["file",{"_placeholder":true,"num":0}])");
    pair.text("2");
    pair.advance(44000);
    pair.text("2");
    pair.advance(1000);
    EXPECT_EQ(status_code(pair), ErrorCode::SOCKET_BAD_ATTACHMENTS) << "they never come, though the server lives";
    pair.advance(5000);
    EXPECT_EQ(status(pair), SocketStatus::connected);
  }
}

TEST(Client, PingsBetweenAttachmentsAreFine) {
  Pair pair;
  pair.connect();
  pair.runtime->listen(0, kAllPlugins, "file");
  pair.text(R"(451-["file",{"_placeholder":true,"num":0}])");
  pair.text("2");
  EXPECT_EQ(pair.binary().kind, RouteKind::event);
}

TEST(Client, TenMegabytesInOneFrameAreAnEventLikeAnyOther) {
  Pair pair;
  pair.connect();
  pair.runtime->listen(0, kAllPlugins, "big");
  const std::u16string frame = u"42[\"big\",\"" + std::u16string(10 * 1024 * 1024, u'x') + u"\"]";
  EXPECT_EQ(pair.text_head(frame, 8).kind, RouteKind::event);
  EXPECT_EQ(pair.text_head(frame, frame.size()).kind, RouteKind::event);
}

TEST(Client, AControlPacketOfTenMegabytesIsRefusedUnread) {
  Pair pair;
  pair.connect();
  const std::u16string frame = u"40{\"sid\":\"" + std::u16string(10 * 1024 * 1024, u'x') + u"\"}";
  EXPECT_EQ(pair.text_head(frame, 20).kind, RouteKind::nothing);
  EXPECT_EQ(status_code(pair), ErrorCode::FRAME_TOO_LARGE);
  EXPECT_EQ(pair.text_head(frame, 0).kind, RouteKind::nothing);
}

TEST(Client, SendsEventsAndKeepsThemUntilConnected) {
  Pair pair;
  pair.emit(11, 0, false, 0);
  pair.settle();
  EXPECT_TRUE(pair.sent.empty());
  pair.connect();
  ASSERT_EQ(pair.sent.size(), 2u);
  EXPECT_EQ(pair.sent[1], "42{11}");
  EXPECT_EQ(pair.released_payloads[11], 1);
  pair.emit(12, 3, false, 0);
  pair.settle();
  EXPECT_EQ(pair.sent[2], "453-{12}");
}

TEST(Client, ReservedAndEmptyNamesCannotBeSent) {
  EXPECT_EQ(Runtime::check_event("disconnect").code, ErrorCode::RESERVED_EVENT);
  EXPECT_EQ(Runtime::check_event("").code, ErrorCode::BAD_ARGUMENT);
  EXPECT_EQ(Runtime::check_event("say \"hi\"").code, ErrorCode::OK);
}

TEST(Client, AnAckIsAnsweredOnce) {
  Pair pair;
  pair.connect();
  const std::uint32_t ack = pair.emit(11, 0, true, 0);
  pair.settle();
  EXPECT_EQ(pair.sent.back(), "42" + std::to_string(ack) + "{11}");
  const std::string answer = "43" + std::to_string(ack) + "[1]";
  const FrameRoute route = pair.text(answer);
  EXPECT_EQ(route.kind, RouteKind::ack);
  EXPECT_EQ(route.ack, ack);
  EXPECT_EQ(route.args_offset, answer.find('['));
  EXPECT_EQ(pair.text(answer).kind, RouteKind::nothing);
  EXPECT_EQ(pair.text("4399999[1]").kind, RouteKind::nothing);
}

TEST(Client, EveryAckEnds) {
  Pair pair;
  pair.connect();
  const std::uint32_t timed = pair.emit(1, 0, true, 500);
  pair.settle();
  pair.advance(500);
  EXPECT_EQ(pair.last<AckFailed>()->ack, timed);
  EXPECT_EQ(pair.last<AckFailed>()->code, ErrorCode::ACK_TIMEOUT);
  const std::uint32_t cut = pair.emit(2, 0, true, 0);
  pair.settle();
  pair.drop();
  EXPECT_EQ(pair.last<AckFailed>()->ack, cut);
  EXPECT_EQ(pair.last<AckFailed>()->code, ErrorCode::SOCKET_DISCONNECTED);
}

TEST(Client, ABinaryAckWhoseAttachmentsAreCutOffEndsToo) {
  Pair pair;
  pair.connect();
  const std::uint32_t ack = pair.emit(1, 0, true, 0);
  pair.settle();
  EXPECT_EQ(pair.text("461-" + std::to_string(ack) + R"([{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  pair.drop();
  ASSERT_TRUE(pair.last<AckFailed>());
  EXPECT_EQ(pair.last<AckFailed>()->ack, ack);
}

TEST(Client, AnAckThatTimedOutBeforeItWasSentIsNotSent) {
  Pair pair;
  pair.emit(5, 0, true, 100);
  pair.advance(100);
  EXPECT_EQ(pair.last<AckFailed>()->code, ErrorCode::ACK_TIMEOUT);
  pair.connect();
  EXPECT_EQ(pair.sent.size(), 1u);
  EXPECT_EQ(pair.released_payloads[5], 1);
}

TEST(Client, AnswersTheServerUnderItsId) {
  Pair pair;
  pair.connect();
  pair.runtime->listen(0, kAllPlugins, "question");
  const FrameRoute route = pair.text(R"(429007199254740991["question"])");
  EXPECT_EQ(route.reply_id, 9007199254740991);
  pair.runtime->reply(0, route.reply_id, 7, 0);
  pair.settle();
  EXPECT_EQ(pair.sent.back(), "439007199254740991{7}");
  EXPECT_EQ(pair.released_payloads[7], 1);
}

TEST(Client, SpeaksForItsOwnNamespaceOnly) {
  Pair pair(R"({"namespace":"/admin"})");
  pair.accepts = false;
  pair.connect();
  EXPECT_EQ(pair.sent.back(), "40/admin,");
  pair.text(R"(40{"sid":"other"})");
  EXPECT_EQ(status(pair), SocketStatus::connecting);
  pair.text(R"(40/admin,{"sid":"mine"})");
  EXPECT_EQ(status(pair), SocketStatus::connected);
  pair.runtime->listen(0, kAllPlugins, "e");
  EXPECT_EQ(pair.text(R"(42["e"])").kind, RouteKind::nothing);
  EXPECT_EQ(pair.text(R"(42/admin,["e"])").kind, RouteKind::event);
}

}  // namespace
}  // namespace raclette
