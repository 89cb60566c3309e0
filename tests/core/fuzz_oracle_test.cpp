// The fuzzer's oracle can fail. Effects that a buggy runtime would have break each of its rules. These tests make the
// effects up; they run no runtime.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "matcher.h"
#include "oracle.h"

namespace raclette::fuzz {
namespace {

struct OracleTest : ::testing::Test {
  Oracle oracle;
  Runtime::Census census{.namespaces = 1};

  /// Shows the oracle the effects of an input, after which the runtime's census is `census`.
  void see(const Effects& effects) { oracle.see(effects, census, census); }
  void expect_broken(const std::string& part) {
    EXPECT_NE(oracle.broken().find(part), std::string::npos) << "broken: " << oracle.broken();
  }
  void make_query(std::uint32_t query) {
    oracle.query_made(query);
    ++census.queries;
  }
  void begin(std::uint32_t execution) {
    ++census.flights;
    see({QueryLoading{1, execution, false}});
  }
  static QuerySettled settled(std::uint32_t execution, bool apply = true, ValueHandle response = 0) {
    return {1, execution, ErrorCode::OK, 200, response, apply, false, false, false};
  }
};

TEST_F(OracleTest, HasNothingAgainstAFullLife) {
  make_query(1);
  oracle.payload_given(5);
  oracle.executed(1, 9);
  ++census.flights;
  see({QueryLoading{1, 9, false}, StartFetch{4, 1, "GET", "http://h", 5, false, "", ""}});
  oracle.fetch_answered(4);
  oracle.response_given(6);
  --census.flights;
  see({ReleasePayload{5}, settled(9, true, 6), ReleaseResponse{6}});
  oracle.query_disposed(1);
  --census.queries;
  see({});
  oracle.at_rest(census);
  EXPECT_EQ(oracle.broken(), "");
}

TEST_F(OracleTest, SeesAPayloadThatIsReleasedTwice) {
  oracle.payload_given(5);
  see({ReleasePayload{5}, ReleasePayload{5}});
  expect_broken("payload 5 is released twice");
}

TEST_F(OracleTest, SeesAPayloadThatWasNeverGiven) {
  see({ReleasePayload{5}});
  expect_broken("never given");
}

TEST_F(OracleTest, SeesAPayloadThatIsNeverReleased) {
  oracle.payload_given(5);
  see({});
  EXPECT_EQ(oracle.broken(), "");
  oracle.at_rest(census);
  expect_broken("never released: payload 5");
}

TEST_F(OracleTest, SeesAPayloadThatIsUsedAfterItsRelease) {
  oracle.payload_given(5);
  see({OpenTransport{1, TransportKind::websocket, "ws://h"}, ReleasePayload{5}, SendPacket{1, "42", 5}});
  expect_broken("the payload that is sent 5");
}

TEST_F(OracleTest, SeesABodyThatIsReleasedUnderWay) {
  make_query(1);
  oracle.payload_given(5);
  ++census.flights;
  see({QueryLoading{1, 9, false}, StartFetch{4, 1, "GET", "http://h", 5, false, "", ""}, ReleasePayload{5}});
  expect_broken("released under way");
}

TEST_F(OracleTest, SeesAResponseThatIsReleasedTwice) {
  oracle.response_given(6);
  see({ReleaseResponse{6}, ReleaseResponse{6}});
  expect_broken("response 6 is released twice");
}

TEST_F(OracleTest, SeesAnExecutionThatIsSettledTwice) {
  make_query(1);
  begin(9);
  see({settled(9), settled(9)});
  expect_broken("settled, though it is over: 9");
}

TEST_F(OracleTest, SeesAnExecutionThatIsNeverSettled) {
  make_query(1);
  begin(9);
  oracle.at_rest({.namespaces = 1});
  expect_broken("never settled");
}

TEST_F(OracleTest, SeesAnExecutionThatIsReturnedAndNotTold) {
  make_query(1);
  oracle.executed(1, 9);
  see({});
  expect_broken("not told by QueryLoading");
}

TEST_F(OracleTest, SeesAnOlderAnswerOverANewerOne) {
  make_query(1);
  begin(8);
  begin(9);
  census.flights = 0;
  QuerySettled newer = settled(9);
  newer.loading = true;
  see({newer, settled(8)});
  expect_broken("against the order of executions: 8");
}

TEST_F(OracleTest, SeesThatAQueryIsSaidToLoadInVain) {
  make_query(1);
  begin(9);
  QuerySettled wrong = settled(9);
  wrong.loading = true;
  see({wrong});
  expect_broken("loading or not");
}

TEST_F(OracleTest, SeesARequestThatIsMadeTwiceAtATime) {
  make_query(1);
  const StartFetch start{4, 1, "GET", "http://h", 0, false, "", ""};
  ++census.flights;
  see({QueryLoading{1, 9, false}, start, start});
  expect_broken("under way already");
}

TEST_F(OracleTest, SeesAnEmitThatEndsTwiceOrNever) {
  oracle.emitted(3, true, 0);
  see({AckFailed{3, ErrorCode::ACK_TIMEOUT}, AckFailed{3, ErrorCode::ACK_TIMEOUT}});
  expect_broken("AckFailed 3 for an emit that is over");
  Oracle other;
  other.emitted(3, false, 0);
  other.at_rest(census);
  EXPECT_EQ(other.broken(), "an emit never ended");
}

TEST_F(OracleTest, SeesAnEmitThatLosesItsPayload) {
  oracle.payload_given(5);
  oracle.emitted(3, true, 5);
  ++census.emits;
  see({ReleasePayload{5}});
  expect_broken("the payload of an emit that is not over 5");
}

TEST_F(OracleTest, SeesAPacketOnATransportThatIsClosed) {
  see({OpenTransport{1, TransportKind::websocket, "ws://h"}, CloseTransport{1}, SendPacket{1, "2", 0}});
  expect_broken("SendPacket 1");
}

TEST_F(OracleTest, SeesATransportThatIsNeverClosed) {
  see({OpenTransport{1, TransportKind::websocket, "ws://h"}});
  oracle.at_rest(census);
  expect_broken("never closed");
}

TEST_F(OracleTest, SeesEffectsThatNameWhatIsGone) {
  const std::pair<Effect, const char*> kCases[] = {
      {QueryLoading{7, 1, false}, "of a query that is gone"},
      {StatusChanged{3, SocketStatus::closed, ErrorCode::OK, "", false}, "no such namespace"},
      {ListenerExpired{2}, "expired"},
      {RemoveMutation{"key"}, "not kept"},
      {QueryRetired{7, false, 0}, "retired"},
      {PersistMutation{1, 9, 1, "key", 0, ErrorCode::OK, 0, 0}, "kept for an execution"},
      {StartFetch{4, 7, "GET", "http://h", 0, false, "", ""}, "a request for a query"},
  };
  for (const auto& [effect, part] : kCases) {
    oracle = {};
    see({effect});
    expect_broken(part);
  }
}

TEST_F(OracleTest, SeesEffectsAndTimersWithoutBounds) {
  see(Effects(kEffects + 2 * kEffectsEach + 1, ReportError{ErrorCode::BAD_ARGUMENT, ""}));
  expect_broken("so many effects");
  oracle = {};
  census.timers = kTimers + kTimersEach + 1;
  see({});
  expect_broken("so many timers");
}

TEST_F(OracleTest, SeesATimerThatDoesNotFire) {
  oracle.ticked(1000, 1000);
  expect_broken("did not fire");
}

TEST_F(OracleTest, SeesWhatIsLeftAtTheEnd) {
  for (auto count : {&Runtime::Census::timers, &Runtime::Census::reads, &Runtime::Census::namespaces}) {
    Oracle one;
    Runtime::Census left{.namespaces = 1};
    ++(left.*count);
    one.at_rest(left);
    EXPECT_NE(one.broken(), "");
  }
}

TEST_F(OracleTest, SeesWhatTheCensusCountsAndNobodyMade) {
  ++census.queries;
  see({});
  expect_broken("queries that the census counts");
}

TEST(Matcher, KnowsWhatPatternsMean) {
  EXPECT_TRUE(hears("**", "a/b"));
  EXPECT_TRUE(hears("a/**", "a"));
  EXPECT_TRUE(hears("a/*/**/z", "a/b/z"));
  EXPECT_FALSE(hears("*", "a/b"));
  EXPECT_FALSE(hears("a/*", "a"));
  EXPECT_FALSE(hears("a", "b"));
}

}  // namespace
}  // namespace raclette::fuzz
