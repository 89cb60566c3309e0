// Random interleavings of executes, answers (late, failed), events, mutations, aborts and drops, against a model of
// a server whose state is a version number. After everything has come to rest, every query shows the newest version,
// nothing is left behind, and no answer ever showed after a newer one.
#include "harness/pair.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

constexpr int kQueries = 4;

class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    pair_.runtime->add_plugin(kTodoConfig);
    pair_.connect();
    const auto list = pair_.runtime->operation("pacifico__todo", "todo", "getAll").operation;
    for (int i = 0; i < kQueries; ++i) {
      const std::uint32_t query = pair_.runtime->create_query(list, {}).value;
      pair_.runtime->set_request(query, "", i < 3 ? "{}" : R"({"limit":"1"})", "");
      queries_.push_back(query);
    }
    const auto create = pair_.runtime->operation("pacifico__todo", "todo", "create").operation;
    mutation_ = pair_.runtime->create_query(create, {}).value;
    pair_.runtime->set_request(mutation_, "", "{}", "");
  }

  void step() {
    switch (random_() % 8) {
      case 0:
      case 1:
        return execute(queries_[random_() % kQueries]);
      case 2:
        return execute(mutation_);
      case 3:
      case 4:
        return serve();
      case 5:
        return change_elsewhere();
      case 6:
        return pair_.advance(random_() % 700);
      default:
        if (random_() % 4 != 0) return;
        if (random_() % 2 == 0) return abort(queries_[random_() % kQueries]);
        return pair_.drop();
    }
  }

  /// Lets all that is under way end, with every listener executing its query once more on the last event.
  void rest() {
    resting_ = true;
    pair_.advance(10000);
    while (!pair_.fetches.empty()) serve();
    change_elsewhere();
    for (const std::uint32_t query : queries_) execute(query);
    while (!pair_.fetches.empty()) serve();
    pair_.advance(2000);
  }

  void check() {
    std::map<std::uint32_t, ValueHandle> shown;
    for (const Effect& effect : pair_.log) {
      const auto* settled = std::get_if<QuerySettled>(&effect);
      if (settled == nullptr || !settled->apply || settled->query == mutation_) continue;
      if (settled->code != ErrorCode::OK) continue;
      const ValueHandle version = settled->response % 1000000;
      EXPECT_GE(version, shown[settled->query]) << "an older state over a newer";
      shown[settled->query] = version;
    }
    for (const std::uint32_t query : queries_) EXPECT_EQ(shown[query], version_) << "query " << query;
    const auto census = pair_.runtime->census();
    EXPECT_EQ(census.flights, 0u);
    EXPECT_EQ(census.reads, 0u);
    EXPECT_EQ(census.timers, 1u) << "the next ping";
    for (const ValueHandle handle : handles_) EXPECT_EQ(pair_.released_responses[handle], 1) << "response " << handle;
  }

 private:
  void execute(std::uint32_t query) {
    pair_.runtime->execute(query, 0, pair_.now);
    pair_.settle();
  }
  void abort(std::uint32_t query) {
    pair_.runtime->abort_query(query, pair_.now);
    pair_.settle();
  }
  /// Answers a request with the state of now, or lets it fail. A mutation changes the state first, and is heard of.
  void serve() {
    if (pair_.fetches.empty()) return;
    const std::size_t index = random_() % pair_.fetches.size();
    const bool mutates = pair_.fetches[index].method == "POST";
    if (mutates) change_elsewhere();
    if (!mutates && random_() % 6 == 0 && !resting_) return pair_.fail(ErrorCode::NETWORK_ERROR, index);
    const ValueHandle handle = ++responses_ * 1000000 + version_;
    handles_.push_back(handle);
    pair_.respond(handle, 200, index);
  }

  /// The state changes; whoever is connected hears of it.
  void change_elsewhere() {
    ++version_;
    if (pair_.connection != 0) pair_.text(R"(42["plugin_pacifico__todo--todoCreated",{}])");
  }

  std::mt19937 random_;
  bool resting_ = false;  // requests no longer fail
  Pair pair_;
  std::vector<std::uint32_t> queries_;
  std::uint32_t mutation_ = 0;
  ValueHandle version_ = 1;
  ValueHandle responses_ = 0;
  std::vector<ValueHandle> handles_;
};

TEST(DataModel, EndsOnTheNewestStateWhateverTheOrder) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int i = 0; i < 120; ++i) world.step();
    world.rest();
    world.check();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace raclette
