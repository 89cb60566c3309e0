// The index finds exactly the values in it, after any sequence of insertions and removals and with any collisions.
#include "base/hash_index.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "base/random.h"

namespace raclette {
namespace {

std::uint32_t find(const HashIndex& index, std::uint32_t hash, std::uint32_t wanted) {
  return index.find(hash, [wanted](std::uint32_t value) { return value == wanted; });
}

TEST(HashIndex, IsEmptyAtFirst) { EXPECT_EQ(find(HashIndex(), 7, 1), 0u); }

TEST(HashIndex, TellsValuesOfOneHashApart) {
  HashIndex index;
  for (std::uint32_t value = 1; value <= 100; ++value) index.insert(42, value);
  for (std::uint32_t value = 1; value <= 100; ++value) EXPECT_EQ(find(index, 42, value), value);
  EXPECT_EQ(find(index, 42, 101), 0u);
  EXPECT_EQ(find(index, 43, 1), 0u);
}

TEST(HashIndex, AgreesWithAMapOverRandomHistories) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    HashIndex index;
    std::map<std::uint32_t, std::uint32_t> model;  // value → hash
    for (std::uint32_t step = 1; step <= 2000; ++step) {
      if (model.empty() || random.fraction() < 0.55) {
        const auto hash = static_cast<std::uint32_t>(random.next() % 64) * 0x01000001u;
        index.insert(hash, step);
        model[step] = hash;
      } else {
        const auto one = model.lower_bound(static_cast<std::uint32_t>(random.next() % step));
        const auto [value, hash] = one == model.end() ? *model.begin() : *one;
        index.erase(hash, value);
        model.erase(value);
        ASSERT_EQ(find(index, hash, value), 0u) << "seed " << seed << " step " << step;
      }
    }
    for (const auto& [value, hash] : model) ASSERT_EQ(find(index, hash, value), value) << "seed " << seed;
  }
}

TEST(HashIndex, SpreadsNamesThatAreNearlyAlike) {
  for (const std::string prefix : {"", "k", "plugin_app__todo--item", "abc"}) {
    std::set<std::uint32_t> slots;
    for (int i = 0; i < 8192; ++i) slots.insert(hash_of(prefix + std::to_string(i)) & 0x3FFF);
    EXPECT_GT(slots.size(), 6000u) << "chance alone fills 6,446; names begin with " << prefix;
  }
}

TEST(HashIndex, HashesANameAlikeInBytesAndInUnits) {
  const std::string name = "plugin_app--\xC3\xA9!\xFF";
  for (std::size_t length = 0; length <= name.size(); ++length) {
    std::u16string units;
    for (const char c : name.substr(0, length)) units.push_back(static_cast<unsigned char>(c));
    EXPECT_EQ(hash_of(name.substr(0, length)), hash_of(ByteUnits(units)));
  }
}

TEST(HashIndex, HashesWithAndWithoutASeed) {
  EXPECT_EQ(hash_of("todo"), hash_of("todo"));
  EXPECT_NE(hash_of("todo"), hash_of("todp"));
  EXPECT_NE(hash_of("todo"), hash_of("todo", 1));
  EXPECT_NE(hash_of(""), hash_of("", 1));
}

}  // namespace
}  // namespace raclette
