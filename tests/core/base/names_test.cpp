// Interned names: ids are stable and distinct, and a lookup adds nothing.
#include "base/names.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(Names, GivesEqualTextTheSameIdForLife) {
  Names names;
  const NameId first = names.intern("todoCreated");
  for (int i = 0; i < 1000; ++i) names.intern("name" + std::to_string(i));
  EXPECT_EQ(names.intern("todoCreated"), first);
  EXPECT_EQ(names.find("todoCreated"), first);
  EXPECT_EQ(names.text(first), "todoCreated");
  EXPECT_EQ(names.size(), 1001u);
}

TEST(Names, FindAddsNothing) {
  Names names;
  EXPECT_EQ(names.find("nobody"), kNoName);
  names.intern("somebody");
  EXPECT_EQ(names.find("nobody"), kNoName);
  EXPECT_EQ(names.size(), 1u);
}

TEST(Names, TellsTextsApartThatShareAStart) {
  Names names;
  EXPECT_NE(names.intern("todo"), names.intern("todoCreated"));
  EXPECT_NE(names.intern(""), names.intern(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace raclette
