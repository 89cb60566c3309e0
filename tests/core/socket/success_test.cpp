// Which sessions reset the count of attempts. A server that accepts each session and ends it at once is no better than
// one that refuses.
#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;

struct SuccessTest : ::testing::TestWithParam<const char*> {
  Pair pair{R"({"randomizationFactor":0,"reconnectionAttempts":3,"reconnectionDelayMax":60000})"};

  SuccessTest() { pair.connect(); }

  /// The server ends the session, or the connection.
  void end() {
    if (*GetParam() == '\0') {
      pair.drop();
    } else {
      pair.text(GetParam());
    }
  }
  SocketStatus status() const { return pair.last<StatusChanged>()->status; }
  /// Whether the session returns after `wait` and not before.
  bool comes_back_after(double wait) {
    end();
    pair.advance(wait - 1);
    if (status() == SocketStatus::connected) return false;
    pair.advance(1);
    return status() == SocketStatus::connected;
  }
};

TEST_P(SuccessTest, ASessionThatIsEndedAtOnceIsNone) {
  EXPECT_TRUE(comes_back_after(1000));
  EXPECT_TRUE(comes_back_after(2000));
  pair.text(R"(42["raclette--connected"])");
  EXPECT_TRUE(comes_back_after(4000));
  pair.advance(9999);
  end();
  EXPECT_EQ(status(), SocketStatus::closed);
  EXPECT_EQ(pair.last<StatusChanged>()->code, ErrorCode::RECONNECT_FAILED);
}

TEST_P(SuccessTest, AnEventMakesItOne) {
  EXPECT_TRUE(comes_back_after(1000));
  EXPECT_TRUE(comes_back_after(2000));
  pair.text(R"(42["unheard"])");
  EXPECT_TRUE(comes_back_after(1000));
  EXPECT_TRUE(comes_back_after(2000)) << "the next is judged by itself";
  pair.text(R"(42["raclette--connected"])");
  pair.text(R"(42["raclette--connected2"])");
  EXPECT_TRUE(comes_back_after(1000));
}

TEST_P(SuccessTest, AnAckMakesItOne) {
  EXPECT_TRUE(comes_back_after(1000));
  pair.emit(1, 0, true, 0);
  pair.text("43" + pair.sent.back().substr(2, pair.sent.back().find('{') - 2) + "[]");
  EXPECT_TRUE(comes_back_after(1000));
}

TEST_P(SuccessTest, TenSecondsMakeItOne) {
  EXPECT_TRUE(comes_back_after(1000));
  pair.advance(10'000);
  EXPECT_TRUE(comes_back_after(1000));
}

TEST_P(SuccessTest, TheUsersConnectStartsAnew) {
  EXPECT_TRUE(comes_back_after(1000));
  EXPECT_TRUE(comes_back_after(2000));
  pair.disconnect();
  pair.connect();
  EXPECT_TRUE(comes_back_after(1000));
}

INSTANTIATE_TEST_SUITE_P(Ends, SuccessTest, ::testing::Values("", "41", "1"));

}  // namespace
}  // namespace raclette
