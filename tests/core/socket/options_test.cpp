// The socket options: the defaults of socket.io-client, and which values are refused.
#include "socket/options.h"

#include <gtest/gtest.h>

#include "base/field.h"

namespace raclette {
namespace {

/// The options read from `{ "origin": …, "socket": … }`, and the first error.
struct Read {
  explicit Read(const std::string& json) {
    const auto document = JsonDocument::parse(json);
    const Field root(document->root(), wrong);
    options = read_socket_options(Field(root, "url", document->root()["origin"]), Field(root, "socket"));
  }

  SocketOptions options;
  std::string wrong;
};

TEST(SocketOptions, HaveTheDefaultsOfSocketIoClient) {
  const Read read(R"({"origin":"http://h:1/"})");
  ASSERT_EQ(read.wrong, "");
  const SocketOptions& socket = read.options;
  EXPECT_EQ(socket.origin, "http://h:1");
  EXPECT_EQ(socket.path, "/socket.io/");
  EXPECT_EQ(socket.nsp, "/");
  EXPECT_TRUE(socket.reconnection);
  EXPECT_EQ(socket.reconnection_delay, 1000);
  EXPECT_EQ(socket.reconnection_delay_max, 5000);
  EXPECT_EQ(socket.randomization_factor, 0.5);
  EXPECT_EQ(socket.timeout, 20000);
}

TEST(SocketOptions, ReadsWhatIsGiven) {
  const Read read(R"({"origin":"https://h","socket":{"path":"/ws","namespace":"admin",
    "query":{"a":"1&2","b":"x"},"reconnection":false,"reconnectionAttempts":3,"reconnectionDelay":10,
    "reconnectionDelayMax":20,"randomizationFactor":0,"timeout":5,"authAttempts":1}})");
  ASSERT_EQ(read.wrong, "");
  const SocketOptions& socket = read.options;
  EXPECT_EQ(socket.path, "/ws/");
  EXPECT_EQ(socket.nsp, "/admin");
  EXPECT_EQ(socket.query, "&a=1%262&b=x");
  EXPECT_FALSE(socket.reconnection);
  EXPECT_EQ(socket.reconnection_attempts, 3);
  EXPECT_EQ(socket.auth_attempts, 1);
}

TEST(SocketOptions, TheLargestNumberIsNoLimit) {
  const Read read(R"({"origin":"http://h","socket":{"bufferMaxCount":1.7976931348623157e+308,"timeout":1e308}})");
  ASSERT_EQ(read.wrong, "");
  EXPECT_EQ(read.options.buffer_count, kNoLimit);
  EXPECT_EQ(read.options.timeout, 1e308);
}

TEST(SocketOptions, WhatIsUnknownIsRefused) {
  const Read read(R"({"origin":"http://h","socket":{"timeout":5,"timeOut":6}})");
  EXPECT_EQ(read.wrong, "socket.timeOut must be left out: there is no such option");
}

TEST(SocketOptions, ANamespaceHasNoCommaAndNoQuery) {
  for (const char* name : {"a,b", "/a?b"}) {
    const Read read(R"({"origin":"http://h","socket":{"namespace":")" + std::string(name) + R"("}})");
    EXPECT_NE(read.wrong.find("socket.namespace"), std::string::npos) << name;
  }
}

TEST(SocketOptions, ThePathEndsInASlashUnlessThatIsNotWanted) {
  const auto path = [](const std::string& socket) { return Read(R"({"origin":"http://h","socket":)" + socket + "}"); };
  EXPECT_EQ(path(R"({"path":"/ws"})").options.path, "/ws/");
  EXPECT_EQ(path(R"({"path":"/ws/","addTrailingSlash":false})").options.path, "/ws");
  EXPECT_EQ(path(R"({"path":"/","addTrailingSlash":false})").options.path, "/");
}

TEST(SocketOptions, ReadsTheTransportsInTheirOrder) {
  const auto read = [](const std::string& transports) {
    return Read(R"({"origin":"http://h","socket":{"transports":)" + transports + "}}");
  };
  using enum TransportKind;
  EXPECT_EQ(read("null").options.transports, (std::vector{websocket, polling}));
  EXPECT_EQ(read(R"(["polling","websocket"])").options.transports, (std::vector{polling, websocket}));
  EXPECT_EQ(read(R"(["polling"])").options.transports, std::vector{polling});
  for (const char* wrong :
       {"[]", R"(["webtransport"])", R"(["websocket","carrier pigeon"])", R"("websocket")", "[1]"}) {
    EXPECT_NE(read(wrong).wrong.find("socket.transports"), std::string::npos) << wrong;
  }
}

TEST(SocketOptions, NullIsTheDefault) {
  const Read read(R"({"origin":"http://h","socket":{"reconnectionAttempts":null}})");
  ASSERT_EQ(read.wrong, "");
  EXPECT_GT(read.options.reconnection_attempts, 1e300);
}

TEST(SocketOptions, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "url must be"},
      {R"({"origin":"ftp://h"})", "url must be"},
      {R"({"origin":"http://h","socket":{"path":"x"}})", "socket.path must be"},
      {R"({"origin":"http://h","socket":{"timeout":0}})", "socket.timeout must be"},
      {R"({"origin":"http://h","socket":{"timeout":"1"}})", "socket.timeout must be"},
      {R"({"origin":"http://h","socket":{"reconnection":1}})", "socket.reconnection must be"},
      {R"({"origin":"http://h","socket":{"randomizationFactor":2}})", "socket.randomizationFactor must be"},
      {R"({"origin":"http://h","socket":{"query":{"a":1}}})", "socket.query must be"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(Read(text).wrong.find(expected), 0u) << text;
}

}  // namespace
}  // namespace raclette
