// The slot map: handles find only live objects, and a full map refuses new ones.
#include "base/slot_map.h"

#include <gtest/gtest.h>

#include <vector>

#include <string>

namespace raclette {
namespace {

TEST(SlotMap, FindsWhatIsThereAndNothingElse) {
  SlotMap<std::string> map;
  const Handle a = map.insert("a");
  const Handle b = map.insert("b");
  EXPECT_NE(a, 0u);
  EXPECT_EQ(*map.find(a), "a");
  EXPECT_EQ(*map.find(b), "b");
  EXPECT_EQ(map.find(0), nullptr);
  EXPECT_EQ(map.find(12345), nullptr);
  EXPECT_EQ(map.size(), 2u);
}

TEST(SlotMap, MakesObjectsThatCannotBeMovedWhereTheyStay) {
  struct Pinned {
    explicit Pinned(int given = 7) : number(given) {}
    Pinned(const Pinned&) = delete;
    Pinned& operator=(const Pinned&) = delete;
    int number;
  };
  SlotMap<Pinned> map;
  const Handle empty = map.emplace();
  const Handle given = map.emplace(3);
  const Pinned* where = map.find(empty);
  for (int i = 0; i < 100; ++i) map.emplace(i);
  EXPECT_EQ(map.find(empty), where);
  EXPECT_EQ(where->number, 7);
  EXPECT_EQ(map.find(given)->number, 3);
}

TEST(SlotMap, AHandleThatOutlivedItsObjectFindsNoStranger) {
  SlotMap<std::string> map;
  const Handle old = map.insert("old");
  EXPECT_TRUE(map.erase(old));
  const Handle fresh = map.insert("fresh");
  EXPECT_EQ(map.find(old), nullptr);
  EXPECT_FALSE(map.erase(old));
  EXPECT_EQ(*map.find(fresh), "fresh");
}

TEST(SlotMap, TakesNothingWhenItIsFullAndLosesNothing) {
  SlotMap<std::uint32_t> map;
  std::vector<Handle> handles;
  for (std::uint32_t i = 0; i < kMaxObjects; ++i) handles.push_back(map.insert(i));
  EXPECT_TRUE(map.is_full());
  EXPECT_EQ(map.insert(7), 0u);
  EXPECT_EQ(map.size(), kMaxObjects);
  EXPECT_EQ(*map.find(handles.front()), 0u);
  EXPECT_EQ(*map.find(handles.back()), kMaxObjects - 1);
  EXPECT_TRUE(map.erase(handles[5]));
  const Handle again = map.insert(7);
  EXPECT_EQ(*map.find(again), 7u);
  EXPECT_EQ(map.find(handles[5]), nullptr);
}

TEST(SlotMap, HandlesStayPositiveAs32BitNumbers) {
  SlotMap<int> map;
  for (int i = 0; i < 5000; ++i) {
    const Handle handle = map.insert(i);
    EXPECT_LT(handle, 0x80000000u);
    EXPECT_NE(handle, 0u);
    map.erase(handle);
  }
}

}  // namespace
}  // namespace raclette
