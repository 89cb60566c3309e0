#include "base/text.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(Text, TurnsUtf16IntoUtf8) {
  EXPECT_EQ(to_utf8(u"a\u00e9\u20ac\U0001F600"), "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(Text, ReplacesSurrogatesWithoutPartner) {
  const char16_t lone_lead[] = {u'a', 0xD83D, u'b'};
  const char16_t lone_trail[] = {0xDE00, u'b'};
  EXPECT_EQ(to_utf8({lone_lead, 3}),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(to_utf8({lone_trail, 2}),
            "\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(to_utf8({lone_lead, 2}), "a\xEF\xBF\xBD");
}

TEST(Text, PercentEncodesWhatCouldLeaveASegment) {
  std::string out;
  append_percent_encoded(out, "../a b?c#d%e&f=\xC3\xA9~!*'()");
  EXPECT_EQ(out, "..%2Fa%20b%3Fc%23d%25e%26f%3D%C3%A9~!*'()");
}

TEST(Text, SpellsJsonStrings) {
  std::string out;
  append_json_string(out, "a\"b\\c\n\x01\xC3\xA9");
  EXPECT_EQ(out, "\"a\\\"b\\\\c\\u000A\\u0001\xC3\xA9\"");
}

TEST(Text, SpellsNumbers) {
  std::string out;
  append_number(out, 0);
  out.push_back(' ');
  append_number(out, 18446744073709551615ull);
  EXPECT_EQ(out, "0 18446744073709551615");
}

}  // namespace
}  // namespace raclette
