// Unit tests of Flights: when requests are made, and what follows an answer or a timeout.
#include "data/flights.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

struct FlightsTest : ::testing::Test {
  Random random{5};
  RetryPolicy retries{random};
  TimerTable timers;
  Effects effects;
  OperationTable operations;
  SharedReads reads{timers, effects};
  Flights flights{operations, reads, retries, timers, effects};

  void SetUp() override {
    OperationConfig get;
    get.name = "getAll";
    get.method = "GET";
    OperationConfig create;
    create.name = "create";
    create.method = "POST";
    PluginConfig plugin;
    plugin.plugin_key = "a";
    plugin.entities.push_back({"todo", "todo", {get, create}, false});
    operations.add_plugin(std::move(plugin));
  }

  /// Adds a mutation's flight that was sent at 0.
  Handle asked(double tries = 0, double timeout = 0) {
    const Handle handle = flights.add();
    Flight& flight = *flights.find(handle);
    flight.operation = 1;
    flight.query = 8;
    flight.target.set("http://h/todo", {});
    flight.body = 9;
    flight.mutation.key = "c-1";
    flight.tries_left = tries;
    flight.timeout = timeout;
    flights.send(handle, false, 0);
    return handle;
  }
  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const Effect& effect : effects) {
      if (const T* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }
};

TEST_F(FlightsTest, AnAnswerToWhatIsNotOnTheWireIsNone) {
  const Handle standing_by = asked();
  flights.requeue(*flights.find(standing_by), {ErrorCode::NETWORK_ERROR});
  const Handle between = asked(1);
  flights.retry_later(between, {ErrorCode::NETWORK_ERROR}, 0);
  const Handle held = flights.add();
  flights.hold(held, 500);
  const std::size_t requests = all<StartFetch>().size();
  ValueHandle response = 20;
  for (const Handle handle : {standing_by, between, held}) {
    for (const std::uint32_t status : {200u, 401u, 503u}) {
      effects.clear();
      const ErrorCode code = status < 400 ? ErrorCode::OK : ErrorCode::HTTP_ERROR;
      EXPECT_FALSE(flights.answered(handle, {code, status, ++response, true}, 10));
      ASSERT_EQ(effects.size(), 1u);
      EXPECT_EQ(std::get<ReleaseResponse>(effects[0]).response, response);
    }
  }
  EXPECT_EQ(requests, 2u);
}

TEST_F(FlightsTest, ARequestIsMadeAsItsFlightSays) {
  const Handle handle = asked();
  ASSERT_EQ(effects.size(), 1u);
  const auto& start = std::get<StartFetch>(effects[0]);
  EXPECT_EQ(start.fetch, handle);
  EXPECT_EQ(start.query, 8u);
  EXPECT_EQ(start.method, "POST");
  EXPECT_EQ(start.url, "http://h/todo");
  EXPECT_EQ(start.body, 9u);
  EXPECT_FALSE(start.renew_auth);
  EXPECT_EQ(start.key, "c-1");
  EXPECT_TRUE(flights.find(handle)->was_sent);
  EXPECT_EQ(timers.size(), 0u) << "it has no limit";
}

TEST_F(FlightsTest, TheUrlOfASharedReadStandsInTheRead) {
  Target target;
  target.set("http://h/todo/all", "variant");
  const Handle handle = flights.add();
  Flight& flight = *flights.find(handle);
  flight.read = reads.find_or_add({target, 0, 0, 0}, 0, 0);
  flights.send(handle, false, 0);
  EXPECT_EQ(std::get<StartFetch>(effects[0]).url, "http://h/todo/all");
  EXPECT_EQ(std::get<StartFetch>(effects[0]).method, "GET");
}

TEST_F(FlightsTest, AnAnswerEndsAFlightWhateverItSays) {
  const Handle handle = asked();
  EXPECT_TRUE(flights.answered(handle, {ErrorCode::OK, 200, 7}, 0));
  EXPECT_TRUE(flights.answered(handle, {ErrorCode::HTTP_ERROR, 500, 8}, 0));
  EXPECT_TRUE(all<ReleaseResponse>().empty()) << "it is the caller's";
}

TEST_F(FlightsTest, AnAnswerThatNobodyWaitsForIsReleased) {
  const Handle handle = asked();
  flights.erase(handle);
  EXPECT_FALSE(flights.answered(handle, {ErrorCode::OK, 200, 7}, 0));
  EXPECT_FALSE(flights.answered(handle, {ErrorCode::HTTP_ERROR, 401, 0}, 0));
  ASSERT_EQ(all<ReleaseResponse>().size(), 1u);
  EXPECT_EQ(all<ReleaseResponse>()[0].response, 7u);
  EXPECT_EQ(all<StartFetch>().size(), 1u);
}

TEST_F(FlightsTest, ARefusalOfTheCredentialsIsAnsweredOnceWithOthers) {
  const Handle handle = asked(0, 500);
  EXPECT_FALSE(flights.answered(handle, {ErrorCode::HTTP_ERROR, 401, 7}, 400));
  EXPECT_EQ(all<ReleaseResponse>()[0].response, 7u);
  ASSERT_EQ(all<StartFetch>().size(), 2u);
  EXPECT_TRUE(all<StartFetch>()[1].renew_auth);
  EXPECT_EQ(all<StartFetch>()[1].body, 9u);
  EXPECT_EQ(timers.next(), 900) << "the limit is that of each request";
  EXPECT_TRUE(flights.answered(handle, {ErrorCode::HTTP_ERROR, 401, 8}, 500));
  EXPECT_EQ(all<StartFetch>().size(), 2u);
}

TEST_F(FlightsTest, ARequestThatTakesTooLongIsAborted) {
  const Handle handle = asked(0, 500);
  const auto timer = timers.pop_due(500);
  ASSERT_TRUE(timer);
  EXPECT_EQ(static_cast<DataTimer>(timer->timer), DataTimer::request);
  EXPECT_EQ(timer->subject, handle);
  flights.timed_out(handle);
  EXPECT_EQ(all<AbortFetch>()[0].fetch, handle);
}

TEST_F(FlightsTest, OnlyAFailureThatMayPassIsTriedAgainAndOnlyAsOftenAsWasSaid) {
  const Handle handle = asked(1);
  Flight& flight = *flights.find(handle);
  EXPECT_FALSE(Flights::may_retry(flight, {ErrorCode::OK, 200}));
  EXPECT_FALSE(Flights::may_retry(flight, {ErrorCode::HTTP_ERROR, 404}));
  EXPECT_TRUE(Flights::may_retry(flight, {ErrorCode::HTTP_ERROR, 503}));
  EXPECT_TRUE(Flights::may_retry(flight, {ErrorCode::NETWORK_ERROR}));
  flights.retry_later(handle, {ErrorCode::HTTP_ERROR, 503, 7}, 0);
  EXPECT_FALSE(Flights::may_retry(flight, {ErrorCode::HTTP_ERROR, 503}));
}

TEST_F(FlightsTest, TriesAreFurtherAndFurtherApart) {
  const Handle handle = asked(10, 500);
  for (const double delay : {1000, 2000, 4000}) {
    flights.retry_later(handle, {ErrorCode::HTTP_ERROR, 503, 7}, 0);
    EXPECT_EQ(timers.size(), 1u) << "instead of the limit of the one before";
    EXPECT_GE(timers.next(), delay * 0.5);
    EXPECT_LT(timers.next(), delay * 1.5);
    const auto timer = timers.pop_due(timers.next());
    EXPECT_EQ(static_cast<DataTimer>(timer->timer), DataTimer::retry);
    EXPECT_EQ(timer->subject, handle);
    flights.send(handle, false, 0);
    EXPECT_EQ(timers.next(), 500);
  }
  EXPECT_EQ(all<StartFetch>().size(), 4u);
  EXPECT_EQ(all<ReleaseResponse>().size(), 3u);
}

TEST_F(FlightsTest, WhatStandsByIsMadeAgainAsIfItHadNotBeenMade) {
  const Handle handle = asked(0, 500);
  flights.answered(handle, {ErrorCode::HTTP_ERROR, 401}, 0);
  flights.requeue(*flights.find(handle), {ErrorCode::HTTP_ERROR, 401, 7});
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_EQ(all<ReleaseResponse>()[0].response, 7u);
  EXPECT_TRUE(all<ReleasePayload>().empty()) << "its body is needed again";
  flights.send(handle, false, 0);
  EXPECT_FALSE(flights.answered(handle, {ErrorCode::HTTP_ERROR, 401}, 0)) << "each try may ask for credentials anew";
}

TEST_F(FlightsTest, AFlightThatIsOverLeavesNothing) {
  const Handle handle = asked(0, 500);
  flights.end(*flights.find(handle));
  EXPECT_EQ(timers.size(), 0u);
  ASSERT_EQ(all<ReleasePayload>().size(), 1u);
  EXPECT_EQ(all<ReleasePayload>()[0].payload, 9u);
  EXPECT_EQ(flights.find(handle)->query, 8u) << "until it is erased";
  flights.erase(handle);
  EXPECT_EQ(flights.size(), 0u);
}

}  // namespace
}  // namespace raclette
