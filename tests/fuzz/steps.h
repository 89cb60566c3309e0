// What may happen to a runtime, one step each: the step takes its operands from the input.
#pragma once

#include <span>
#include <vector>

#include "world.h"

namespace raclette::fuzz {

using Step = void (*)(World& world, Bytes& in);

/// Of the server and the platform, and what users do with the socket.
std::span<const Step> socket_steps();
/// What users do with queries, and what becomes of their requests.
std::span<const Step> data_steps();
/// What users do with the bus.
std::span<const Step> bus_steps();

/// One of those that there ever were, the newest for 0; at times what is none.
template <class T>
T choose(const std::vector<T>& from, Bytes& in, T none) {
  const std::size_t which = in.byte();
  return from.empty() || which >= 0xF0 ? none : from[from.size() - 1 - which % from.size()];
}

}  // namespace raclette::fuzz
