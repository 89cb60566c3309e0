// Exponential backoff with jitter. Each delay is twice the previous one, up to a limit. Jitter keeps clients from
// returning all at once when a server is back. A BackoffRule holds the numbers; a Backoff counts the attempts of one
// connection, namespace, request or queue.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.h"

namespace raclette {

/// How a rule's limit and its spread combine. `before_spread`: the limit caps the delay before the spread, so a delay
/// may exceed it by the spread. `after_spread`: no delay exceeds the limit; the spread only shortens delays at the
/// limit.
enum class BackoffLimit : std::uint8_t { before_spread, after_spread };

/// Delays in milliseconds.
struct BackoffRule {
  /// Before the first attempt.
  double first;
  double limit;
  /// The jitter, as a share of the delay: 0.5 is ±50 %.
  double spread;
  BackoffLimit limits;
};

class Backoff {
 public:
  /// Whether `attempts` attempts were made since the last reset.
  [[nodiscard]] bool exhausted(double attempts) const { return attempts_ >= attempts; }
  void reset() { attempts_ = 0; }
  /// The number of attempts since the last reset.
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
