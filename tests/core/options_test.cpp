#include "options.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(Options, HaveTheDefaultsOfSocketIoClient) {
  const auto options = read_options(R"({"origin":"http://h:1/"})");
  ASSERT_TRUE(options.ok());
  const SocketOptions& socket = options.value().socket;
  EXPECT_EQ(socket.origin, "http://h:1");
  EXPECT_EQ(socket.path, "/socket.io/");
  EXPECT_EQ(socket.nsp, "/");
  EXPECT_TRUE(socket.reconnection);
  EXPECT_EQ(socket.reconnection_delay, 1000);
  EXPECT_EQ(socket.reconnection_delay_max, 5000);
  EXPECT_EQ(socket.randomization_factor, 0.5);
  EXPECT_EQ(socket.timeout, 20000);
}

TEST(Options, ReadsWhatIsGiven) {
  const auto options =
      read_options(R"({"origin":"https://h","whitelist":["ui/*"],"socket":{"path":"/ws","namespace":"admin",
    "query":{"a":"1&2","b":"x"},"reconnection":false,"reconnectionAttempts":3,"reconnectionDelay":10,
    "reconnectionDelayMax":20,"randomizationFactor":0,"timeout":5,"authAttempts":1}})");
  ASSERT_TRUE(options.ok()) << options.failure().detail;
  const SocketOptions& socket = options.value().socket;
  EXPECT_EQ(socket.path, "/ws/");
  EXPECT_EQ(socket.nsp, "/admin");
  EXPECT_EQ(socket.query, "&a=1%262&b=x");
  EXPECT_FALSE(socket.reconnection);
  EXPECT_EQ(socket.reconnection_attempts, 3);
  EXPECT_EQ(socket.auth_attempts, 1);
  EXPECT_EQ(options.value().whitelist, std::vector<std::string>{"ui/*"});
}

TEST(Options, ReadsTheTransportsInTheirOrder) {
  const auto read = [](const std::string& transports) {
    return read_options(R"({"origin":"http://h","socket":{"transports":)" + transports + "}}");
  };
  using enum TransportKind;
  EXPECT_EQ(read("null").value().socket.transports, (std::vector{websocket, polling}));
  EXPECT_EQ(read(R"(["polling","websocket"])").value().socket.transports, (std::vector{polling, websocket}));
  EXPECT_EQ(read(R"(["polling"])").value().socket.transports, std::vector{polling});
  for (const char* wrong :
       {"[]", R"(["webtransport"])", R"(["websocket","carrier pigeon"])", R"("websocket")", "[1]"}) {
    const auto refused = read(wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_NE(refused.failure().detail.find("socket.transports"), std::string::npos);
  }
}

TEST(Options, NullIsTheDefault) {
  const auto options = read_options(R"({"origin":"http://h","whitelist":null,"socket":{"reconnectionAttempts":null}})");
  ASSERT_TRUE(options.ok());
  EXPECT_GT(options.value().socket.reconnection_attempts, 1e300);
}

TEST(Options, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"nonsense", "the options"},
      {"{}", "url has to be"},
      {R"({"origin":"ftp://h"})", "url has to be"},
      {R"({"origin":"http://h","socket":{"path":"x"}})", "socket.path has to be"},
      {R"({"origin":"http://h","socket":{"timeout":0}})", "socket.timeout has to be"},
      {R"({"origin":"http://h","socket":{"timeout":"1"}})", "socket.timeout has to be"},
      {R"({"origin":"http://h","socket":{"reconnection":1}})", "socket.reconnection has to be"},
      {R"({"origin":"http://h","socket":{"randomizationFactor":2}})", "socket.randomizationFactor has to be"},
      {R"({"origin":"http://h","socket":{"query":{"a":1}}})", "socket.query has to be"},
      {R"({"origin":"http://h","whitelist":"ui"})", "eventbus.whitelist has to be"},
      {R"({"origin":"http://h","whitelist":[1]})", "eventbus.whitelist has to be"},
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
