#include "base/handles.h"

#include <gtest/gtest.h>

#include <random>

namespace raclette {
namespace {

std::vector<Handle> in(const Handles& handles) { return {handles.begin(), handles.end()}; }

TEST(Handles, KeepsTheirOrder) {
  Handles handles;
  EXPECT_TRUE(handles.empty());
  handles.push_back(7);
  EXPECT_EQ(in(handles), (std::vector<Handle>{7}));
  handles.push_back(5);
  handles.push_back(6);
  EXPECT_EQ(in(handles), (std::vector<Handle>{7, 5, 6}));
  EXPECT_EQ(handles.front(), 7u);
  EXPECT_EQ(handles.back(), 6u);
}

TEST(Handles, AreMovedWhole) {
  for (const std::vector<Handle>& all : {std::vector<Handle>{}, {1}, {1, 2, 3}}) {
    Handles handles;
    for (const Handle handle : all) handles.push_back(handle);
    const Handles moved(std::move(handles));
    EXPECT_EQ(in(moved), all);
    EXPECT_TRUE(handles.empty());  // NOLINT(bugprone-use-after-move)
  }
}

TEST(Handles, BehaveAsAVectorDoes) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Handles handles;
    std::vector<Handle> model;
    for (int step = 0; step < 200; ++step) {
      const Handle handle = 1 + random() % 4;
      if (random() % 2 == 0) {
        handles.push_back(handle);
        model.push_back(handle);
      } else {
        handles.erase(handle);
        std::erase(model, handle);
      }
      ASSERT_EQ(in(handles), model);
      ASSERT_EQ(handles.size(), model.size());
    }
  }
}

}  // namespace
}  // namespace raclette
