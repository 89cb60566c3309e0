// The core's random numbers, for jitter and ids. The caller provides the seed, so runs can be replayed. (xorshift64*;
// not for secrets.)
#pragma once

#include <cstdint>

namespace raclette {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed == 0 ? 0x9E3779B97F4A7C15ull : seed) {}

  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Dull;
  }

  /// From 0 (inclusive) to 1 (exclusive).
  double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace raclette
