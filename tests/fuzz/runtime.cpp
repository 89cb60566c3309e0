// The target `runtime`: a script of what a server that sends anything, a platform that fails anyhow and users who do
// anything may bring about. Whatever comes, the Oracle's rules hold; and at the end, when all is taken back and
// answered, nothing is left, and the runtime still takes a fresh connection and a good event.
#include "steps.h"
#include "targets.h"

namespace raclette::fuzz {
namespace {

/// Half of the steps are the socket's, nearly half those of the data.
void step(World& world, Bytes& in) {
  const std::uint8_t which = in.byte();
  const std::span<const Step> steps = which < 120 ? socket_steps() : which < 235 ? data_steps() : bus_steps();
  const std::size_t first = which < 120 ? 0 : which < 235 ? 120 : 235;
  steps[(which - first) % steps.size()](world, in);
}

}  // namespace

std::string fuzz_runtime(Input input) {
  Bytes in(input);
  const std::uint8_t how = in.byte();
  World world(in.one_of(kSettings), how);
  world.session = in.one_of(kSessions);
  if (how % 2 == 0) world.input(Connect{0});
  for (int steps = 0; steps < 400 && !in.over() && world.oracle.broken().empty(); ++steps) step(world, in);
  // One in eight is destroyed as it is: the sanitizers say whether that is fine.
  if (how % 8 != 7 && world.oracle.broken().empty()) world.finish();
  return world.oracle.broken();
}

}  // namespace raclette::fuzz
