// The limit of a million objects of each kind. Calls beyond it are refused, pending work ends as usual, and no missing
// object is accessed.
#include <gtest/gtest.h>

#include <vector>

#include "base/slot_map.h"
#include "harness/pair.h"

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

struct FullTest : ::testing::Test {
  Pair pair;
  Effects effects;

  void SetUp() override { ASSERT_EQ(pair.runtime->add_plugin(kTodoConfig).code, ErrorCode::OK); }

  std::uint32_t query(const char* operation, QuerySettings settings = {}) {
    const std::uint32_t number = pair.runtime->operation("pacifico__todo", "todo", operation).operation;
    const Outcome made = pair.runtime->create_query(number, settings);
    if (made.value != 0) pair.runtime->set_request(made.value, "", R"({"_id":"1"})", "");
    return made.value;
  }
  /// Executes until an execution is refused. Returns the number of accepted ones.
  std::size_t fill(std::uint32_t query, ValueHandle body = 0) {
    for (std::size_t taken = 0;; ++taken) {
      const bool is_taken = pair.runtime->execute(query, body, Caller::user, pair.now) != 0;
      pair.runtime->drain(effects);
      if (!is_taken) return taken;
    }
  }
};

TEST_F(FullTest, AnExecutionTooManyIsRefusedAndItsBodyReleased) {
  const std::uint32_t create = query("create", {.debounce = 100});
  EXPECT_EQ(fill(create), kMaxObjects);
  EXPECT_EQ(pair.runtime->execute(create, 5, Caller::user, pair.now), 0u);
  pair.settle();
  EXPECT_EQ(pair.released_payloads[5], 1);
  EXPECT_EQ(pair.runtime->restore(create, 6, "key", pair.now), 0u);
  pair.settle();
  EXPECT_EQ(pair.released_payloads[6], 1);
}

TEST_F(FullTest, ARequestTooManyIsRefused) {
  const std::uint32_t read = query("get", {.use_cache = false, .timeout = 1000});
  EXPECT_LE(fill(read), kMaxObjects) << "each has a timer, and some are left to others";
  pair.advance(1);
  EXPECT_EQ(pair.runtime->execute(read, 0, Caller::user, pair.now), 0u);
}

TEST_F(FullTest, WhatIsDueWaitsUntilThereIsRoom) {
  pair.connect();
  const std::uint32_t followed = query("getAll", {.active = true});
  pair.runtime->execute(followed, 0, Caller::user, pair.now);
  pair.settle();
  pair.respond(1);
  pair.runtime->refetch_on_event(followed, pair.runtime->plugin("pacifico__todo"), "todoCreated");
  const std::uint32_t some = query("create", {.debounce = 60'000});
  for (int i = 0; i < 10; ++i) pair.runtime->execute(some, 0, Caller::user, pair.now);
  fill(query("create", {.debounce = 60'000}));
  const std::size_t before = pair.count<StartFetch>();
  pair.text(R"(42["plugin_pacifico__todo--todoCreated"])");
  pair.advance(10);
  EXPECT_EQ(pair.count<StartFetch>(), before);
  pair.runtime->abort_query(some, pair.now);
  pair.life(LifecycleEvent::visible);
  pair.advance(500);
  EXPECT_EQ(pair.count<StartFetch>(), before + 1);
}

}  // namespace
}  // namespace raclette
