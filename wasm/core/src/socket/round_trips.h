// Latency: the minimum of the last round trips, because the rest of each is the server's processing time. A client
// cannot measure it with pings: in Engine.IO 4 the server sends them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "raclette/effect.h"

namespace raclette {

class RoundTrips {
 public:
  explicit RoundTrips(Effects& effects) : effects_(effects) { forget(); }

  /// Adds a round trip, and reports LatencyChanged if the latency changes.
  void add(double milliseconds) {
    last_[next_++ % last_.size()] = milliseconds;
    const double least = std::ceil(*std::min_element(last_.begin(), last_.end()));
    const auto latency = static_cast<std::uint32_t>(std::clamp(least, 1.0, kNone));
    if (latency == reported_) return;
    reported_ = latency;
    effects_.push_back(LatencyChanged{latency});
  }
  /// Forgets the round trips: a new connection may take another route, or reach another server.
  void forget() { last_.fill(kNone); }

 private:
  static constexpr double kNone = 0xFFFFFFFF;

  Effects& effects_;
  std::array<double, 8> last_{};
  std::size_t next_ = 0;
  std::uint32_t reported_ = 0;
};

}  // namespace raclette
