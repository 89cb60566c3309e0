// The fuzzer's targets. Each takes any bytes and says what they brought to light: nothing, or the first rule that was
// broken. entry.cpp makes a program of libFuzzer's of each; the native suite runs the corpus through all of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace raclette::fuzz {

using Input = std::span<const std::uint8_t>;

/// What a server, a platform and users may do, in any order, judged by the Oracle.
std::string fuzz_runtime(Input input);
/// What is given as text: options, plugins, params, patterns, names.
std::string fuzz_config(Input input);
/// The calls of wasm/bindings, with handles, lengths and numbers of any kind.
std::string fuzz_bindings(Input input);

struct Target {
  const char* name;
  std::string (*run)(Input input);
};

inline constexpr Target kTargets[] = {{"runtime", fuzz_runtime}, {"config", fuzz_config}, {"bindings", fuzz_bindings}};

}  // namespace raclette::fuzz
