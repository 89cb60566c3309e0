// The transition tables of the socket's machines: each pair of state and input has exactly one meaning, each action is
// used, and each state can be reached.
#include <gtest/gtest.h>

#include "socket/engine_transitions.h"
#include "socket/namespace_transitions.h"
#include "socket/upgrade_transitions.h"

namespace raclette {
namespace {

template <class Action, class State, class Input, class Meaning, std::size_t size>
void expect_whole(const Transitions<State, Input, Meaning, size>& rows, State first) {
  const TransitionTable table(rows);
  std::array<std::size_t, enum_size<State>()> entered{};
  std::array<std::size_t, enum_size<Action>()> asked_for{};
  for (std::size_t state = 0; state < enum_size<State>(); ++state) {
    for (std::size_t input = 0; input < enum_size<Input>(); ++input) {
      SCOPED_TRACE("input " + std::to_string(input) + " in state " + std::to_string(state));
      const auto from = static_cast<State>(state);
      const auto on = static_cast<Input>(input);
      EXPECT_EQ(rows_of(rows, from, on), 1u);
      const Meaning& meaning = table.of(from, on);
      if (meaning.next != from) ++entered[static_cast<std::size_t>(meaning.next)];
      ++asked_for[static_cast<std::size_t>(meaning.action)];
    }
  }
  for (std::size_t state = 0; state < entered.size(); ++state) {
    EXPECT_TRUE(entered[state] > 0 || static_cast<State>(state) == first) << "state " << state;
  }
  for (std::size_t action = 0; action < asked_for.size(); ++action) EXPECT_GT(asked_for[action], 0u) << action;
}

TEST(SocketTransitions, OfTheEngineSessionHaveOneMeaningEach) {
  expect_whole<EngineAction>(engine_transitions(), EngineState::closed);
}

TEST(SocketTransitions, OfTheNamespaceSessionHaveOneMeaningEach) {
  expect_whole<NamespaceAction>(namespace_transitions(), NamespaceState::detached);
}

TEST(SocketTransitions, OfTheUpgradeHaveOneMeaningEach) {
  expect_whole<UpgradeAction>(upgrade_transitions(), UpgradeState::none);
}

TEST(SocketTransitions, SayWhyASessionOfTheEngineEnds) {
  for (const auto& row : engine_transitions()) {
    const bool ends = row.from != EngineState::closed && row.to.next == EngineState::closed;
    EXPECT_EQ(row.to.reason != ErrorCode::OK, ends);
  }
}

}  // namespace
}  // namespace raclette
