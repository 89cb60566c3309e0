// The target `runtime`: a script of arbitrary steps by a server, a failing platform, and users. The Oracle's rules must
// always hold. After everything is ended and answered, nothing may be left, and the runtime must still accept a new
// connection and a valid event.
#include "steps.h"
#include "targets.h"

namespace raclette::fuzz {
namespace {

/// Half of the steps are socket steps, and nearly half data steps.
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
  // One in eight runtimes is destroyed without an orderly end; the sanitizers check that.
  if (how % 8 != 7 && world.oracle.broken().empty()) world.finish();
  return world.oracle.broken();
}

}  // namespace raclette::fuzz
