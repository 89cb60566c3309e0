#include "data/retry_policy.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

Answer http(std::uint32_t status) { return {status >= 400 ? ErrorCode::HTTP_ERROR : ErrorCode::OK, status, 0}; }

/// What the backend itself answers.
Answer json(std::uint32_t status) {
  Answer answer = http(status);
  answer.response = 9;
  answer.usable = true;
  return answer;
}

TEST(RetryPolicy, WhatNobodyHeardOrCouldDoNowPasses) {
  for (const std::uint32_t status : {408, 425, 429, 502, 503, 504}) {
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

TEST(RetryPolicy, AFailureOfTheServerIsTriedAgainAndWaitedForUnlessTheBackendItselfSaysIt) {
  for (const std::uint32_t status : {500, 501, 505, 511, 521, 530, 599}) {
    EXPECT_EQ(RetryPolicy::outlook(http(status)), Outlook::server_failed) << status;
    EXPECT_TRUE(RetryPolicy::is_retried(http(status))) << status;
    EXPECT_TRUE(RetryPolicy::stays_queued(http(status))) << status;
    EXPECT_EQ(RetryPolicy::stays_queued(json(status)), status != 500) << status;
  }
}

TEST(RetryPolicy, WhatTheBackendSaysIsDecided) {
  for (const std::uint32_t status : {200, 201, 204, 400, 403, 404, 409, 422}) {
    EXPECT_EQ(RetryPolicy::outlook(json(status)), Outlook::decided) << status;
    EXPECT_FALSE(RetryPolicy::is_retried(json(status))) << status;
    EXPECT_FALSE(RetryPolicy::stays_queued(json(status))) << status;
  }
  Answer empty = json(204);
  empty.response = 0;
  EXPECT_FALSE(RetryPolicy::stays_queued(empty));
  for (const ErrorCode code : {ErrorCode::ABORTED, ErrorCode::DISPOSED, ErrorCode::BAD_ARGUMENT}) {
    EXPECT_FALSE(RetryPolicy::stays_queued({code}));
    EXPECT_FALSE(RetryPolicy::is_retried({code}));
  }
}

TEST(RetryPolicy, WhatSomebodyElseSaysIsNot) {
  for (const std::uint32_t status : {200, 301, 302, 400, 403, 404, 407}) {
    Answer html = http(status);
    html.response = 9;
    EXPECT_TRUE(RetryPolicy::stays_queued(html)) << status;
    EXPECT_FALSE(RetryPolicy::is_retried(html)) << status;
  }
  Answer empty = json(404);
  empty.response = 0;
  EXPECT_TRUE(RetryPolicy::stays_queued(empty));
}

}  // namespace
}  // namespace raclette
