// The attachments of binary packets are counted, and unannounced ones refused.
#include "protocol/binary_assembly.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(BinaryAssembly, CountsAttachmentsTogether) {
  BinaryAssembly assembly;
  assembly.begin(2);
  EXPECT_TRUE(assembly.waiting());
  EXPECT_TRUE(assembly.attach());
  EXPECT_TRUE(assembly.waiting());
  EXPECT_TRUE(assembly.attach());
  EXPECT_FALSE(assembly.waiting());
}

TEST(BinaryAssembly, RefusesWhatWasNotAnnounced) {
  BinaryAssembly assembly;
  EXPECT_FALSE(assembly.attach());
  assembly.begin(1);
  EXPECT_TRUE(assembly.attach());
  EXPECT_FALSE(assembly.attach());
}

TEST(BinaryAssembly, ResetForgetsThePacketUnderWay) {
  BinaryAssembly assembly;
  assembly.begin(3);
  assembly.reset();
  EXPECT_FALSE(assembly.waiting());
  EXPECT_FALSE(assembly.attach());
}

}  // namespace
}  // namespace raclette
