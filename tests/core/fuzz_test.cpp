// Runs the fuzzer's targets in every run of the suite: on the corpus that the fuzzer has gathered (one input per line,
// in base 64) and on some random inputs. None may break a rule of the oracle or trigger a sanitizer. `npm run fuzz`
// looks for new inputs.
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "targets.h"

namespace raclette::fuzz {
namespace {

std::vector<std::uint8_t> from_base64(const std::string& text) {
  static const std::string kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char digit : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<std::uint32_t>(kDigits.find(digit));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  return bytes;
}

struct FuzzTest : ::testing::TestWithParam<Target> {};

TEST_P(FuzzTest, TheCorpusBreaksNoRule) {
  std::ifstream corpus(std::string(RACLETTE_FUZZ_CORPUS) + "/" + GetParam().name + ".txt");
  ASSERT_TRUE(corpus.is_open());
  std::size_t count = 0;
  for (std::string line; std::getline(corpus, line); ++count) {
    ASSERT_EQ(GetParam().run(from_base64(line)), "") << "line " << count + 1 << ": " << line;
  }
  EXPECT_GT(count, 10u);
}

TEST_P(FuzzTest, RandomInputsBreakNoRule) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> bytes(random() % 400);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % 2 == 0 ? random() : random() % 4);
    ASSERT_EQ(GetParam().run(bytes), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzTest, ::testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace raclette::fuzz
