#include <algorithm>

#include "matcher.h"
#include "steps.h"

namespace raclette::fuzz {
namespace {

std::uint32_t choose_bus(World& world, Bytes& in) { return in.flag() ? kAllPlugins : world.runtime->plugin("p__todo"); }

void listen(World& world, Bytes& in) {
  const std::uint32_t bus = choose_bus(world, in);
  const std::string pattern = text_of(in, kPatterns);
  const double lifetime = in.flag() ? 0 : in.number();
  const std::uint32_t version = world.runtime->bus_version();
  world.act([&] { return world.runtime->bus_listen(bus, pattern, lifetime, world.now); },
            [&](const Outcome& added) {
              if (added.code != ErrorCode::OK) return;
              world.oracle.expect(world.runtime->bus_version() != version, "plans stay as they were: the version");
              world.oracle.bus_listens(added.value);
              world.bus_listeners.push_back(added.value);
              world.bus_patterns[added.value] = {bus, pattern};
            });
}

/// Listens to what another listener listens to.
void listen_again(World& world, Bytes& in) {
  const std::uint32_t other = choose(world.bus_listeners, in, 0u);
  const double lifetime = in.flag() ? 0 : in.number();
  const bool is_there = world.oracle.is_on_bus(other);
  world.act([&] { return world.runtime->bus_listen_again(other, lifetime, world.now); },
            [&](std::uint32_t added) {
              world.oracle.expect(is_there == (added != 0), "a listener stands for what it listens to");
              if (added == 0) return;
              world.oracle.bus_listens(added);
              world.bus_listeners.push_back(added);
              world.bus_patterns[added] = world.bus_patterns[other];
            });
}

/// Compares the listeners of a name with matcher.h.
void plan(World& world, Bytes& in) {
  const std::uint32_t bus = choose_bus(world, in);
  const std::string name = text_of(in, kPatterns);
  std::vector<std::uint32_t> listeners;
  const Outcome outcome = world.runtime->bus_plan(bus, name, listeners);
  if (outcome.code != ErrorCode::OK) {
    world.oracle.expect(listeners.empty(), "somebody hears a name that may not be emitted");
    return;
  }
  std::vector<std::uint32_t> expected;
  for (const std::uint32_t listener : world.bus_listeners) {
    const auto& [its_bus, pattern] = world.bus_patterns[listener];
    const bool is_there = world.oracle.is_on_bus(listener);
    if (is_there && its_bus == bus && hears(pattern, name)) expected.push_back(listener);
  }
  world.oracle.expect(listeners == expected, "others hear ", name, " than its patterns say");
}

constexpr Step kSteps[] = {
    listen,
    listen_again,
    plan,
    plan,
    [](World& world, Bytes& in) { world.bus_unlisten(choose(world.bus_listeners, in, in.word())); },
};

}  // namespace

std::span<const Step> bus_steps() { return kSteps; }

}  // namespace raclette::fuzz
