// The log: titles and times of messages.
#include "raclette/log.h"

#include <gtest/gtest.h>

#include <limits>

namespace raclette {
namespace {

TEST(Log, WritesTitlesWithTheirPlugin) {
  EXPECT_EQ(log_title("pacifico__todo", "todoCreated"), "plugin/pacifico__todo - todoCreated");
  EXPECT_EQ(log_title("", "PING_TIMEOUT"), "PING_TIMEOUT");
}

TEST(Log, WritesTimes) {
  EXPECT_EQ(log_time(1776792640615), "21.04.2026 - 17:30:40:615");
  EXPECT_EQ(log_time(0), "01.01.1970 - 00:00:00:000");
  EXPECT_EQ(log_time(-1), "31.12.1969 - 23:59:59:999");
  EXPECT_EQ(log_time(951782400000), "29.02.2000 - 00:00:00:000");
  EXPECT_EQ(log_time(4107542399999), "28.02.2100 - 23:59:59:999");
  EXPECT_EQ(log_time(4107542400000), "01.03.2100 - 00:00:00:000");
}

TEST(Log, WritesTimesOfAnyClock) {
  EXPECT_EQ(log_time(-62167219200000), "01.01.0000 - 00:00:00:000");
  EXPECT_EQ(log_time(-62167219200001), "31.12.-0001 - 23:59:59:999");
  EXPECT_EQ(log_time(-8640000000000000), "20.04.-271821 - 00:00:00:000");
  EXPECT_EQ(log_time(std::numeric_limits<std::int64_t>::min()), "16.05.-292275055 - 16:47:04:192");
  EXPECT_EQ(log_time(std::numeric_limits<std::int64_t>::max()), "17.08.292278994 - 07:12:55:807");
}

}  // namespace
}  // namespace raclette
