// The module's boundary, compiled for the machine. Values that do not fit are cut or left out, and no call reads or
// writes outside its memory. JavaScript tests check the values; the fuzzer makes the calls in any order.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "instances.h"

extern "C" {
const char16_t* rac_scratch(std::uint32_t units);
int rac_event_frame(std::uint32_t instance, std::uint32_t connection, std::uint32_t length);
int rac_text_frame(std::uint32_t instance, std::uint32_t connection, std::uint32_t length, std::uint32_t total,
                   double wall, double now);
int rac_text_tail(std::uint32_t instance, std::uint32_t length);
std::uint32_t rac_drain(std::uint32_t instance);
void rac_transport_opened(std::uint32_t instance, std::uint32_t connection, double wall, double now);
}

namespace raclette::bindings {
namespace {

struct BindingsTest : ::testing::Test {
  std::uint32_t runtime = 0;

  void SetUp() override {
    Outcome outcome;
    runtime = add_instance(Runtime::create(R"({"origin":"http://h","socket":{"transports":["polling"]}})", 1, outcome));
    find_instance(runtime)->runtime->handle(Connect{}, 0);
    rac_drain(runtime);
    rac_transport_opened(runtime, 1, 0, 0);
  }
  void TearDown() override { remove_instance(runtime); }

  /// Writes a text to the area that frames are read from.
  static void write(const std::u16string& text) {
    const char16_t* const area = rac_scratch(static_cast<std::uint32_t>(text.size()));
    std::copy(text.begin(), text.end(), const_cast<char16_t*>(area));
  }
};

TEST_F(BindingsTest, LengthsBeyondWhatWasWrittenAreCut) {
  for (const std::size_t written : {std::size_t{4}, std::size_t{kScratchUnits}, std::size_t{5000}}) {
    write(std::u16string(written, u'4'));
    for (const std::uint32_t length : {kScratchUnits, kScratchUnits + 1, 5001u, 0x80000000u, 0xFFFFFFFFu}) {
      rac_event_frame(runtime, 1, length);
      rac_text_tail(runtime, length);
      rac_text_frame(runtime, 1, length, length, 0, 0);
    }
  }
}

TEST_F(BindingsTest, AMostOfPayloadsThatFitsNoWordIsNone) {
  for (const std::string most : {"-1", "-1e300", "1e300", "4294967296"}) {
    TearDown();
    SetUp();
    const std::string frame = R"(0{"sid":"e","pingInterval":1,"pingTimeout":1,"maxPayload":)" + most + "}";
    write(std::u16string(frame.begin(), frame.end()));
    const auto length = static_cast<std::uint32_t>(frame.size());
    rac_text_frame(runtime, 1, length, length, 0, 0);
    ASSERT_GT(rac_drain(runtime), 0u);
    const auto& words = find_instance(runtime)->words;
    ASSERT_EQ(words.at(0), (Effect{IdentifyTransport{}}.index()));
    EXPECT_EQ(words.at(3), 0u) << most << ": no limit";
  }
}

TEST(Whole, TakesWhatFits) {
  EXPECT_EQ(whole<std::uint32_t>(4294967294.9), 4294967294u);
  EXPECT_EQ(whole<std::int64_t>(-9.5), -9);
  EXPECT_EQ(whole<std::uint64_t>(0x1p63), 1ull << 63);
  for (const double none : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1.0}) {
    EXPECT_EQ(whole<std::uint64_t>(none), 0u);
  }
}

}  // namespace
}  // namespace raclette::bindings
