// Events that no Socket.IO server sends but any server could: names of all kinds. Also how much of a frame the core
// reads.
#include <gtest/gtest.h>

#include "base/text.h"
#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;
using testing::to_utf16;

struct ClientFrames : ::testing::Test {
  Pair pair;

  ClientFrames() { pair.connect(); }

  std::string channel(const FrameRoute& route) const {
    if (route.kind != RouteKind::event) return "(nobody)";
    return std::string(pair.runtime->plan(route.plan).channel);
  }
  std::size_t reports() const { return pair.count<ReportError>(); }
};

TEST_F(ClientFrames, AnEventIsHeardUnderTheTextOfANumber) {
  pair.runtime->listen(0, kAllPlugins, "");
  const struct {
    const char* frame;
    const char* name;
  } cases[] = {
      {R"(42[3,"x"])", "3"},
      {R"(42[3])", "3"},
      {R"(42[ -1.5 , {"a":"b","c":"d"}])", "-1.5"},
      {R"(42[2.50,1])", "2.5"},
      {R"(42[100,1])", "100"},
      {R"(42[3.0,1])", "3"},
      {R"(42[-0])", "0"},
      {R"(42[1e+21])", "1e+21"},
      {R"(42["3.0",1])", "3.0"},
      {R"(427[404,"asks"])", "404"},
  };
  for (const auto& one : cases) EXPECT_EQ(channel(pair.text(one.frame)), one.name) << one.frame;
  EXPECT_EQ(pair.text(R"(451-[7,{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  EXPECT_EQ(channel(pair.binary()), "7");
  EXPECT_EQ(reports(), 0u);
}

TEST_F(ClientFrames, EventsBeforeTheirSessionAreKeptUpToABound) {
  pair.pid = "p";
  pair.drop();
  pair.accepts = false;
  pair.advance(2000);
  const std::u16string frame = to_utf16(R"(42["missed",1])");
  for (int i = 0; i < 1'000'000; ++i) {
    ASSERT_EQ(pair.runtime->text_frame(pair.connection, frame, frame.size(), pair.now).kind, RouteKind::early);
  }
  EXPECT_EQ(reports(), 0u);
  pair.text(R"(42["missed",1])");
  EXPECT_EQ(pair.last<ReportError>()->code, ErrorCode::SOCKET_BAD_PACKET);
  EXPECT_FALSE(pair.last<EarlyFrames>()->keep);
  pair.accepts = true;
  pair.advance(5000);
  EXPECT_EQ(pair.last<StatusChanged>()->status, SocketStatus::connected);
  EXPECT_FALSE(pair.last<StatusChanged>()->recovered) << "the server would send them again";
}

TEST_F(ClientFrames, OtherNamesAreDroppedAndToldOfAndTheConnectionStays) {
  pair.runtime->listen(0, kAllPlugins, "");
  const std::string long_name = R"(42[")" + std::string(1025, 'a') + R"("])";
  for (const std::string& frame : {std::string("42[null,1]"), std::string("42[true]"), std::string(R"(42[{"a":"b"}])"),
                                   std::string(R"(42[["e"],"x"])"), std::string("42[]"), long_name}) {
    SCOPED_TRACE(frame.substr(0, 20));
    const std::size_t before = reports();
    EXPECT_EQ(pair.text(frame).kind, RouteKind::nothing);
    EXPECT_EQ(reports(), before + 1);
    EXPECT_EQ(pair.last<ReportError>()->code, ErrorCode::SOCKET_BAD_PACKET);
  }
  EXPECT_EQ(pair.text(R"(451-[null,{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  EXPECT_EQ(pair.binary().kind, RouteKind::nothing);
  EXPECT_EQ(channel(pair.text(R"(42["later"])")), "later");
  EXPECT_EQ(pair.count<CloseTransport>(), 0u);
}

TEST_F(ClientFrames, ANameOfAKilobyteIsHeard) {
  pair.runtime->listen(0, kAllPlugins, "");
  const std::string name(1024, 'a');
  EXPECT_EQ(channel(pair.text(R"(42[")" + name + R"("])")), name);
}

/// For a frame of any length, the binding never copies more than kMaxHead units.
TEST_F(ClientFrames, NoMoreThanTheHeadIsEverAskedFor) {
  const std::string long_text(200'000, ' ');
  for (const std::string& frame : {R"(42[")" + long_text + R"("])", "42[" + long_text + R"("e"])",
                                   "42[1" + std::string(200'000, '1') + "]", R"(42[")" + std::string(200'000, '\\')}) {
    SCOPED_TRACE(frame.substr(0, 6));
    const std::u16string units = to_utf16(frame);
    EXPECT_EQ(pair.text_head(units, 512).kind, RouteKind::need_all);
    EXPECT_EQ(pair.text_head(units, kMaxHead).kind, RouteKind::nothing);
    EXPECT_EQ(pair.count<CloseTransport>(), 0u) << "an event, of which only the name is of no use";
  }
  const std::u16string nsp = to_utf16("42/" + long_text);
  EXPECT_EQ(pair.text_head(nsp, 512).kind, RouteKind::need_all);
  EXPECT_EQ(pair.text_head(nsp, kMaxHead).kind, RouteKind::nothing);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::SOCKET_BAD_PACKET);
}

}  // namespace
}  // namespace raclette
