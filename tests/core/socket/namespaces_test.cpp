// Several namespaces over one connection: each with its own session, credentials, status and listeners.
#include <gtest/gtest.h>

#include "harness/namespaces.h"

namespace raclette {
namespace {

using testing::NamespacesTest;

TEST_F(NamespacesTest, AreToldApartByNameAndMadeOnce) {
  EXPECT_EQ(pair.runtime->open_namespace("/").value, 0u);
  EXPECT_EQ(admin, 1u);
  EXPECT_EQ(pair.runtime->open_namespace("admin").value, admin);
  EXPECT_EQ(pair.runtime->open_namespace("/other").value, 2u);
}

TEST_F(NamespacesTest, ShareOneConnection) {
  connect(admin);
  connect(0);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
  EXPECT_EQ(pair.sent, (std::vector<std::string>{"40/admin,", "40"}));
  EXPECT_EQ(status(0), SocketStatus::connected);
  EXPECT_EQ(status(admin), SocketStatus::connected);
}

TEST_F(NamespacesTest, HearTheirOwnEvents) {
  connect(0);
  connect(admin);
  pair.runtime->listen(0, kAllPlugins, "news");
  EXPECT_EQ(pair.text(R"(42/admin,["news"])").kind, RouteKind::nothing);
  const std::uint32_t listener = pair.runtime->listen(admin, kAllPlugins, "news").value;
  const FrameRoute route = pair.text(R"(42/admin,["news"])");
  EXPECT_EQ(route.kind, RouteKind::event);
  EXPECT_EQ(route.nsp_id, admin);
  ASSERT_EQ(pair.runtime->plan(route.plan).listeners.size(), 1u);
  EXPECT_EQ(pair.runtime->plan(route.plan).listeners[0], listener);
  EXPECT_NE(pair.text(R"(42["news"])").plan, route.plan);
  EXPECT_TRUE(pair.runtime->unlisten(admin, listener));
  EXPECT_EQ(pair.text(R"(42/admin,["news"])").kind, RouteKind::nothing);
  EXPECT_EQ(pair.text(R"(42/nobody,["news"])").kind, RouteKind::nothing);
}

TEST_F(NamespacesTest, EndOneByOneAndTheConnectionWithTheLast) {
  connect(0);
  connect(admin);
  disconnect(0);
  EXPECT_EQ(pair.sent.back(), "41");
  EXPECT_EQ(pair.count<CloseTransport>(), 0u);
  EXPECT_EQ(status(admin), SocketStatus::connected);
  disconnect(admin);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
  EXPECT_EQ(pair.runtime->census().timers, 0u);
}

TEST_F(NamespacesTest, ARejectionConcernsOne) {
  connect(0);
  pair.accepts = false;
  connect(admin);
  for (int i = 0; i < 3; ++i) {
    pair.text(R"(44/admin,{"message":"not you"})");
    pair.advance(5000);
  }
  EXPECT_EQ(status(admin), SocketStatus::rejected);
  EXPECT_EQ(status(0), SocketStatus::connected);
  EXPECT_EQ(pair.count<CloseTransport>(), 0u);
}

TEST_F(NamespacesTest, AllComeBackAfterALoss) {
  connect(0);
  connect(admin);
  pair.drop();
  EXPECT_EQ(status(0), SocketStatus::reconnecting);
  EXPECT_EQ(status(admin), SocketStatus::reconnecting);
  pair.advance(1000);
  EXPECT_EQ(status(0), SocketStatus::connected);
  EXPECT_EQ(status(admin), SocketStatus::connected);
  EXPECT_EQ(pair.count<OpenTransport>(), 2u);
}

TEST_F(NamespacesTest, KeepTheirEmitsAndAcksApart) {
  connect(0);
  const std::uint32_t waits = pair.emit({.nsp_id = admin, .payload = 1, .wants_ack = true}).value;
  EXPECT_EQ(pair.sent.size(), 1u);
  connect(admin);
  EXPECT_EQ(pair.sent.back(), "42/admin," + std::to_string(waits) + "{1}");
  EXPECT_EQ(pair.text("43" + std::to_string(waits) + "[]").kind, RouteKind::nothing) << "not this one's";
  EXPECT_EQ(pair.text("43/admin," + std::to_string(waits) + "[]").kind, RouteKind::ack);
}

TEST_F(NamespacesTest, AServerThatEndsOneLeavesTheOthers) {
  connect(0);
  connect(admin);
  pair.text("41/admin,");
  EXPECT_EQ(status(admin), SocketStatus::reconnecting);
  EXPECT_EQ(status(0), SocketStatus::connected);
  pair.advance(1000);
  EXPECT_EQ(status(admin), SocketStatus::connected);
  EXPECT_EQ(pair.count<OpenTransport>(), 1u);
}

TEST_F(NamespacesTest, ASessionThatWasTakenBackEndsOnTheServerToo) {
  connect(0);
  pair.accepts = false;
  connect(admin);
  disconnect(admin);
  EXPECT_EQ(pair.sent.back(), "40/admin,") << "the server knows no session yet that could end";
  EXPECT_EQ(status(admin), SocketStatus::closed);
  pair.text(R"(40/admin,{"sid":"late"})");
  EXPECT_EQ(pair.sent.back(), "41/admin,");
  EXPECT_EQ(status(admin), SocketStatus::closed);
}

TEST_F(NamespacesTest, NoSecondSessionBeginsBeforeTheFirstIsOver) {
  connect(0);
  pair.accepts = false;
  connect(admin);
  disconnect(admin);
  connect(admin);
  EXPECT_EQ(status(admin), SocketStatus::connecting);
  EXPECT_EQ(pair.sent, (std::vector<std::string>{"40", "40/admin,"}));
  pair.text(R"(40/admin,{"sid":"first"})");
  EXPECT_EQ(status(admin), SocketStatus::connecting);
  EXPECT_EQ(pair.sent.back(), "41/admin,");
  pair.advance(100);
  EXPECT_EQ(pair.sent, (std::vector<std::string>{"40", "40/admin,", "41/admin,", "40/admin,"}));
  pair.text(R"(40/admin,{"sid":"second"})");
  EXPECT_EQ(status(admin), SocketStatus::connected);
  EXPECT_EQ(pair.last<StatusChanged>()->text, "second");
}

TEST_F(NamespacesTest, AServerThatNeverAnswersWhatWasTakenBackIsGivenUpWhenItIsWantedAgain) {
  connect(0);
  pair.accepts = false;
  connect(admin);
  disconnect(admin);
  pair.advance(19'000);
  EXPECT_EQ(pair.count<CloseTransport>(), 0u) << "nobody waits";
  pair.text("2");
  connect(admin);
  pair.advance(19'000);
  EXPECT_EQ(pair.count<CloseTransport>(), 0u);
  pair.advance(1'000);
  EXPECT_EQ(pair.count<CloseTransport>(), 1u);
}

TEST_F(NamespacesTest, ConnectAgainSomeTimeAfterTheyWereLeft) {
  connect(0);
  connect(admin);
  disconnect(admin);
  connect(admin);
  EXPECT_EQ(status(admin), SocketStatus::connecting);
  pair.advance(99);
  EXPECT_EQ(pair.sent.back(), "41/admin,") << "a server that gets both at once closes the connection";
  pair.runtime->listen(admin, kAllPlugins, "old");
  EXPECT_EQ(pair.text(R"(42/admin,["old"])").kind, RouteKind::nothing);
  pair.advance(1);
  EXPECT_EQ(pair.sent.back(), "40/admin,");
  EXPECT_EQ(status(admin), SocketStatus::connected);
  disconnect(admin);
  pair.advance(100);
  connect(admin);
  EXPECT_EQ(status(admin), SocketStatus::connected) << "nobody waits for longer than that";
}

TEST_F(NamespacesTest, AreGoneWhenTheyAreLeftAgainBeforeThat) {
  connect(0);
  connect(admin);
  for (int i = 0; i < 3; ++i) {
    disconnect(admin);
    connect(admin);
  }
  disconnect(admin);
  pair.advance(1000);
  EXPECT_EQ(pair.sent, (std::vector<std::string>{"40", "40/admin,", "41/admin,"}));
  EXPECT_EQ(status(admin), SocketStatus::closed);
}

TEST_F(NamespacesTest, ABinaryEventOfASessionThatWasLeftIsNotHeardInTheNext) {
  connect(0);
  connect(admin);
  pair.runtime->listen(admin, kAllPlugins, "file");
  EXPECT_EQ(pair.text(R"(451-/admin,["file",{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  disconnect(admin);
  connect(admin);
  EXPECT_EQ(pair.binary().kind, RouteKind::nothing);
  pair.accepts = false;
  pair.advance(100);
  pair.text(R"(40/admin,{"sid":"s2"})");
  EXPECT_EQ(pair.text(R"(451-/admin,["file",{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  EXPECT_EQ(pair.binary().kind, RouteKind::event);
}

TEST_F(NamespacesTest, ThoseThatWereWantedAreLeftAndReturnForAnotherUser) {
  const std::uint32_t other = pair.runtime->open_namespace("/other").value;
  const std::uint32_t left = pair.runtime->open_namespace("/left").value;
  for (const std::uint32_t nsp_id : {0u, admin, left}) connect(nsp_id);
  disconnect(left);
  const ConnectionId before = pair.connection;
  pair.runtime->end_sessions(pair.now);
  pair.settle();
  for (const std::uint32_t nsp_id : {0u, admin}) EXPECT_EQ(status(nsp_id), SocketStatus::closed);
  pair.advance(60000);
  EXPECT_EQ(pair.connection, 0u) << "nothing returns by itself";
  const std::size_t asked = pair.count<AskAuth>();
  for (int twice = 0; twice < 2; ++twice) {
    pair.runtime->restore_sessions(pair.now);
    pair.settle();
  }
  for (const std::uint32_t nsp_id : {0u, admin}) EXPECT_EQ(status(nsp_id), SocketStatus::connected);
  for (const std::uint32_t nsp_id : {other, left}) EXPECT_EQ(status(nsp_id), SocketStatus::closed);
  EXPECT_NE(pair.connection, before);
  EXPECT_EQ(pair.count<AskAuth>(), asked + 2);
}

TEST_F(NamespacesTest, OneThatWasRejectedReturnsForAnotherUserAndOneThatIsLeftMeanwhileDoesNot) {
  pair.accepts = false;
  connect(0);
  connect(admin);
  for (int i = 0; i < 3; ++i) {
    pair.text(R"(44{"message":"who?"})");
    pair.advance(2000);
  }
  ASSERT_EQ(status(0), SocketStatus::rejected);
  pair.accepts = true;
  for (int twice = 0; twice < 2; ++twice) {
    pair.runtime->end_sessions(pair.now);
    pair.settle();
  }
  disconnect(admin);
  pair.runtime->restore_sessions(pair.now);
  pair.settle();
  EXPECT_EQ(status(0), SocketStatus::connected);
  EXPECT_EQ(status(admin), SocketStatus::closed);
}

TEST_F(NamespacesTest, ForAnotherUserNothingIsRecoveredAndNothingThatWaitedIsSent) {
  pair.pid = "p1";
  connect(0);
  pair.text(R"(42["e",1,"offset-1"])");
  pair.emit(1, 0, true, 0);
  pair.emit(2, 0, true, 0, 3);
  pair.emit({.nsp_id = admin, .payload = 3, .wants_ack = true});
  pair.emit({.nsp_id = admin, .payload = 4});
  pair.log.clear();
  pair.runtime->end_sessions(pair.now);
  pair.settle();
  EXPECT_EQ(pair.count<AckFailed>(), 3u);
  EXPECT_EQ(pair.count<EmitOver>(), 1u);
  EXPECT_EQ(pair.runtime->census().emits, 0u);
  pair.sent.clear();
  pair.runtime->restore_sessions(pair.now);
  pair.settle();
  connect(admin);
  EXPECT_EQ(pair.sent, (std::vector<std::string>{"40", "40/admin,"}));
  EXPECT_FALSE(pair.last<StatusChanged>()->recovered);
}

TEST_F(NamespacesTest, AThousandAndMoreGetTheirCredentials) {
  std::uint32_t nsp_id = 0;
  for (int i = 0; i < 1500; ++i) nsp_id = pair.runtime->open_namespace("/n" + std::to_string(i)).value;
  connect(nsp_id);
  EXPECT_EQ(status(nsp_id), SocketStatus::connected);
}

TEST_F(NamespacesTest, HaveNamesOfAnyLetters) {
  const std::uint32_t rooms = pair.runtime->open_namespace("/r\xC3\xA4ume").value;
  connect(0);
  connect(rooms);
  EXPECT_EQ(status(rooms), SocketStatus::connected);
  pair.runtime->listen(rooms, kAllPlugins, "e");
  EXPECT_EQ(pair.text("42/r\xC3\xA4ume,[\"e\",1]").kind, RouteKind::event);
  EXPECT_EQ(pair.text("42/r\xC3\xA4ume2,[\"e\",1]").kind, RouteKind::nothing);
}

}  // namespace
}  // namespace raclette
