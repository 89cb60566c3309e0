// Reads a fuzzer's input as a sequence of choices. Each choice takes as few bytes as possible, so a changed byte
// changes one choice. Reads past the end return 0, so a truncated input is still valid.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace raclette::fuzz {

class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool over() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  /// A number below `count`, which is at most 256.
  std::size_t below(std::size_t count) { return byte() % count; }
  bool flag() { return (byte() & 1) != 0; }

  template <class T, std::size_t kCount>
  const T& one_of(const T (&choices)[kCount]) {
    return choices[below(kCount)];
  }

  /// Reads a length, and that many raw bytes, at most `most`.
  std::string raw(std::size_t most = 255) {
    const std::size_t length = std::min<std::size_t>({byte(), most, bytes_.size()});
    const std::string text(reinterpret_cast<const char*>(bytes_.data()), length);
    bytes_ = bytes_.subspan(length);
    return text;
  }
  /// All remaining bytes.
  std::string rest() {
    const std::string text(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
    bytes_ = {};
    return text;
  }

  /// A number: usual, at a limit, or not finite.
  double number() {
    using Limits = std::numeric_limits<double>;
    static const double kNumbers[] = {0,
                                      1,
                                      2,
                                      3,
                                      10,
                                      50,
                                      100,
                                      1000,
                                      30000,
                                      3.6e6,
                                      -1,
                                      0.5,
                                      4294967295.0,
                                      4294967296.0,
                                      1e15,
                                      1e18,
                                      9.3e18,
                                      1e300,
                                      -1e300,
                                      5e-324,
                                      -0.0,
                                      Limits::infinity(),
                                      -Limits::infinity(),
                                      Limits::quiet_NaN()};
    const std::uint8_t which = byte();
    return which < std::size(kNumbers) ? kNumbers[which] : (which - 20.0) * 7;
  }
  /// A 32-bit number: usual, at a limit, or any.
  std::uint32_t word() {
    static const std::uint32_t kWords[] = {0, 1, 2, 3, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x100000, 0x100001, 65536};
    const std::uint8_t which = byte();
    return which < std::size(kWords) ? kWords[which] : which - 9U;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace raclette::fuzz
