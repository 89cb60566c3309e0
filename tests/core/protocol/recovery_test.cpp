#include "protocol/recovery.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(Recovery, ReadsTheOffsetOffTheEnd) {
  EXPECT_EQ(offset_at_end(u"42[\"a\",{\"x\":1},\"OsFd9Kx\"]"), "OsFd9Kx");
  EXPECT_EQ(offset_at_end(u"42[\"a\",\"1700000000000-0\"]"), "1700000000000-0");
  EXPECT_EQ(offset_at_end(u",\"a_b.c\"]"), "a_b.c") << "of a longer frame";
}

TEST(Recovery, TakesNothingElseForAnOffset) {
  for (const char16_t* tail : {
           u"42[\"name\"]",             // the name alone
           u"42[\"a\",1]",              // no text
           u"42[\"a\",[\"x\"]]",        // text, but not the last argument
           u"42[\"a\",{\"k\":\"x\"}]",  // likewise
           u"42[\"a\",\"\"]",           // empty
           u"42[\"a\",\"two words\"]",
           u"42[\"a\",\"ü\"]",
           u"42[\"a\",\"x\\\"y\"]",   // an escaped quote
           u"42[\"a\",\"x,\\\"y\"]",  // one behind a comma
           u"longer than the tail\"]",
           u"\"]",
           u"",
       }) {
    EXPECT_EQ(offset_at_end(tail), std::nullopt);
  }
}

}  // namespace
}  // namespace raclette
