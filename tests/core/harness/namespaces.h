// A pair with a second namespace, `/admin`, for tests of separate and of closed namespaces.
#pragma once

#include <gtest/gtest.h>

#include "harness/pair.h"

namespace raclette::testing {

struct NamespacesTest : ::testing::Test {
  Pair pair{R"({"randomizationFactor":0})"};
  std::uint32_t admin = pair.runtime->open_namespace("/admin").value;

  void connect(std::uint32_t nsp_id) { pair.input(Connect{nsp_id}); }
  void disconnect(std::uint32_t nsp_id) { pair.input(Disconnect{nsp_id}); }
  void leave(std::uint32_t nsp_id) {
    pair.runtime->close_namespace(nsp_id, pair.now);
    pair.settle();
  }

  /// The last status of a namespace.
  [[nodiscard]] SocketStatus status(std::uint32_t nsp_id) const {
    SocketStatus last = SocketStatus::closed;
    for (const Effect& effect : pair.log) {
      const auto* changed = std::get_if<StatusChanged>(&effect);
      if (changed != nullptr && changed->nsp_id == nsp_id) last = changed->status;
    }
    return last;
  }
};

}  // namespace raclette::testing
