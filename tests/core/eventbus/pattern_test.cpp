// Patterns for event names: what the stars match, which patterns are refused, and that matching stays fast.
#include "eventbus/pattern.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

bool matches(std::string_view pattern, std::string_view name) {
  EXPECT_EQ(pattern_error(pattern), "") << pattern;
  return pattern_matches(pattern, name);
}

TEST(Pattern, AStarIsExactlyOneSegment) {
  EXPECT_TRUE(matches("ui/*", "ui/addToSnackbar"));
  EXPECT_FALSE(matches("ui/*", "ui"));
  EXPECT_FALSE(matches("ui/*", "ui/a/b"));
  EXPECT_TRUE(matches("*/done", "todo/done"));
  EXPECT_TRUE(matches("*", "ui"));
  EXPECT_FALSE(matches("*", "ui/a"));
}

TEST(Pattern, AStarWithinASegmentIsAnyRunOfItsCharacters) {
  EXPECT_TRUE(matches("ui_*", "ui_addToSnackBar"));
  EXPECT_TRUE(matches("ui_*", "ui_"));
  EXPECT_FALSE(matches("ui_*", "ui"));
  EXPECT_FALSE(matches("ui_*", "ui_a/b"));
  EXPECT_TRUE(matches("*Created", "todoCreated"));
  EXPECT_TRUE(matches("*Created", "CreatedCreated"));
  EXPECT_FALSE(matches("*Created", "todoCreatedAt"));
  EXPECT_TRUE(matches("weather:*:failed", "weather:today:failed"));
  EXPECT_FALSE(matches("weather:*:failed", "weather:failed"));
  EXPECT_TRUE(matches("*a*b*", "xxaxbaxbx"));
  EXPECT_FALSE(matches("*a*b*", "bbbaaa"));
  EXPECT_TRUE(matches("ab*ba", "abba"));
  EXPECT_FALSE(matches("ab*ba", "aba"));
  EXPECT_TRUE(matches("x_*/**/*_y", "x_1/a/b/_y"));
  EXPECT_FALSE(matches("x_*/**/*_y", "x_1/a/b"));
  EXPECT_TRUE(matches("é*", "éa"));
}

TEST(Pattern, TwoStarsAreAnyNumberOfSegments) {
  EXPECT_TRUE(matches("**", "a"));
  EXPECT_TRUE(matches("**", "a/b/c"));
  EXPECT_TRUE(matches("ui/**", "ui"));
  EXPECT_TRUE(matches("ui/**", "ui/a/b"));
  EXPECT_FALSE(matches("ui/**", "u"));
  EXPECT_TRUE(matches("a/**/z", "a/z"));
  EXPECT_TRUE(matches("a/**/z", "a/b/z/c/z"));
  EXPECT_FALSE(matches("a/**/z", "a/b/z/c"));
  EXPECT_FALSE(matches("a/**", "b"));
  EXPECT_TRUE(matches("**/b/**/d", "a/b/c/b/x/d"));
  EXPECT_TRUE(matches("**/*", "a"));
  EXPECT_FALSE(matches("*/**/*", "a"));
}

TEST(Pattern, WithoutAStarItIsTheNameItself) {
  EXPECT_TRUE(matches("ui/a", "ui/a"));
  EXPECT_FALSE(matches("ui/a", "ui/A"));
  EXPECT_FALSE(is_pattern("ui/a"));
  EXPECT_TRUE(is_pattern("ui/*"));
}

TEST(Pattern, RefusesWhatIsMalformed) {
  for (const char* text : {"", "/", "a//b", "a/", "/*", "a**", "**a", "a/b**c", "***", "*a**"}) {
    EXPECT_NE(pattern_error(text), "") << text;
  }
}

TEST(Pattern, DoesNotBlowUpOnManyStars) {
  std::string pattern = "**";
  std::string name = "a";
  for (int i = 0; i < 30; ++i) pattern += "/a/**";
  for (int i = 0; i < 200; ++i) name += "/a";
  EXPECT_FALSE(matches(pattern + "/b", name));
  EXPECT_TRUE(matches(pattern, name));
}

TEST(Pattern, DoesNotBlowUpOnManyStarsWithinSegments) {
  std::string segment = "*";
  for (int i = 0; i < 30; ++i) segment += "a*";
  const std::string part(200, 'a');
  std::string pattern = "**";
  std::string name = part;
  for (int i = 0; i < 10; ++i) {
    pattern += "/" + segment + "/**";
    name += "/" + part;
  }
  EXPECT_TRUE(matches(pattern, name));
  EXPECT_FALSE(matches(pattern + "/" + segment + "b", name));
}

}  // namespace
}  // namespace raclette
