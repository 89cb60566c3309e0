// The upgrade: every input in every state.
#include "socket/upgrade.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

struct Rig {
  SocketOptions options;
  TimerTable timers;
  Effects effects;
  Upgrade upgrade{options, timers, effects};

  void reach(UpgradeState state) {
    if (state == UpgradeState::none) return;
    upgrade.start(1, 2, "ws://host/", 0);
    if (state == UpgradeState::opening) return;
    upgrade.step(UpgradeInput::up, 0);
    if (state == UpgradeState::probing) return;
    upgrade.step(UpgradeInput::answer, 0);
  }
};

TEST(Upgrade, EveryStateMeetsEveryInput) {
  using UpgradeState::opening;
  using UpgradeState::pausing;
  using UpgradeState::probing;
  struct Expected {
    UpgradeState state;
    UpgradeSignal signal = UpgradeSignal::none;
    std::size_t effects = 0;
  };
  constexpr UpgradeState idle = UpgradeState::none;
  // By input: start, up, down, answer, other packet, paused, deadline, stop.
  const Expected expected[enum_size<UpgradeState>()][enum_size<UpgradeInput>()] = {
      {{opening, UpgradeSignal::none, 1}, {idle}, {idle}, {idle}, {idle}, {idle}, {idle}, {idle}},
      {{opening},
       {probing, UpgradeSignal::none, 1},
       {idle},
       {idle, UpgradeSignal::none, 1},
       {idle, UpgradeSignal::none, 1},
       {opening},
       {idle, UpgradeSignal::none, 1},
       {idle, UpgradeSignal::none, 1}},
      {{probing},
       {probing},
       {idle},
       {pausing, UpgradeSignal::none, 1},
       {idle, UpgradeSignal::none, 1},
       {probing},
       {idle, UpgradeSignal::none, 1},
       {idle, UpgradeSignal::none, 1}},
      {{pausing},
       {pausing},
       {idle, UpgradeSignal::broken},
       {pausing},
       {idle, UpgradeSignal::broken, 1},
       {idle, UpgradeSignal::switched},
       {idle, UpgradeSignal::broken, 1},
       {idle, UpgradeSignal::none, 1}},
  };
  for (std::size_t state = 0; state < enum_size<UpgradeState>(); ++state) {
    for (std::size_t input = 0; input < enum_size<UpgradeInput>(); ++input) {
      SCOPED_TRACE("input " + std::to_string(input) + " in state " + std::to_string(state));
      Rig rig;
      rig.reach(static_cast<UpgradeState>(state));
      ASSERT_EQ(rig.upgrade.state(), static_cast<UpgradeState>(state));
      rig.effects.clear();
      const UpgradeSignal signal = rig.upgrade.step(static_cast<UpgradeInput>(input), 0);
      EXPECT_EQ(rig.upgrade.state(), expected[state][input].state);
      EXPECT_EQ(signal, expected[state][input].signal);
      EXPECT_EQ(rig.effects.size(), expected[state][input].effects);
      EXPECT_EQ(rig.timers.size(), rig.upgrade.state() == idle ? 0u : 1u) << "one limit for the whole upgrade";
    }
  }
}

}  // namespace
}  // namespace raclette
