// The runtime's options: defaults, and the field that an error names.
#include "options.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(Options, ReadsWhatIsGiven) {
  const auto options =
      read_options(R"({"origin":"https://h","client":"c","whitelist":["ui/*"],"socket":{"path":"/ws"}})");
  ASSERT_TRUE(options.ok()) << options.failure().detail;
  EXPECT_EQ(options.value().socket.origin, "https://h");
  EXPECT_EQ(options.value().socket.path, "/ws/");
  EXPECT_EQ(options.value().client, "c");
  EXPECT_EQ(options.value().whitelist, std::vector<std::string>{"ui/*"});
}

TEST(Options, NullIsTheDefault) {
  const auto options = read_options(R"({"origin":"http://h","whitelist":null,"socket":null})");
  ASSERT_TRUE(options.ok());
  EXPECT_TRUE(options.value().whitelist.empty());
}

TEST(Options, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"nonsense", "the options"},
      {"{}", "url must be"},
      {R"({"origin":"http://h","socket":{"path":"x"}})", "socket.path must be"},
      {R"({"origin":"http://h","whitelist":"ui"})", "eventbus.whitelist must be"},
      {R"({"origin":"http://h","whitelist":[1]})", "eventbus.whitelist must be"},
  };
  for (const auto& [text, expected] : cases) {
    const auto options = read_options(text);
    ASSERT_FALSE(options.ok()) << text;
    EXPECT_EQ(options.code(), ErrorCode::BAD_CONFIG);
    EXPECT_EQ(options.failure().detail.find(expected), 0u) << options.failure().detail;
  }
}

}  // namespace
}  // namespace raclette
