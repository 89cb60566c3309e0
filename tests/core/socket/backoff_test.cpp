#include "socket/backoff.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(Backoff, DoublesFromTheDelayToItsLimit) {
  SocketOptions options;
  options.randomization_factor = 0;
  Backoff backoff(options);
  Random random(1);
  for (const double expected : {1000, 2000, 4000, 5000, 5000}) EXPECT_EQ(backoff.next(random), expected);
  backoff.reset();
  EXPECT_EQ(backoff.next(random), 1000);
}

TEST(Backoff, SpreadsByTheFactorAndNeverBeyondTheLimit) {
  SocketOptions options;
  Random random(99);
  double least = 1e9;
  double most = 0;
  for (int i = 0; i < 1000; ++i) {
    Backoff backoff(options);
    const double delay = backoff.next(random);
    least = std::min(least, delay);
    most = std::max(most, delay);
    for (int k = 0; k < 6; ++k) EXPECT_LE(backoff.next(random), 5000);
  }
  EXPECT_GE(least, 500);
  EXPECT_LT(least, 550);
  EXPECT_LE(most, 1500);
  EXPECT_GT(most, 1450);
}

TEST(Backoff, IsExhaustedAfterTheAttempts) {
  SocketOptions options;
  options.reconnection_attempts = 2;
  Backoff backoff(options);
  Random random(1);
  EXPECT_FALSE(backoff.exhausted());
  backoff.next(random);
  EXPECT_FALSE(backoff.exhausted());
  backoff.next(random);
  EXPECT_TRUE(backoff.exhausted());
}

}  // namespace
}  // namespace raclette
