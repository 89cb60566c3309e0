#include "data/retry_policy.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

Answer http(std::uint32_t status) { return {status >= 400 ? ErrorCode::HTTP_ERROR : ErrorCode::OK, status, 0}; }

/// An answer of the backend itself.
Answer json(std::uint32_t status) {
  Answer answer = http(status);
  answer.response = 9;
  answer.usable = true;
  return answer;
}

TEST(RetryPolicy, WhatNobodyHeardOrCouldDoNowPasses) {
  for (const std::uint32_t status : {408, 425, 429, 502, 503, 504}) {
    EXPECT_EQ(RetryPolicy::classify(http(status)), FailureKind::transient) << status;
    EXPECT_TRUE(RetryPolicy::is_retryable(http(status))) << status;
    EXPECT_TRUE(RetryPolicy::stays_queued(http(status))) << status;
  }
  for (const ErrorCode code : {ErrorCode::NETWORK_ERROR, ErrorCode::REQUEST_TIMEOUT}) {
    EXPECT_EQ(RetryPolicy::classify({code}), FailureKind::transient);
    EXPECT_TRUE(RetryPolicy::is_retryable({code}));
    EXPECT_TRUE(RetryPolicy::stays_queued({code}));
  }
}

TEST(RetryPolicy, AnAnswerWithoutAUsableBodyIsJudgedByItsStatus) {
  EXPECT_EQ(RetryPolicy::classify({ErrorCode::BAD_RESPONSE, 503}), FailureKind::transient);
  EXPECT_EQ(RetryPolicy::classify({ErrorCode::BAD_RESPONSE, 500}), FailureKind::server_error);
  EXPECT_EQ(RetryPolicy::classify({ErrorCode::BAD_RESPONSE, 200}), FailureKind::permanent);
}

TEST(RetryPolicy, CredentialsAreWaitedForButNotTriedAgain) {
  for (const Answer& answer : {Answer{ErrorCode::AUTH_FAILED}, http(401)}) {
    EXPECT_EQ(RetryPolicy::classify(answer), FailureKind::credentials);
    EXPECT_FALSE(RetryPolicy::is_retryable(answer));
    EXPECT_TRUE(RetryPolicy::stays_queued(answer));
  }
}

TEST(RetryPolicy, AFailureOfTheServerIsTriedAgainAndWaitedForUnlessTheBackendItselfSaysIt) {
  for (const std::uint32_t status : {500, 501, 505, 511, 521, 530, 599}) {
    EXPECT_EQ(RetryPolicy::classify(http(status)), FailureKind::server_error) << status;
    EXPECT_TRUE(RetryPolicy::is_retryable(http(status))) << status;
    EXPECT_TRUE(RetryPolicy::stays_queued(http(status))) << status;
    EXPECT_EQ(RetryPolicy::stays_queued(json(status)), status != 500) << status;
  }
}

TEST(RetryPolicy, WhatTheBackendSaysIsDecided) {
  for (const std::uint32_t status : {200, 201, 204, 400, 403, 404, 409, 422}) {
    EXPECT_EQ(RetryPolicy::classify(json(status)), FailureKind::permanent) << status;
    EXPECT_FALSE(RetryPolicy::is_retryable(json(status))) << status;
    EXPECT_FALSE(RetryPolicy::stays_queued(json(status))) << status;
  }
  Answer empty = json(204);
  empty.response = 0;
  EXPECT_FALSE(RetryPolicy::stays_queued(empty));
  for (const ErrorCode code : {ErrorCode::ABORTED, ErrorCode::DISPOSED, ErrorCode::BAD_ARGUMENT}) {
    EXPECT_FALSE(RetryPolicy::stays_queued({code}));
    EXPECT_FALSE(RetryPolicy::is_retryable({code}));
  }
}

TEST(RetryPolicy, WhatSomebodyElseSaysIsNot) {
  for (const std::uint32_t status : {200, 301, 302, 400, 403, 404, 407}) {
    Answer html = http(status);
    html.response = 9;
    EXPECT_TRUE(RetryPolicy::stays_queued(html)) << status;
    EXPECT_FALSE(RetryPolicy::is_retryable(html)) << status;
  }
  Answer empty = json(404);
  empty.response = 0;
  EXPECT_TRUE(RetryPolicy::stays_queued(empty));
}

}  // namespace
}  // namespace raclette
