// Exponential backoff with jitter: each delay is twice the last, up to a limit, and randomised, so that clients do
// not all return at once when a server is back. A BackoffRule has the numbers; a Backoff counts the attempts of one
// thing.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.h"

namespace raclette {

/// Which delay the limit of a rule holds for. `before_spread`: a delay may exceed it by the spread. `after_spread`:
/// none exceeds it, and what is spread reaches from there downwards.
enum class BackoffLimit : std::uint8_t { before_spread, after_spread };

/// Delays in milliseconds.
struct BackoffRule {
  /// Before the first attempt.
  double first;
  double limit;
  /// The share of itself by which a delay is longer or shorter: 0.5 is ±50 %.
  double spread;
  BackoffLimit limits;
};

class Backoff {
 public:
  /// True once `attempts` of them were made since the last reset.
  [[nodiscard]] bool exhausted(double attempts) const { return attempts_ >= attempts; }
  void reset() { attempts_ = 0; }
  /// So many since then.
  [[nodiscard]] std::uint32_t attempts() const { return attempts_; }

  /// Counts an attempt and returns how long to wait before it, in milliseconds.
  double next(const BackoffRule& rule, Random& random) {
    double delay = rule.first;
    for (std::uint32_t i = 0; i < attempts_ && delay < rule.limit; ++i) delay *= 2;
    ++attempts_;
    delay = std::min(delay, rule.limit);
    const double least = delay * (1 - rule.spread);
    double most = delay * (1 + rule.spread);
    if (rule.limits == BackoffLimit::after_spread) most = std::min(most, rule.limit);
    return least + (most - least) * random.fraction();
  }

 private:
  std::uint32_t attempts_ = 0;
};

}  // namespace raclette
