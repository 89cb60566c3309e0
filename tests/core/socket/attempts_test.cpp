// The state of the connection that a page can show: the number of the current attempt, the time until the next one, and
// the server's latency.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;

struct AttemptsTest : ::testing::Test {
  Pair pair{R"({"randomizationFactor":0,"reconnectionAttempts":3,"timeout":5000})"};

  /// The reports since the last call: an attempt's number, and after a plus the time until that attempt.
  std::vector<std::string> told() {
    std::vector<std::string> all;
    for (; seen < pair.log.size(); ++seen) {
      const auto* one = std::get_if<AttemptChanged>(&pair.log[seen]);
      if (one == nullptr) continue;
      all.push_back(std::to_string(one->attempt) + (one->wait > 0 ? "+" + std::to_string(one->wait) : ""));
    }
    return all;
  }
  std::uint32_t latency() const {
    const auto one = pair.last<LatencyChanged>();
    return one ? one->latency : 0;
  }
  /// The server acknowledges an emit after this time.
  void answered_after(double milliseconds) {
    const std::size_t before = pair.sent.size();
    pair.emit(1, 0, true, 0);
    const std::string head = pair.sent.at(before);
    pair.advance(milliseconds);
    pair.text("43" + head.substr(2, head.find('{') - 2) + "[]");
  }

  std::size_t seen = 0;
};

using Told = std::vector<std::string>;

TEST_F(AttemptsTest, TellsEachAttemptAndWhenItIsMade) {
  pair.connect();
  EXPECT_EQ(told(), Told{}) << "the first one is none to get it back";
  pair.opens = false;
  pair.drop();
  EXPECT_EQ(told(), Told{"1+1000"});
  pair.advance(1000);
  EXPECT_EQ(told(), Told{"1"}) << "it is under way";
  pair.drop();
  EXPECT_EQ(told(), Told{"2+2000"});
  pair.opens = true;
  pair.advance(2000);
  EXPECT_EQ(told(), (Told{"2", "0"})) << "it is there";
}

TEST_F(AttemptsTest, EndsWithTheLastOne) {
  pair.opens = false;
  pair.connect();
  for (const Told& expected : {Told{"1+1000"}, Told{"2+2000"}, Told{"3+4000"}}) {
    pair.drop();
    EXPECT_EQ(told(), expected);
    pair.advance(4000);
    told();
  }
  pair.drop();
  EXPECT_EQ(told(), Told{"0"});
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::RECONNECT_FAILED);
}

TEST_F(AttemptsTest, EndsWithTheUsersWish) {
  pair.connect();
  pair.drop();
  told();
  pair.disconnect();
  EXPECT_EQ(told(), Told{"0"});
  pair.connect();
  EXPECT_EQ(told(), Told{});
}

TEST_F(AttemptsTest, CountsASessionThatTheServerEnded) {
  pair.connect();
  pair.text("41");
  EXPECT_EQ(told(), Told{"1+1000"});
  pair.advance(1000);
  EXPECT_EQ(told(), (Told{"1", "0"}));
}

TEST_F(AttemptsTest, CountsCredentialsThatAreNotToBeHad) {
  pair.authorizes = false;
  pair.connect();
  pair.input(AuthFailed{pair.last<AskAuth>()->request, "no network", true});
  EXPECT_EQ(told(), Told{"1+1000"});
  pair.advance(1000);
  EXPECT_EQ(told(), Told{"1"});
}

TEST_F(AttemptsTest, AnotherNamespacesEndLeavesTheWaitAlone) {
  const std::uint32_t chat = pair.runtime->open_namespace("/chat").value;
  pair.connect();
  pair.input(Connect{chat});
  pair.drop();
  EXPECT_EQ(told(), Told{"1+1000"});
  pair.input(Disconnect{chat});
  EXPECT_EQ(told(), Told{});
  pair.advance(1000);
  EXPECT_EQ(told(), (Told{"1", "0"}));
}

TEST_F(AttemptsTest, AHiddenPageWaitsForNothing) {
  pair.connect();
  pair.drop();
  told();
  pair.life(LifecycleEvent::hide);
  EXPECT_EQ(told(), Told{"1"});
  pair.life(LifecycleEvent::show);
  EXPECT_EQ(told(), Told{"0"}) << "an attempt at once, which succeeds";
}

TEST_F(AttemptsTest, TheNetworksReturnMakesItsAttemptAtOnce) {
  pair.connect();
  pair.drop();
  told();
  pair.opens = false;
  pair.life(LifecycleEvent::online);
  EXPECT_EQ(told(), Told{"0"}) << "the attempts count from there on";
}

TEST_F(AttemptsTest, LatencyIsFirstThatOfConnect) {
  pair.accepts = false;
  pair.connect();
  pair.advance(120.4);
  pair.text(R"(40{"sid":"s"})");
  EXPECT_EQ(latency(), 121u);
}

TEST_F(AttemptsTest, LatencyIsTheLeastOfTheLastAnswers) {
  pair.connect();
  EXPECT_EQ(latency(), 1u) << "an answer at once";
  for (int i = 0; i < 7; ++i) answered_after(300);
  EXPECT_EQ(latency(), 1u);
  answered_after(80);
  EXPECT_EQ(latency(), 80u);
  for (int i = 0; i < 7; ++i) answered_after(300);
  EXPECT_EQ(latency(), 80u);
  answered_after(90);
  EXPECT_EQ(latency(), 90u) << "that of 80 is too long ago";
}

TEST_F(AttemptsTest, AnEmitThatWasSentTwiceTellsNothing) {
  pair.accepts = false;
  pair.connect();
  pair.advance(500);
  pair.text(R"(40{"sid":"s"})");
  pair.emit(1, 0, true, 200, 2);
  pair.advance(210);
  pair.text("431[]");
  EXPECT_EQ(latency(), 500u) << "10 ms after the second try, 210 after the first";
  answered_after(40);
  EXPECT_EQ(latency(), 40u);
}

TEST_F(AttemptsTest, AnEmitThatEndsUnansweredGivesWay) {
  pair.accepts = false;
  pair.connect();
  pair.advance(500);
  pair.text(R"(40{"sid":"s"})");
  const std::uint32_t late = pair.emit(1, 0, true, 0);
  pair.runtime->cancel_emit(late);
  pair.settle();
  pair.emit(1, 0, true, 100);
  pair.advance(100);
  answered_after(40);
  EXPECT_EQ(latency(), 40u);
}

TEST_F(AttemptsTest, AnotherConnectionIsMeasuredAnew) {
  pair.connect();
  EXPECT_EQ(latency(), 1u);
  pair.accepts = false;
  pair.drop();
  pair.advance(1000);
  pair.advance(60);
  pair.text(R"(40{"sid":"s"})");
  EXPECT_EQ(latency(), 60u);
}

}  // namespace
}  // namespace raclette
