// Backoff: how delays grow, how the spread and the limit combine, and when the attempts are exhausted.
#include "base/backoff.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

constexpr BackoffRule kReconnect{1000, 5000, 0.5, BackoffLimit::after_spread};
constexpr BackoffRule kRetry{1000, 30000, 0.5, BackoffLimit::before_spread};

/// The shortest and longest of many delays before an attempt.
std::pair<double, double> extremes(const BackoffRule& rule, int attempts_before) {
  Random random(99);
  double least = 1e9;
  double most = 0;
  for (int i = 0; i < 1000; ++i) {
    Backoff backoff;
    for (int k = 0; k < attempts_before; ++k) backoff.next(rule, random);
    const double delay = backoff.next(rule, random);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  return {least, most};
}

TEST(Backoff, DoublesFromTheDelayToItsLimit) {
  for (const BackoffLimit limits : {BackoffLimit::before_spread, BackoffLimit::after_spread}) {
    const BackoffRule rule{1000, 5000, 0, limits};
    Backoff backoff;
    Random random(1);
    for (const double expected : {1000, 2000, 4000, 5000, 5000}) EXPECT_EQ(backoff.next(rule, random), expected);
    backoff.reset();
    EXPECT_EQ(backoff.next(rule, random), 1000);
  }
}

TEST(Backoff, SpreadsByTheFactorAndNeverBeyondTheLimit) {
  Random random(99);
  double least = 1e9;
  double most = 0;
  for (int i = 0; i < 1000; ++i) {
    Backoff backoff;
    const double delay = backoff.next(kReconnect, random);
    least = std::min(least, delay);
    most = std::max(most, delay);
    for (int k = 0; k < 6; ++k) EXPECT_LE(backoff.next(kReconnect, random), 5000);
  }
  EXPECT_GE(least, 500);
  EXPECT_LT(least, 550);
  EXPECT_LE(most, 1500);
  EXPECT_GT(most, 1450);
}

TEST(Backoff, ALimitBeforeTheSpreadIsExceededByTheSpread) {
  const auto [least, most] = extremes(kRetry, 8);
  EXPECT_GE(least, 15000);
  EXPECT_LT(least, 15500);
  EXPECT_LT(most, 45000);
  EXPECT_GT(most, 44500);
}

TEST(Backoff, AtTheLimitDelaysAreSpreadAsWell) {
  const auto [least, most] = extremes(kReconnect, 8);
  EXPECT_GE(least, 2500);
  EXPECT_LT(least, 2550);
  EXPECT_LE(most, 5000);
  EXPECT_GT(most, 4950);
}

TEST(Backoff, ALimitBelowTheFirstDelayHoldsToo) {
  Random random(1);
  EXPECT_EQ(Backoff().next({10000, 5000, 0, BackoffLimit::before_spread}, random), 5000);
  EXPECT_EQ(Backoff().next({10000, 5000, 0, BackoffLimit::after_spread}, random), 5000);
}

TEST(Backoff, TakesOneRandomNumberForEachDelay) {
  Random random(7);
  Random same(7);
  Backoff backoff;
  for (double delay = 1000; delay <= 16000; delay *= 2) {
    EXPECT_DOUBLE_EQ(backoff.next(kRetry, random), delay * (0.5 + same.fraction()));
  }
}

TEST(Backoff, IsExhaustedAfterTheAttempts) {
  Backoff backoff;
  Random random(1);
  EXPECT_FALSE(backoff.exhausted(2));
  backoff.next(kReconnect, random);
  EXPECT_FALSE(backoff.exhausted(2));
  backoff.next(kReconnect, random);
  EXPECT_TRUE(backoff.exhausted(2));
  EXPECT_FALSE(backoff.exhausted(std::numeric_limits<double>::infinity()));
  backoff.reset();
  EXPECT_FALSE(backoff.exhausted(2));
  EXPECT_TRUE(backoff.exhausted(0));
}

}  // namespace
}  // namespace raclette
