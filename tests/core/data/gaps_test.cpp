// Gaps that provably missed nothing: the numbers in answers and in the session's first event.
#include "data/gaps.h"

#include <gtest/gtest.h>

#include <random>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

TEST(Gaps, PartNobodyFromWhatIsAskedForNow) {
  Gaps gaps;
  EXPECT_FALSE(gaps.may_have_missed({}));
  EXPECT_FALSE(gaps.is_open());
  gaps.add();
  EXPECT_TRUE(gaps.may_have_missed({}));
  EXPECT_TRUE(gaps.is_open());
  EXPECT_FALSE(gaps.may_have_missed({0, gaps.count(), 0}));
}

TEST(Gaps, AreClosedByANumberThatIsNotBelowTheSessions) {
  Gaps gaps;
  gaps.add();
  gaps.complete_above(7);
  EXPECT_FALSE(gaps.is_open());
  EXPECT_FALSE(gaps.may_have_missed({0, 0, 7}));
  EXPECT_FALSE(gaps.may_have_missed({0, 0, 8}));
  EXPECT_TRUE(gaps.may_have_missed({0, 0, 6}));
  EXPECT_TRUE(gaps.may_have_missed({0, 0, 0})) << "an answer that says nothing proves nothing";
  EXPECT_TRUE(gaps.may_have_missed({0, 0, -1}));
  EXPECT_TRUE(gaps.may_have_missed({0, 0, std::numeric_limits<double>::quiet_NaN()}));
  gaps.add();
  EXPECT_TRUE(gaps.may_have_missed({0, 0, 8})) << "another session has another number";
}

struct GapTest : ::testing::Test {
  Pair pair;

  void SetUp() override { ASSERT_EQ(pair.runtime->add_plugin(kTodoConfig).code, ErrorCode::OK); }

  std::uint32_t query(QuerySettings settings = {}) {
    const OperationInfo info = pair.runtime->operation("pacifico__todo", "todo", "getAll");
    const std::uint32_t handle = pair.runtime->create_query(info.operation, settings).value;
    EXPECT_EQ(pair.runtime->set_request(handle, "", "{}", "").code, ErrorCode::OK);
    return handle;
  }
  void execute(std::uint32_t handle, Caller caller = Caller::user) {
    pair.runtime->execute(handle, 0, caller, pair.now);
    pair.settle();
  }
  void connected(const std::string& args = R"(,{"commit":7})") {
    pair.text(R"(42["raclette--connected")" + args + "]");
  }
  /// Loses the connection, and waits for a new session.
  void comes_back() {
    pair.drop();
    while (pair.last<StatusChanged>()->status != SocketStatus::connected) pair.advance(10);
  }
  /// Returns the number of requests within the time of refetches after a gap.
  std::size_t reads() {
    const std::size_t before = pair.count<StartFetch>();
    pair.advance(600);
    return pair.count<StartFetch>() - before;
  }
};

TEST_F(GapTest, AReadBeforeTheFirstSessionIsMadeAgainOnlyWhereSomethingMayHaveBeenMissed) {
  for (const auto& [commit, again] :
       std::initializer_list<std::pair<double, std::size_t>>{{6, 1}, {7, 0}, {8, 0}, {0, 1}}) {
    SCOPED_TRACE(commit);
    Pair fresh;
    std::swap(pair, fresh);
    SetUp();
    execute(query());
    pair.respond(1, 200, 0, commit);
    pair.connect();
    connected();
    EXPECT_EQ(reads(), again);
  }
}

TEST_F(GapTest, WithoutANumberOfTheSessionReadsAreMadeAgain) {
  for (const char* args :
       {"", ",{}", R"(,{"commit":"7"})", R"(,{"commit":0})", R"(,{"commit":-1})", ",7", ",nonsense"}) {
    SCOPED_TRACE(args);
    Pair fresh;
    std::swap(pair, fresh);
    SetUp();
    execute(query());
    pair.respond(1, 200, 0, 7);
    pair.connect();
    connected(args);
    EXPECT_EQ(reads(), 1u);
  }
}

TEST_F(GapTest, NothingIsMadeAgainAfterALossWhereNothingHappened) {
  pair.connect();
  connected();
  execute(query());
  pair.respond(1, 200, 0, 7);
  comes_back();
  connected();
  EXPECT_EQ(reads(), 0u);
  comes_back();
  connected(R"(,{"commit":8})");
  EXPECT_EQ(reads(), 1u);
}

TEST_F(GapTest, WhatIsReadAgainAfterTheFirstSessionIsQuietAndAfterOthersIsNot) {
  execute(query());
  EXPECT_FALSE(pair.last<QueryLoading>()->quiet);
  pair.respond(1, 200, 0, 6);
  pair.connect();
  connected();
  EXPECT_EQ(reads(), 1u);
  EXPECT_TRUE(pair.last<QueryLoading>()->quiet);
  pair.respond(2, 200, 0, 7);
  comes_back();
  connected(R"(,{"commit":9})");
  EXPECT_EQ(reads(), 1u);
  EXPECT_FALSE(pair.last<QueryLoading>()->quiet);
}

TEST_F(GapTest, WhatHadFailedIsReadAgainForAllToSee) {
  execute(query());
  pair.respond(1, 500);
  pair.connect();
  connected();
  EXPECT_EQ(reads(), 1u);
  EXPECT_FALSE(pair.last<QueryLoading>()->quiet);
}

TEST_F(GapTest, AnAnswerThatIsProvenIsReusedAndOneThatIsNotIsNot) {
  const auto handle = query();
  execute(handle);
  pair.respond(1, 200, 0, 7);
  pair.connect();
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 0u) << "nothing is known yet";
  connected();
  pair.advance(550);
  EXPECT_EQ(pair.runtime->reuse(handle, pair.now), 1u);
  const auto other = query();
  execute(other);
  EXPECT_EQ(pair.last<QuerySettled>()->response, 1u);
  EXPECT_TRUE(pair.fetches.empty());
}

TEST_F(GapTest, AnAnswerOnItsWayWhenTheSessionBeganServesWhoAskedAfterwards) {
  const auto handle = query();
  execute(handle);
  pair.connect();
  connected();
  execute(query());
  EXPECT_EQ(reads(), 0u) << "all wait for the one under way";
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(1, 200, 0, 7);
  EXPECT_TRUE(pair.fetches.empty());
  EXPECT_FALSE(pair.last<QuerySettled>()->loading);
  EXPECT_EQ(pair.count<QuerySettled>(), pair.count<QueryLoading>());
  EXPECT_EQ(reads(), 0u);
}

TEST_F(GapTest, OneThatProvesNothingIsFollowedByASecondRequest) {
  execute(query());
  pair.connect();
  connected();
  execute(query());
  pair.respond(1, 200, 0, 6);
  ASSERT_EQ(pair.fetches.size(), 1u);
  pair.respond(2, 200, 0, 9);
  EXPECT_EQ(pair.last<QuerySettled>()->response, 2u);
  EXPECT_EQ(reads(), 0u);
}

TEST_F(GapTest, AChangeThatWasHeardMakesAReadStaleWhateverIsProven) {
  execute(query());
  pair.connect();
  connected();
  pair.text(R"(42["plugin_pacifico__todo--todoCreated",{}])");
  execute(query());
  pair.respond(1, 200, 0, 7);
  EXPECT_EQ(pair.fetches.size(), 1u);
}

TEST_F(GapTest, ALaterPartSaysNothingOfWhatShowsAlready) {
  for (const Caller caller : {Caller::next, Caller::rest}) {
    for (const bool is_connected : {false, true}) {
      SCOPED_TRACE(is_connected);
      Pair fresh;
      std::swap(pair, fresh);
      SetUp();
      const auto handle = query({.use_cache = false});
      pair.connect();
      connected();
      execute(handle);
      pair.respond(1, 200, 0, 7);
      if (is_connected) {
        comes_back();
      } else {
        pair.drop();
      }
      execute(handle, caller);
      pair.respond(2, 200, 0, 9);
      if (!is_connected) {
        while (pair.last<StatusChanged>()->status != SocketStatus::connected) pair.advance(10);
      }
      connected(R"(,{"commit":9})");
      EXPECT_EQ(reads(), 1u);
    }
  }
}

TEST_F(GapTest, WhatLacksALaterPartIsDue) {
  for (const auto& [caller, again] :
       std::initializer_list<std::pair<Caller, std::size_t>>{{Caller::rest, 1}, {Caller::next, 0}}) {
    Pair fresh;
    std::swap(pair, fresh);
    SetUp();
    const auto handle = query({.use_cache = false});
    pair.connect();
    connected();
    pair.text(R"(42["plugin_pacifico__todo--todoCreated",{}])");
    execute(handle);
    pair.respond(1);
    execute(handle, caller);
    pair.fail(ErrorCode::NETWORK_ERROR, 0);
    const std::size_t before = pair.count<StartFetch>();
    pair.advance(2000);
    EXPECT_EQ(pair.count<StartFetch>() - before, again);
  }
}

TEST_F(GapTest, WhoRestedIsReadAgainWhenHeIsActiveOnlyWhereSomethingMayHaveBeenMissed) {
  for (const double commit : {6, 7}) {
    SCOPED_TRACE(commit);
    Pair fresh;
    std::swap(pair, fresh);
    SetUp();
    const auto handle = query();
    execute(handle);
    pair.respond(1, 200, 0, commit);
    pair.runtime->configure_query(handle, {.active = false}, pair.now);
    pair.connect();
    connected();
    EXPECT_EQ(reads(), 0u);
    pair.runtime->configure_query(handle, {}, pair.now);
    pair.settle();
    EXPECT_EQ(pair.fetches.size(), commit < 7 ? 1u : 0u);
  }
}

TEST_F(GapTest, WhatIsDueForAnotherReasonIsReadThoughNothingWasMissed) {
  execute(query());
  pair.respond(1, 200, 0, 7);
  pair.advance(2000);
  pair.connect();
  pair.life(LifecycleEvent::visible);
  connected();
  EXPECT_EQ(reads(), 1u);
}

TEST_F(GapTest, AQueryThatShowsAFailureIsReadAgain) {
  const auto handle = query();
  execute(handle);
  pair.respond(1, 200, 0, 7);
  pair.advance(2000);
  execute(handle);
  pair.fail(ErrorCode::NETWORK_ERROR);
  pair.connect();
  connected();
  EXPECT_EQ(reads(), 1u);
}

TEST_F(GapTest, TheAnswerThatShowsIsTheOneThatCounts) {
  const auto handle = query({.use_cache = false});
  execute(handle);
  execute(handle);
  pair.respond(2, 200, 1, 6);
  pair.respond(1, 200, 0, 7);
  EXPECT_FALSE(pair.last<QuerySettled>()->apply);
  pair.connect();
  connected();
  EXPECT_EQ(reads(), 1u);
}

TEST_F(GapTest, TheFirstEventIsAnEventLikeOthersWhoeverListens) {
  pair.runtime->listen(0, kAllPlugins, "connected");
  execute(query());
  pair.respond(1, 200, 0, 7);
  pair.connect();
  const std::string frame = R"(42["raclette--connected",{"commit":7},"offset"])";
  EXPECT_EQ(pair.text_head(std::u16string(frame.begin(), frame.end()), 24).kind, RouteKind::need_all);
  EXPECT_EQ(pair.text(frame).kind, RouteKind::event);
  EXPECT_EQ(pair.text(frame).kind, RouteKind::event) << "once it is known, its head will do";
  EXPECT_EQ(reads(), 0u);
}

/// A backend with one list, clients that connect and disconnect, and a query that follows the list's events.
struct Simulation {
  explicit Simulation(std::uint32_t seed) : random(seed) {
    pair.runtime->add_plugin(kTodoConfig);
    const OperationInfo info = pair.runtime->operation("pacifico__todo", "todo", "getAll");
    query = pair.runtime->create_query(info.operation, {}).value;
    pair.runtime->set_request(query, "", "{}", "");
    pair.runtime->refetch_on_event(query, pair.runtime->plugin("pacifico__todo"), "todoCreated");
    pair.accepts = false;
    pair.runtime->execute(query, 0, Caller::user, pair.now);
    pair.settle();
  }

  void step() {
    switch (random() % 6) {
      case 0:
        return change();
      case 1:
        return answer();
      case 2:
        return pair.advance(random() % 400);
      case 3:
        return is_connected ? lose() : connect();
      case 4:
        return handle();
      default:
        pair.runtime->execute(query, 0, Caller::user, pair.now);
        return pair.settle();
    }
  }
  void change() {
    ++version;
    if (is_connected) pair.text(R"(42["plugin_pacifico__todo--todoCreated",{}])");
  }
  void connect() {
    if (!is_wanted) pair.connect();
    is_wanted = true;
    while (pair.sent.empty() || !pair.sent.back().starts_with("40")) pair.advance(100);
    is_connected = true;
    pair.text(R"(40{"sid":"s"})");
    if (random() % 4 != 0) pair.text(R"(42["raclette--connected",{"commit":)" + std::to_string(version) + "}]");
  }
  void lose() {
    is_connected = false;
    pair.sent.clear();
    pair.drop();
  }
  /// The backend reads its state for a request. The answer arrives later.
  void handle() {
    for (const auto& fetch : pair.fetches) handled.emplace(fetch.fetch, version);
  }
  void answer() {
    if (pair.fetches.empty()) return;
    const std::size_t index = random() % pair.fetches.size();
    handled.emplace(pair.fetches[index].fetch, version);
    const auto read = handled.at(pair.fetches[index].fetch);
    handled.erase(pair.fetches[index].fetch);
    responses[++last_response] = read;
    pair.respond(last_response, 200, index, random() % 4 == 0 ? 0 : read);
  }
  void rest() {
    if (!is_connected) connect();
    for (int i = 0; i < 40; ++i) {
      while (!pair.fetches.empty()) answer();
      pair.advance(100);
    }
  }
  /// Returns the version that the query shows.
  [[nodiscard]] std::uint32_t shown() const {
    ValueHandle response = 0;
    for (const Effect& effect : pair.log) {
      const auto* settled = std::get_if<QuerySettled>(&effect);
      if (settled != nullptr && settled->apply) response = settled->response;
    }
    return responses.at(response);
  }

  std::mt19937 random;
  Pair pair;
  std::uint32_t query = 0;
  std::uint32_t version = 1;
  bool is_wanted = false;
  bool is_connected = false;
  std::map<std::uint32_t, std::uint32_t> handled;
  std::map<ValueHandle, std::uint32_t> responses;
  ValueHandle last_response = 0;
};

TEST(GapSimulation, EndsOnTheNewestStateWhateverIsProven) {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Simulation world(seed);
    for (int i = 0; i < 60; ++i) world.step();
    world.rest();
    ASSERT_EQ(world.shown(), world.version);
  }
}

}  // namespace
}  // namespace raclette
