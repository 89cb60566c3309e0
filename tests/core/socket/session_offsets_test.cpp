// Whether the text at the end of an event is the server's offset or the user's argument. The frames are like those of
// Socket.IO's adapters and of applications.
#include "socket/session_offsets.h"

#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::yeast;

constexpr double kWall = 1'760'000'000'000;
constexpr double kHour = 3'600'000;

std::string stream_id(double wall, int count = 0) {
  return std::to_string(static_cast<std::uint64_t>(wall)) + "-" + std::to_string(count);
}

std::string object_id(double wall) {
  static const char* const kHex = "0123456789abcdef";
  std::string text;
  for (auto left = static_cast<std::uint64_t>(wall / 1000); left > 0; left /= 16) text.insert(0, 1, kHex[left % 16]);
  return text + "00112233445566ee";
}

struct SessionOffsetsTest : ::testing::Test {
  SessionOffsets offsets;

  /// Delivers an event whose array ends with `last`, after `before`. Returns whether `last` was removed.
  bool event(const std::string& before, const std::string& last, double wall = kWall) {
    const std::string frame = "42[" + before + ",\"" + last + "\"]";
    const auto offset = offset_at_end(std::u16string(frame.begin(), frame.end()));
    if (!offset) {
      offsets.note_none();
      return false;
    }
    const bool is_offset = offsets.is_offset(*offset, wall);
    offsets.note(*offset, wall);
    return is_offset;
  }
};

TEST_F(SessionOffsetsTest, AYeastIsOneFromTheFirstOn) {
  EXPECT_TRUE(event(R"("refresh")", yeast(kWall)));
  EXPECT_TRUE(event(R"("a",1)", yeast(kWall) + ".0"));
  EXPECT_TRUE(event(R"("a",1)", yeast(kWall) + ".1"));
  EXPECT_EQ(offsets.last(), yeast(kWall) + ".1");
}

TEST_F(SessionOffsetsTest, AdaptersThatAppendNoneTakeNothing) {
  for (const std::string& last :
       {std::string("66f1c0ffee"), std::string("hello"), std::string("online"), std::string("pending"),
        std::string("offline"), std::string("removed"), std::string("Private"), object_id(kWall - 72 * kHour),
        object_id(kWall), stream_id(kWall - 72 * kHour), stream_id(kWall), std::string("1760000000000")}) {
    SCOPED_TRACE(last);
    offsets.forget();
    EXPECT_FALSE(event(R"("x--todoDeleted")", last));
    EXPECT_FALSE(event(R"("x--todoDeleted")", last));
  }
}

TEST_F(SessionOffsetsTest, WordsThatAreNoneAreNeverRemembered) {
  for (const char* last : {"online", "offline", "pending", "hello", "66f1c0ffee"}) event(R"("status")", last);
  EXPECT_EQ(offsets.last(), "");
}

TEST_F(SessionOffsetsTest, EventsWithoutOneComeBetween) {
  EXPECT_TRUE(event(R"("a",1)", yeast(kWall)));
  for (const char* last : {"online", "offline", "pending", "stopped", "x", "0f8fad5b-d9cb-469f-a165-70867728950e"}) {
    EXPECT_FALSE(event(R"("status")", last)) << last;
  }
  EXPECT_FALSE(event(R"("status")", yeast(kWall - 1))) << "older than the last";
  EXPECT_FALSE(event(R"("status")", stream_id(kWall + 5))) << "of another form";
  EXPECT_FALSE(event(R"("status")", object_id(kWall + 5000)));
  EXPECT_FALSE(event(R"("status")", yeast(kWall + 49 * kHour))) << "of the future";
  EXPECT_EQ(offsets.last(), yeast(kWall));
  EXPECT_TRUE(event(R"("a",2)", yeast(kWall + 10)));
}

TEST_F(SessionOffsetsTest, TheFirstIsWithinTwoDaysOfTheClock) {
  EXPECT_FALSE(event(R"("a",1)", yeast(kWall - 49 * kHour)));
  EXPECT_FALSE(event(R"("a",1)", yeast(kWall + 49 * kHour)));
  EXPECT_FALSE(event(R"("a",1)", yeast(kWall), 1000)) << "there is no clock";
  EXPECT_TRUE(event(R"("a",1)", yeast(kWall - 47 * kHour)));
  EXPECT_TRUE(event(R"("a",1)", yeast(kWall + 47 * kHour)));
}

TEST_F(SessionOffsetsTest, IdsThatApplicationsUseShowThemselvesBehindAnArgument) {
  for (const auto make : {+[](double wall) { return stream_id(wall); }, +[](double wall) { return object_id(wall); }}) {
    offsets.forget();
    EXPECT_FALSE(event(R"("refresh")", make(kWall))) << "in doubt";
    EXPECT_EQ(offsets.last(), make(kWall)) << "it may be one";
    EXPECT_TRUE(event(R"("chat","alice","hello")", make(kWall + 1000)));
    EXPECT_TRUE(event(R"("refresh")", make(kWall + 2000)));
    EXPECT_FALSE(event(R"("refresh")", make(kWall))) << "older";
  }
}

TEST_F(SessionOffsetsTest, TheGreetingProvesThem) {
  EXPECT_TRUE(event(R"("raclette--connected")", stream_id(kWall)));
  EXPECT_FALSE(event(R"("status")", "online"));
  EXPECT_TRUE(event(R"("refresh")", stream_id(kWall, 1)));
  EXPECT_FALSE(event(R"("x--todoDeleted")", object_id(kWall + 1000)));
}

TEST_F(SessionOffsetsTest, AnObjectIdCountsWhileEveryEventHasOneUnlessItIsProved) {
  EXPECT_TRUE(event(R"("moved",{"x":1})", object_id(kWall)));
  EXPECT_FALSE(event(R"("status")", "online"));
  EXPECT_FALSE(event(R"("moved",{"x":1})", object_id(kWall + 1000)));
  EXPECT_EQ(offsets.last(), object_id(kWall + 1000));
  offsets.prove();
  EXPECT_TRUE(event(R"("moved",{"x":1})", object_id(kWall + 2000)));
  EXPECT_FALSE(event(R"("todoUpdated")", object_id(kWall - 90 * kHour)));
  EXPECT_EQ(offsets.last(), object_id(kWall + 2000));
}

TEST_F(SessionOffsetsTest, WhatIsInDoubtGivesWayToWhatShowsItself) {
  EXPECT_FALSE(event(R"("todoCreated")", object_id(kWall)));
  EXPECT_TRUE(event(R"("a",1)", stream_id(kWall)));
  EXPECT_EQ(offsets.last(), stream_id(kWall));
  EXPECT_FALSE(event(R"("todoCreated")", object_id(kWall + 1000)));
  EXPECT_EQ(offsets.last(), stream_id(kWall));
}

}  // namespace
}  // namespace raclette
