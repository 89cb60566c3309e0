// Handles keep the order in which they were added, whatever is removed in between.
#include "base/ordered.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

std::vector<Handle> all(const Ordered& list) { return Ordered::merged(list, Ordered()); }

TEST(Ordered, KeepsTheOrderWhileSomeGo) {
  Ordered list;
  for (Handle handle = 1; handle <= 10; ++handle) list.add(handle * 2, handle);
  for (const std::uint64_t order : {2u, 20u, 10u, 8u, 16u, 6u}) list.remove(order);
  EXPECT_EQ(all(list), (std::vector<Handle>{2, 6, 7, 9}));
  list.add(30, 4);
  std::vector<Handle> seen;
  list.for_each([&](Handle handle) { seen.push_back(handle); });
  EXPECT_EQ(seen, (std::vector<Handle>{2, 6, 7, 9, 4}));
}

TEST(Ordered, IgnoresANumberThatIsNotThereOrGone) {
  Ordered list;
  list.add(5, 1);
  list.remove(4);
  list.remove(6);
  EXPECT_FALSE(list.empty());
  list.remove(5);
  list.remove(5);
  EXPECT_TRUE(list.empty());
  EXPECT_TRUE(all(list).empty());
}

TEST(Ordered, FindsWhatIsThereByItsNumber) {
  Ordered list;
  EXPECT_EQ(list.find(1), 0u);
  for (Handle handle = 1; handle <= 5; ++handle) list.add(handle * 2, handle);
  list.remove(4);
  EXPECT_EQ(list.find(6), 3u);
  EXPECT_EQ(list.find(4), 0u) << "gone";
  EXPECT_EQ(list.find(5), 0u);
  EXPECT_EQ(list.find(12), 0u);
}

TEST(Ordered, MergesTwoByTheirNumbers) {
  Ordered a;
  Ordered b;
  a.add(1, 10);
  b.add(2, 20);
  b.add(3, 30);
  a.add(4, 40);
  b.add(5, 50);
  b.remove(3);
  EXPECT_EQ(Ordered::merged(a, b), (std::vector<Handle>{10, 20, 40, 50}));
  EXPECT_EQ(Ordered::merged(b, a), (std::vector<Handle>{10, 20, 40, 50}));
  EXPECT_TRUE(Ordered::merged(Ordered(), Ordered()).empty());
}

}  // namespace
}  // namespace raclette
