// Conversions between UTF-16 and UTF-8, and the encodings of the protocols.
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

TEST(Text, PlainIsPrintableAsciiWithoutQuotesAndBackslashesWhereverItStands) {
  for (std::size_t length = 0; length < 14; ++length) {
    EXPECT_TRUE(is_plain(std::u16string(length, u'a'))) << length;
    for (std::size_t at = 0; at < length; ++at) {
      for (std::uint32_t unit = 0; unit < 0x10000; unit += unit < 0x180 ? 1 : 0x7F) {
        std::u16string text(length, u'~');
        text[at] = static_cast<char16_t>(unit);
        const bool expected = unit >= 0x20 && unit < 0x80 && unit != U'"' && unit != U'\\';
        ASSERT_EQ(is_plain(text), expected) << unit << " at " << at << " of " << length;
      }
    }
  }
}

TEST(Text, UnitsSpellATextThatIsTheSameInEachOfThem) {
  const std::string text = "plugin_app--\xC3\xA9!";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const std::string part = text.substr(0, length);
    std::u16string units;
    for (const char c : part) units.push_back(static_cast<unsigned char>(c));
    EXPECT_TRUE(is_spelled(part, units)) << length;
    EXPECT_FALSE(is_spelled(part + "x", units)) << length;
    for (std::size_t at = 0; at < length; ++at) {
      std::u16string other = units;
      other[at] ^= 0x100;
      EXPECT_FALSE(is_spelled(part, other)) << at << " of " << length;
    }
  }
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
