#include "data/retry_policy.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

Answer http(std::uint32_t status) { return {status >= 400 ? ErrorCode::HTTP_ERROR : ErrorCode::OK, status, 0}; }

TEST(RetryPolicy, WhatNobodyHeardOrCouldDoNowPasses) {
  for (const std::uint32_t status : {408, 429, 502, 503, 504}) {
    EXPECT_EQ(RetryPolicy::outlook(http(status)), Outlook::passes) << status;
    EXPECT_TRUE(RetryPolicy::is_retried(http(status))) << status;
    EXPECT_TRUE(RetryPolicy::stays_queued(http(status))) << status;
  }
  for (const ErrorCode code : {ErrorCode::NETWORK_ERROR, ErrorCode::REQUEST_TIMEOUT}) {
    EXPECT_EQ(RetryPolicy::outlook({code}), Outlook::passes);
    EXPECT_TRUE(RetryPolicy::is_retried({code}));
    EXPECT_TRUE(RetryPolicy::stays_queued({code}));
  }
}

TEST(RetryPolicy, AnAnswerWithoutAUsableBodyIsJudgedByItsStatus) {
  EXPECT_EQ(RetryPolicy::outlook({ErrorCode::BAD_RESPONSE, 503}), Outlook::passes);
  EXPECT_EQ(RetryPolicy::outlook({ErrorCode::BAD_RESPONSE, 500}), Outlook::server_failed);
  EXPECT_EQ(RetryPolicy::outlook({ErrorCode::BAD_RESPONSE, 200}), Outlook::decided);
}

TEST(RetryPolicy, CredentialsAreWaitedForButNotTriedAgain) {
  for (const Answer& answer : {Answer{ErrorCode::AUTH_FAILED}, http(401)}) {
    EXPECT_EQ(RetryPolicy::outlook(answer), Outlook::credentials);
    EXPECT_FALSE(RetryPolicy::is_retried(answer));
    EXPECT_TRUE(RetryPolicy::stays_queued(answer));
  }
}

TEST(RetryPolicy, AFailureOfTheServerIsTriedAgainButNotWaitedFor) {
  for (const std::uint32_t status : {500, 501, 505, 599}) {
    EXPECT_EQ(RetryPolicy::outlook(http(status)), Outlook::server_failed) << status;
    EXPECT_TRUE(RetryPolicy::is_retried(http(status))) << status;
    EXPECT_FALSE(RetryPolicy::stays_queued(http(status))) << status;
  }
}

TEST(RetryPolicy, AllElseIsDecided) {
  const Answer decided[] = {http(200),
                            http(204),
                            http(400),
                            http(403),
                            http(404),
                            http(409),
                            http(422),
                            {ErrorCode::ABORTED},
                            {ErrorCode::DISPOSED},
                            {ErrorCode::BAD_ARGUMENT}};
  for (const Answer& answer : decided) {
    EXPECT_EQ(RetryPolicy::outlook(answer), Outlook::decided) << answer.status;
    EXPECT_FALSE(RetryPolicy::is_retried(answer)) << answer.status;
    EXPECT_FALSE(RetryPolicy::stays_queued(answer)) << answer.status;
  }
}

TEST(RetryPolicy, WaitsFromOneSecondToThirtyGiveOrTakeHalf) {
  Random random(3);
  RetryPolicy policy(random);
  Backoff tries;
  for (const double delay : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
    const double wait = policy.delay(tries);
    EXPECT_GE(wait, delay * 0.5);
    EXPECT_LT(wait, delay * 1.5);
  }
}

}  // namespace
}  // namespace raclette
