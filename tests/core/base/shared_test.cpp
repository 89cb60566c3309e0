#include "base/shared.h"

#include <gtest/gtest.h>

#include <memory>

namespace raclette {
namespace {

using Counted = std::shared_ptr<int>;

TEST(Shared, CopiesHaveOneValueThatGoesWithTheLast) {
  const Counted counted = std::make_shared<int>(7);
  Shared<Counted> first(counted);
  EXPECT_EQ(counted.use_count(), 2);
  {
    const Shared<Counted> second(first);
    EXPECT_EQ(second.get(), first.get());
    EXPECT_EQ(counted.use_count(), 2);
    first = Shared<Counted>();
    EXPECT_EQ(first.get(), nullptr);
    EXPECT_EQ(**second, 7);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(Shared, AssignsToItselfAndMoves) {
  const Counted counted = std::make_shared<int>(7);
  Shared<Counted> first(counted);
  const Shared<Counted>& same = first;
  first = same;
  EXPECT_EQ(counted.use_count(), 2);
  Shared<Counted> moved(std::move(first));
  EXPECT_EQ(first.get(), nullptr);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(*moved, counted);
  first = std::move(moved);
  EXPECT_EQ(counted.use_count(), 2);
}

}  // namespace
}  // namespace raclette
