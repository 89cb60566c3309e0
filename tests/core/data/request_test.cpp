#include "data/request.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

OperationConfig operation() {
  OperationConfig config;
  config.method = "GET";
  config.target = {{"/todo/", false}, {"_id", true}, {"/part/", false}, {"part", true}};
  return config;
}

/// Returns the URL of an operation with `target`, or the code of its failure.
std::string fill(const std::string& target, const std::string& params, const std::string& prefix = "") {
  const auto config = JsonDocument::parse(
      R"({"pluginKey":"p","data":{"e":{"operations":{"o":{"method":"post","target":")" + target + R"("}}}}})");
  const auto plugin = read_plugin_config(config->root());
  const auto given = JsonDocument::parse(params);
  const auto url = request_url("http://h", prefix, plugin.value().entities[0].operations[0], "", given->root());
  return url.ok() ? url.value().substr(std::string("http://h").size()) : std::string(error_name(url.code()));
}

TEST(Request, JoinsUrlsWithOneSlash) {
  EXPECT_EQ(join_url("http://h:1", "", "/todo"), "http://h:1/todo");
  EXPECT_EQ(join_url("http://h:1/", "/api/", "todo"), "http://h:1/api/todo");
  EXPECT_EQ(join_url("http://h:1", "api/v1", "//todo"), "http://h:1/api/v1/todo");
  EXPECT_EQ(join_url("http://h:1", "/plugin/a/todo", "/plugin/a/todo/todo/all"), "http://h:1/plugin/a/todo/todo/all")
      << "as raclette generates it";
  EXPECT_EQ(join_url("http://h:1", "/todo", "/todos"), "http://h:1/todo/todos");
}

TEST(Request, ReadsAskByTheirUrlAlone) {
  const auto params = JsonDocument::parse(R"({"_id":"1","part":"2","q":"a"})");
  const auto url = request_url("http://h:1", "/api", operation(), "", params->root());
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url.value(), "http://h:1/api/todo/1/part/2?q=a");
  const auto missing = request_url("http://h:1", "/api", operation(), "", JsonDocument::parse("{}")->root());
  EXPECT_EQ(missing.code(), ErrorCode::MISSING_PARAM);
}

TEST(Request, WhatHasABodyHasNoQueryString) {
  OperationConfig config = operation();
  config.method = "POST";
  const auto params = JsonDocument::parse(R"({"_id":"1","part":"2","q":"a"})");
  EXPECT_EQ(request_url("http://h:1", "", config, "", params->root()).value(), "http://h:1/todo/1/part/2");
}

TEST(Request, APathOfAFunctionStandsForTheTargetAndMayHaveAQueryStringOfItsOwn) {
  OperationConfig config;
  config.method = "GET";
  config.target_is_function = true;
  const auto params = JsonDocument::parse(R"({"b":"2"})");
  EXPECT_EQ(request_url("http://h:1", "", config, "/report", params->root()).value(), "http://h:1/report?b=2");
  EXPECT_EQ(request_url("http://h:1", "", config, "/report?a=1", params->root()).value(), "http://h:1/report?a=1&b=2");
}

TEST(Request, FillsPlaceholdersWithoutLettingThemLeaveTheirSegment) {
  const auto params = JsonDocument::parse(R"({"_id":"../admin","part":"a/b?c#d"})");
  const auto path = fill_target(operation(), params->root());
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path.value(), "/todo/..%2Fadmin/part/a%2Fb%3Fc%23d");
}

TEST(Request, NamesThePlaceholderThatHasNoValue) {
  for (const char* text : {R"({"_id":"1"})", R"({"_id":"1","part":""})", R"({"_id":"1","part":null})",
                           R"({"_id":"1","part":["a"]})", R"({"_id":"1","part":".."})", R"({"_id":"1","part":"."})"}) {
    const auto params = JsonDocument::parse(text);
    const auto path = fill_target(operation(), params->root());
    ASSERT_FALSE(path.ok()) << text;
    EXPECT_EQ(path.code(), ErrorCode::MISSING_PARAM);
    EXPECT_EQ(path.failure().detail, "part");
  }
}

/// Several placeholders and literals can form one segment.
TEST(Request, NoValuesTogetherStepUpThePath) {
  const char* const refused[][2] = {{"/a/{x}{y}", R"({"x":".","y":"."})"}, {"/a/.{x}", R"({"x":"."})"},
                                    {"/a/{x}./b", R"({"x":"."})"},         {"/a/:x/b", R"({"x":".."})"},
                                    {"/a/:x?q=1", R"({"x":".."})"},        {"{x}/b", R"({"x":"."})"}};
  for (const auto& [target, params] : refused) EXPECT_EQ(fill(target, params), "MISSING_PARAM") << target;
}

/// Only the literal part of a target can already contain the prefix, never a value.
TEST(Request, AValueIsNotTakenForThePrefix) {
  EXPECT_EQ(fill("/:x", R"({"x":"api"})", "api"), "/api/api");
  EXPECT_EQ(fill("/{x}/b", R"({"x":"api"})", "api"), "/api/api/b");
  EXPECT_EQ(fill("/a{x}/b", R"({"x":"pi"})", "api"), "/api/api/b");
  EXPECT_EQ(fill("/api{x}", R"({"x":"2"})", "api"), "/api/api2");
  EXPECT_EQ(fill("/api/{x}", R"({"x":"api"})", "api"), "/api/api");
  EXPECT_EQ(fill("/api", "{}", "api"), "/api");
}

TEST(Request, PutsTheRestIntoTheQueryString) {
  const auto params = JsonDocument::parse(
      R"({"_id":"1","part":"2","q":"a b&c","n":"1.5","tag":["x","y/z"],"filter":{"done":"true","by":{"id":"7"}},"none":null})");
  EXPECT_EQ(query_string(operation(), params->root()),
            "?filter[by][id]=7&filter[done]=true&n=1.5&none=&q=a%20b%26c&tag=x&tag=y%2Fz");
}

TEST(Request, ASpelledNameCannotInjectAnotherPair) {
  const auto params = JsonDocument::parse(R"({"_id":"1","part":"2","a&b=c":"1","o":{"x]&y":"2"}})");
  EXPECT_EQ(query_string(operation(), params->root()), "?a%26b%3Dc=1&o[x%5D%26y]=2");
}

TEST(Request, NothingLeftIsNoQueryString) {
  const auto params = JsonDocument::parse(R"({"_id":"1","part":"2"})");
  EXPECT_EQ(query_string(operation(), params->root()), "");
}

}  // namespace
}  // namespace raclette
