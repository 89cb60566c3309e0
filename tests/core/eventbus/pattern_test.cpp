#include "eventbus/pattern.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

bool matches(std::string_view pattern, std::string_view name) {
  const auto compiled = Pattern::compile(pattern);
  EXPECT_TRUE(compiled.ok()) << pattern;
  return compiled.value().matches(name);
}

TEST(Pattern, AStarIsExactlyOneSegment) {
  EXPECT_TRUE(matches("ui/*", "ui/addToSnackbar"));
  EXPECT_FALSE(matches("ui/*", "ui"));
  EXPECT_FALSE(matches("ui/*", "ui/a/b"));
  EXPECT_TRUE(matches("*/done", "todo/done"));
  EXPECT_TRUE(matches("*", "ui"));
  EXPECT_FALSE(matches("*", "ui/a"));
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
  for (const char* text : {"", "/", "a//b", "a/", "/*", "a*", "*a", "a/b*c", "***"}) {
    const auto compiled = Pattern::compile(text);
    ASSERT_FALSE(compiled.ok()) << text;
    EXPECT_EQ(compiled.code(), ErrorCode::BAD_PATTERN);
    EXPECT_FALSE(compiled.failure().detail.empty());
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

}  // namespace
}  // namespace raclette
