// How far away the server is: the least time that its last answers took, since the rest of an answer's time is the
// server's own work. A client cannot ask for more: in Engine.IO 4 it is the server that pings.
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

  /// The server answered after so many milliseconds. Tells LatencyChanged where that changes it.
  void add(double milliseconds) {
    last_[next_++ % last_.size()] = milliseconds;
    const double least = std::ceil(*std::min_element(last_.begin(), last_.end()));
    const auto latency = static_cast<std::uint32_t>(std::clamp(least, 1.0, kNone));
    if (latency == reported_) return;
    reported_ = latency;
    effects_.push_back(LatencyChanged{latency});
  }
  /// What comes now may take another way, or go to another server.
  void forget() { last_.fill(kNone); }

 private:
  static constexpr double kNone = 0xFFFFFFFF;

  Effects& effects_;
  std::array<double, 8> last_{};
  std::size_t next_ = 0;
  std::uint32_t reported_ = 0;
};

}  // namespace raclette
