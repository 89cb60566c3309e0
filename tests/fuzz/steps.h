// The steps of the target `runtime`. Each takes its operands from the input.
#pragma once

#include <span>
#include <vector>

#include "world.h"

namespace raclette::fuzz {

using Step = void (*)(World& world, Bytes& in);

/// Steps of the server and the platform, and of users of the socket.
std::span<const Step> socket_steps();
/// Steps of users with queries, and the outcomes of their requests.
std::span<const Step> data_steps();
/// Steps of users with the bus.
std::span<const Step> bus_steps();

/// Chooses an element of `from`, the newest for 0; sometimes `none`.
template <class T>
T choose(const std::vector<T>& from, Bytes& in, T none) {
  const std::size_t which = in.byte();
  return from.empty() || which >= 0xF0 ? none : from[from.size() - 1 - which % from.size()];
}

}  // namespace raclette::fuzz
