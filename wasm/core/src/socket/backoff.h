// When to try again: exponential from `reconnectionDelay` to `reconnectionDelayMax`, spread by
// `randomizationFactor` so that a restarted server is not met by all its clients in the same instant.
#pragma once

#include <algorithm>

#include "base/random.h"
#include "socket/options.h"

namespace raclette {

class Backoff {
 public:
  explicit Backoff(const SocketOptions& options) : options_(options) {}

  [[nodiscard]] bool exhausted() const { return attempts_ >= options_.reconnection_attempts; }
  [[nodiscard]] double attempts() const { return attempts_; }
  void reset() { attempts_ = 0; }

  /// Counts an attempt and returns how long to wait before it, in milliseconds.
  double next(Random& random) {
    double delay = options_.reconnection_delay;
    for (double i = 0; i < attempts_ && delay < options_.reconnection_delay_max; ++i) delay *= 2;
    ++attempts_;
    const double spread = 1 + options_.randomization_factor * (2 * random.fraction() - 1);
    return std::min(delay * spread, options_.reconnection_delay_max);
  }

 private:
  const SocketOptions& options_;
  double attempts_ = 0;
};

}  // namespace raclette
