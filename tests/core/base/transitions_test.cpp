// Transition tables: the checks find missing and duplicate pairs, and a table returns what its rows contain.
#include "base/transitions.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

enum class Door : std::uint8_t { open, shut, locked };
enum class Deed : std::uint8_t { push, turn2, wait };
using Row = Transition<Door, Deed, Door>;

constexpr auto kRows = std::to_array<Row>({
    {Door::open, Deed::push, Door::shut},
    {Door::open, {Deed::turn2, Deed::wait}, Door::open},
    {Door::shut, Deed::push, Door::open},
    {Door::shut, Deed::turn2, Door::locked},
    {Door::shut, Deed::wait, Door::shut},
    {Door::locked, Deed::turn2, Door::shut},
    {Door::locked, {Deed::push, Deed::wait}, Door::locked},
});

TEST(Transitions, CountTheEnumerators) {
  enum class One : std::uint8_t { only };
  enum class Many : std::uint8_t { a0, b1, c2, d3, e4, f5, g6, h7, i8, j9, k10, l11 };
  EXPECT_EQ(enum_size<Door>(), 3u);
  EXPECT_EQ(enum_size<Deed>(), 3u) << "one whose name ends with a digit";
  EXPECT_EQ(enum_size<One>(), 1u);
  EXPECT_EQ(enum_size<Many>(), 12u);
}

TEST(Transitions, SayWhatTheRowsSay) {
  constexpr TransitionTable table(kRows);
  EXPECT_EQ(table.of(Door::open, Deed::wait), Door::open);
  EXPECT_EQ(table.of(Door::shut, Deed::turn2), Door::locked);
  EXPECT_EQ(table.of(Door::locked, Deed::push), Door::locked);
  EXPECT_EQ(table.of(Door::locked, Deed::turn2), Door::shut);
}

TEST(Transitions, KnowWhichPairsAreMissing) {
  EXPECT_EQ(missing_pairs(kRows), 0u);
  auto rows = kRows;
  rows[1].on = Deed::turn2;
  EXPECT_EQ(missing_pairs(rows), 1u);
  EXPECT_EQ(rows_of(rows, Door::open, Deed::wait), 0u);
  EXPECT_EQ(doubled_pairs(rows), 0u);
}

TEST(Transitions, KnowWhichPairsAreDoubled) {
  EXPECT_EQ(doubled_pairs(kRows), 0u);
  auto rows = kRows;
  rows[1].on = {Deed::push, Deed::turn2, Deed::wait};
  EXPECT_EQ(doubled_pairs(rows), 1u);
  EXPECT_EQ(rows_of(rows, Door::open, Deed::push), 2u);
  EXPECT_EQ(missing_pairs(rows), 0u);
}

}  // namespace
}  // namespace raclette
