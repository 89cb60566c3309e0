// The transition table of an upgrade. Only this table changes the state.
#pragma once

#include <array>
#include <cstdint>

#include "base/transitions.h"

namespace raclette {

enum class UpgradeState : std::uint8_t { none, opening, probing, pausing };

enum class UpgradeInput : std::uint8_t {
  start,         // the session is open and may be upgraded
  up,            // the second transport opened
  down,          // it closed, or could not be opened
  answer,        // pong with `probe`
  other_packet,  // anything else on the second transport
  paused,        // the first transport is silent
  deadline,      // it took too long
  stop,          // the session is over
};

enum class UpgradeAction : std::uint8_t {
  nothing,
  ask_transport,
  probe,
  pause,
  take_over,
  give_up,        // the second transport is already closed
  drop,           // close it
  fail,           // it is already closed, and the session is lost
  drop_and_fail,  // close it; the session is lost
};

struct UpgradeTransition {
  UpgradeState next;
  UpgradeAction action = UpgradeAction::nothing;
};

constexpr auto upgrade_transitions() {
  using enum UpgradeState;
  using enum UpgradeInput;
  using enum UpgradeAction;
  return std::to_array<Transition<UpgradeState, UpgradeInput, UpgradeTransition>>({
      {none, start, {opening, ask_transport}},
      {none, {up, down, answer, other_packet, paused, deadline, stop}, {none}},

      {opening, up, {probing, probe}},
      {opening, down, {none, give_up}},
      // An answer is an error, too: no probe was sent yet.
      {opening, {answer, other_packet, deadline, stop}, {none, drop}},
      {opening, {start, paused}, {opening}},

      {probing, answer, {pausing, pause}},
      {probing, down, {none, give_up}},
      {probing, {other_packet, deadline, stop}, {none, drop}},
      {probing, {start, up, paused}, {probing}},

      {pausing, paused, {none, take_over}},
      {pausing, down, {none, fail}},
      {pausing, {other_packet, deadline}, {none, drop_and_fail}},
      {pausing, stop, {none, drop}},
      {pausing, {start, up, answer}, {pausing}},
  });
}
static_assert(missing_pairs(upgrade_transitions()) == 0 && doubled_pairs(upgrade_transitions()) == 0);

}  // namespace raclette
