// The JSON reader: for any document and any access, it returns a value or reports that there is none.
#include "base/json.h"

#include <gtest/gtest.h>

#include <string>

namespace raclette {
namespace {

TEST(Json, ReadsEveryKindOfValue) {
  const auto document =
      JsonDocument::parse(R"({"s":"text","n":1.5,"i":-3,"u":7,"b":true,"z":null,"a":[1,"two"],"o":{"k":"v"}})");
  ASSERT_TRUE(document);
  const JsonView root = document->root();
  EXPECT_EQ(root["s"].string(), "text");
  EXPECT_EQ(root["n"].number(), 1.5);
  EXPECT_EQ(root["i"].number(), -3);
  EXPECT_EQ(root["u"].number(), 7);
  EXPECT_EQ(root["b"].boolean(), true);
  EXPECT_TRUE(root["z"].is_null());
  EXPECT_EQ(root["a"].size(), 2u);
  EXPECT_EQ(root["a"].at(1).string(), "two");
  EXPECT_EQ(root["o"]["k"].string(), "v");
}

TEST(Json, AnswersNotThereInsteadOfFailing) {
  const auto document = JsonDocument::parse(R"({"s":"text","a":[]})");
  ASSERT_TRUE(document);
  const JsonView root = document->root();
  EXPECT_FALSE(root["missing"]);
  EXPECT_FALSE(root["missing"]["deeper"].at(3)["still"]);
  EXPECT_FALSE(root["s"].number());
  EXPECT_FALSE(root["s"]["k"]);
  EXPECT_FALSE(root["a"].at(0));
  EXPECT_FALSE(root.string());
  EXPECT_FALSE(JsonView().boolean());
  EXPECT_EQ(JsonView().size(), 0u);
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "[1,]", "{'a':1}", "nul", "\"\xff\"", "1 2", "{\"a\":1}x"}) {
    EXPECT_FALSE(JsonDocument::parse(text)) << text;
  }
}

TEST(Json, RefusesNumbersThatNoDoubleHolds) {
  for (const char* text : {"1e999", "-1e999", R"({"a":1e400})"}) EXPECT_FALSE(JsonDocument::parse(text)) << text;
  const auto largest = JsonDocument::parse("1.7976931348623157e308");
  ASSERT_TRUE(largest);
  EXPECT_EQ(largest->root().number(), 1.7976931348623157e308);
}

TEST(Json, RefusesNestingBeyondItsLimitAndTakesWhatIsWithin) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(JsonDocument::parse(nested(128)));
  EXPECT_FALSE(JsonDocument::parse(nested(129)));
  EXPECT_FALSE(JsonDocument::parse(nested(100000)));
}

TEST(Json, VisitsMembersSortedAndTheLastOfEqualNames) {
  const auto document = JsonDocument::parse(R"({"b":"1","a":"2","b":"3"})");
  ASSERT_TRUE(document);
  std::string seen;
  document->root().for_each_member([&](std::string_view name, JsonView value) {
    seen.append(name).append("=").append(*value.string()).append(" ");
  });
  EXPECT_EQ(seen, "a=2 b=3 ");
  EXPECT_EQ(document->root()["b"].string(), "3");
}

}  // namespace
}  // namespace raclette
