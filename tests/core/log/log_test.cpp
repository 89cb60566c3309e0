#include "raclette/log.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace raclette
