// Namespaces that are closed: their memory is freed, and their number is reused only when nothing refers to it any
// more.
#include <gtest/gtest.h>

#include "harness/namespaces.h"

namespace raclette {
namespace {

using LeftNamespacesTest = testing::NamespacesTest;

TEST_F(LeftNamespacesTest, AreFreedWhenTheyAreLeft) {
  connect(0);
  connect(admin);
  pair.runtime->listen(admin, kAllPlugins, "news");
  const std::uint32_t waits = pair.emit({.nsp_id = admin, .payload = 1, .wants_ack = true}).value;
  leave(admin);
  EXPECT_EQ(pair.sent.back(), "41/admin,");
  EXPECT_EQ(pair.last<AckFailed>()->ack, waits);
  EXPECT_EQ(pair.released_payloads[1], 1);
  EXPECT_EQ(status(admin), SocketStatus::closed);
  EXPECT_EQ(pair.runtime->census().namespaces, 2u) << "a CONNECT would come too early";
  pair.advance(100);
  EXPECT_EQ(pair.runtime->census().namespaces, 1u);
  EXPECT_EQ(pair.runtime->census().timers, 1u) << "the next ping";
  EXPECT_EQ(pair.runtime->census().socket_listeners, 0u);
}

TEST_F(LeftNamespacesTest, AreKeptUntilTheServerHasAnswered) {
  connect(0);
  pair.accepts = false;
  connect(admin);
  leave(admin);
  pair.advance(20'000);
  EXPECT_NE(pair.runtime->open_namespace("/other").value, admin);
  pair.text(R"(44/admin,{"message":"no"})");
  EXPECT_EQ(pair.runtime->open_namespace("/third").value, admin) << "nothing refers to the number any more";
}

TEST_F(LeftNamespacesTest, AreKeptNoLongerThanTheConnection) {
  connect(0);
  pair.accepts = false;
  connect(admin);
  leave(admin);
  pair.drop();
  EXPECT_EQ(pair.runtime->census().namespaces, 1u);
}

TEST_F(LeftNamespacesTest, AreTheSameWhenTheyAreAskedForBeforeThat) {
  connect(0);
  connect(admin);
  leave(admin);
  EXPECT_EQ(pair.runtime->open_namespace("/admin").value, admin);
  connect(admin);
  pair.advance(99);
  EXPECT_EQ(pair.sent.back(), "41/admin,");
  pair.advance(1);
  EXPECT_EQ(status(admin), SocketStatus::connected);
  EXPECT_EQ(pair.sent, (std::vector<std::string>{"40", "40/admin,", "41/admin,", "40/admin,"}));
}

TEST_F(LeftNamespacesTest, ThatWereLeftTakeNothingUntilTheyAreMadeAnew) {
  connect(0);
  leave(admin);
  connect(admin);
  disconnect(admin);
  EXPECT_EQ(pair.sent, std::vector<std::string>{"40"});
  EXPECT_EQ(pair.emit({.nsp_id = admin}).code, ErrorCode::BAD_ARGUMENT);
  EXPECT_EQ(pair.runtime->listen(admin, kAllPlugins, "news").code, ErrorCode::BAD_ARGUMENT);
  EXPECT_FALSE(pair.runtime->unlisten(admin, 1));
  pair.runtime->clear_emits(admin);
  pair.runtime->reply(admin, 1, 0, 0);
  leave(admin);
  leave(77);
  leave(0);
  EXPECT_EQ(status(0), SocketStatus::connected);
}

TEST_F(LeftNamespacesTest, APlanOfTheOneBeforeIsOutOfDate) {
  connect(0);
  connect(admin);
  pair.runtime->listen(admin, kAllPlugins, "news");
  const FrameRoute before = pair.text(R"(42/admin,["news"])");
  leave(admin);
  EXPECT_TRUE(pair.runtime->plan(before.plan).listeners.empty());
  pair.advance(100);
  const std::uint32_t other = pair.runtime->open_namespace("/other").value;
  ASSERT_EQ(other, admin);
  connect(other);
  pair.runtime->listen(other, kAllPlugins, "news");
  const FrameRoute after = pair.text(R"(42/other,["news"])");
  EXPECT_EQ(after.plan, before.plan);
  EXPECT_GT(after.plan_version, before.plan_version);
}

TEST_F(LeftNamespacesTest, WhatWasUnderWayForTheOneBeforeIsNobodys) {
  connect(0);
  pair.authorizes = false;
  connect(admin);
  const std::uint32_t request = pair.last<AskAuth>()->request;
  leave(admin);
  const std::uint32_t other = pair.runtime->open_namespace("/other").value;
  ASSERT_EQ(other, admin);
  connect(other);
  pair.input(AuthReady{request, 7});
  EXPECT_EQ(pair.released_payloads[7], 1);
  EXPECT_EQ(pair.sent, std::vector<std::string>{"40"});
  pair.input(AuthReady{pair.last<AskAuth>()->request, 8});
  EXPECT_EQ(pair.sent.back().substr(0, 9), "40/other,");
}

TEST_F(LeftNamespacesTest, TheirOrderedEmitsLeaveNoLineBehind) {
  connect(0);
  connect(admin);
  for (ValueHandle payload = 1; payload <= 3; ++payload) {
    pair.emit({.nsp_id = admin, .payload = payload, .wants_ack = true, .is_ordered = true});
  }
  leave(admin);
  pair.advance(1000);
  EXPECT_EQ(pair.runtime->census().emits, 0u);
  EXPECT_EQ(pair.runtime->census().namespaces, 1u);
}

TEST_F(LeftNamespacesTest, ThatAreLeftWhileTheyWaitForCredentialsOrWereRejectedAreFreedAtOnce) {
  connect(0);
  pair.authorizes = false;
  connect(admin);
  pair.input(AuthFailed{.request = pair.last<AskAuth>()->request, .detail = "offline", .is_transient = true});
  leave(admin);
  EXPECT_EQ(pair.runtime->census().namespaces, 1u);
  pair.life(LifecycleEvent::online);
  pair.advance(10'000);
  EXPECT_EQ(pair.sent, std::vector<std::string>{"40"});
}

TEST_F(LeftNamespacesTest, ABinaryEventUnderWayIsNotHeardByTheNextOfItsNumber) {
  connect(0);
  connect(admin);
  pair.runtime->listen(admin, kAllPlugins, "file");
  pair.text(R"(451-/admin,["file",{"_placeholder":true,"num":0}])");
  leave(admin);
  pair.advance(100);
  const std::uint32_t other = pair.runtime->open_namespace("/other").value;
  ASSERT_EQ(other, admin);
  connect(other);
  pair.runtime->listen(other, kAllPlugins, "file");
  EXPECT_EQ(pair.binary().kind, RouteKind::nothing);
}

}  // namespace
}  // namespace raclette
