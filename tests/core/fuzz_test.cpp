// The fuzzer's scripts in every run of the suite: some thousands of random ones, put together of what a server and a
// user do say, of which none may end with a runtime that no longer works or a finding of the sanitizers. What looks
// for new ones is tests/fuzz.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace raclette {
namespace {

/// A line each; see tests/fuzz/runtime.cpp for what they do.
const char* const kSteps[] = {
    R"(t0{"sid":"e","upgrades":[],"pingInterval":300,"pingTimeout":200})",
    R"(t40{"sid":"s"})",
    R"(t40{"sid":"s","pid":"p"})",
    R"(t40/a,{"sid":"s"})",
    R"(t44{"message":"no"})",
    R"(t44/b,{"message":"no"})",
    R"(t42["x--a",1])",
    R"(t42/a,["x--a",1,"offset"])",
    R"(t427["a"])",
    R"(t451-["a",{"_placeholder":true,"num":0}])",
    R"(t452-/a,["a"])",
    R"(t431["yes"])",
    R"(t43/a,2[])",
    "t41",
    "t41/a,",
    "t2",
    "t3probe",
    "t6",
    "t1",
    "t42[\"\\u12",
    "h42[\"x--a\",1]",
    "b",
    "a",
    "aaaaaaaaaa",
    "d",
    "la",
    "ea/*",
    "z,\"offset\"]",
    "y",
    "yy",
    "yyy",
    "yyyy",
    "u1",
    "s",
    "sa",
    "saa",
    "x",
    "xa",
    "xaa",
    "xaaa",
    "f",
    "c",
};

TEST(Fuzz, ScriptsOfEveryKindEndWithARuntimeThatStillWorks) {
  for (std::uint32_t seed = 0; seed < 5000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string script;
    for (std::uint32_t left = random() % 30; left > 0; --left) {
      script.append(kSteps[random() % std::size(kSteps)]).push_back('\n');
      if (random() % 16 == 0) script[random() % script.size()] = static_cast<char>(random());
    }
    ASSERT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(script.data()), script.size()), 0);
  }
}

}  // namespace
}  // namespace raclette
