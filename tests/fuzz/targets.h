// The fuzzer's targets. Each takes any bytes and returns the first broken rule, or an empty string. entry.cpp builds a
// libFuzzer program for each. The native suite runs the corpus through all of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace raclette::fuzz {

using Input = std::span<const std::uint8_t>;

/// Steps of a server, a platform and users in any order, checked by the Oracle.
std::string fuzz_runtime(Input input);
/// Texts from users: options, plugins, params, patterns, names.
std::string fuzz_config(Input input);
/// Calls of wasm/bindings with any handles, lengths and numbers.
std::string fuzz_bindings(Input input);

struct Target {
  const char* name;
  std::string (*run)(Input input);
};

inline constexpr Target kTargets[] = {{"runtime", fuzz_runtime}, {"config", fuzz_config}, {"bindings", fuzz_bindings}};

}  // namespace raclette::fuzz
