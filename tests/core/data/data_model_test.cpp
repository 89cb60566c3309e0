// Random sequences of executions, answers (late, doubled, failed), events, mutations, aborts and lost connections,
// against a model of a server whose state is a version number. At the end, every query shows the newest version, no
// handle has leaked, and no answer has shown after a newer one. A second model of the sharing rules predicts the number
// of requests: the core makes no more.
#include "harness/pair.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace raclette {
namespace {

using testing::kTodoConfig;
using testing::Pair;

constexpr int kQueries = 4;

/// Models the reads of one key by the rules of the contract.
class KeyModel {
 public:
  void execute(std::uint32_t execution, double now) {
    if (now < fresh_until_) return;
    if (!in_flight_) return take_off({execution});
    (stale_ ? trailing_ : waiting_).insert(execution);
  }
  void invalidate() {
    fresh_until_ = 0;
    stale_ = true;
  }
  void land(bool ok, double now) {
    in_flight_ = false;
    if (ok && !stale_) fresh_until_ = now + 1000;
    if (!trailing_.empty()) take_off(std::exchange(trailing_, {}));
  }
  /// Aborts all executions of one query.
  void abort(const std::vector<std::uint32_t>& executions) {
    for (const std::uint32_t execution : executions) {
      trailing_.erase(execution);
      waiting_.erase(execution);
    }
    if (in_flight_ && waiting_.empty()) land(false, 0);
  }
  [[nodiscard]] bool is_fresh(double now) const { return now < fresh_until_; }
  [[nodiscard]] std::size_t requests() const { return requests_; }

 private:
  void take_off(std::set<std::uint32_t> executions) {
    waiting_ = std::move(executions);
    in_flight_ = true;
    stale_ = false;
    ++requests_;
  }

  std::set<std::uint32_t> waiting_;
  std::set<std::uint32_t> trailing_;
  bool in_flight_ = false;
  bool stale_ = false;
  double fresh_until_ = 0;
  std::size_t requests_ = 0;
};

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
    take_step();
    follow_log();
    EXPECT_EQ(reads(), keys_[0].requests() + keys_[1].requests());
  }

  void take_step() {
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

  /// Ends everything in flight; each listener executes its query once more on the last event.
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
    for (const auto& [joined, execution] : joins_) EXPECT_EQ(outcomes(joined), outcomes(execution));
    const auto census = pair_.runtime->census();
    EXPECT_EQ(census.flights, 0u);
    EXPECT_EQ(census.reads, 0u);
    EXPECT_EQ(census.timers, 1u) << "the next ping";
    follow_log();
    EXPECT_EQ(reads(), keys_[0].requests() + keys_[1].requests());
    for (const ValueHandle handle : handles_) EXPECT_EQ(pair_.released_responses[handle], 1) << "response " << handle;
  }

 private:
  /// Mostly tries `reuse` first. The binding always does.
  void execute(std::uint32_t query) {
    if (random_() % 4 != 0 && reuse(query)) return;
    const std::uint32_t joined = pair_.runtime->joined(query);
    const std::size_t requests = pair_.count<StartFetch>();
    const std::uint32_t execution = pair_.runtime->execute(query, 0, Caller::user, pair_.now);
    pair_.settle();
    if (joined == 0) return;
    joins_.emplace_back(joined, execution);
    EXPECT_EQ(pair_.count<StartFetch>(), requests);
  }
  bool reuse(std::uint32_t query) {
    follow_log();
    const ValueHandle response = pair_.runtime->reuse(query, pair_.now);
    EXPECT_FALSE(pair_.runtime->has_effects());
    if (response == 0) return false;
    EXPECT_TRUE(key_of(query).is_fresh(pair_.now));
    EXPECT_EQ(pair_.released_responses[response], 0);
    pair_.log.push_back(QuerySettled{query, 0, ErrorCode::OK, 200, response, true, false, false, false});
    pair_.log_times.push_back(pair_.now);
    return true;
  }
  void abort(std::uint32_t query) {
    follow_log();
    key_of(query).abort(std::exchange(pending_[query], {}));
    pair_.runtime->abort_query(query, pair_.now);
    pair_.settle();
  }
  /// Answers a request with the current state, or fails it. A mutation first changes the state and sends its event.
  void serve() {
    if (pair_.fetches.empty()) return;
    const std::size_t index = random_() % pair_.fetches.size();
    const bool mutates = pair_.fetches[index].method == "POST";
    if (mutates) change_elsewhere();
    const bool fails = !mutates && random_() % 6 == 0 && !resting_;
    const std::uint32_t fetch = pair_.fetches[index].fetch;
    follow_log();
    if (mutates) {
      invalidate();
    } else {
      keys_[pair_.fetches[index].url.find('?') == std::string::npos ? 0 : 1].land(!fails, pair_.now);
    }
    if (fails) return pair_.fail(ErrorCode::NETWORK_ERROR, index);
    pair_.respond(new_answer(), 200, index);
    // A second answer to the same request must have no effect.
    if (random_() % 4 == 0) pair_.input(FetchDone{fetch, 200, new_answer()});
  }

  ValueHandle new_answer() {
    handles_.push_back(++responses_ * 1000000 + version_);
    return handles_.back();
  }

  /// Changes the state, and sends the event if the client is connected.
  void change_elsewhere() {
    ++version_;
    if (pair_.connection == 0) return;
    follow_log();
    pair_.text(R"(42["plugin_pacifico__todo--todoCreated",{}])");
    if (!is_connected_) return;
    invalidate();
  }

  void invalidate() {
    for (KeyModel& key : keys_) key.invalidate();
  }
  KeyModel& key_of(std::uint32_t query) { return keys_[query == queries_[3] ? 1 : 0]; }

  /// Returns what an execution ended with. The number of an execution is used again.
  std::vector<std::pair<ErrorCode, ValueHandle>> outcomes(std::uint32_t execution) {
    std::vector<std::pair<ErrorCode, ValueHandle>> found;
    for (const Effect& effect : pair_.log) {
      const auto* settled = std::get_if<QuerySettled>(&effect);
      if (settled != nullptr && settled->execution == execution) found.emplace_back(settled->code, settled->response);
    }
    return found;
  }

  /// Returns the number of requests for reads.
  std::size_t reads() {
    std::size_t count = 0;
    for (const Effect& effect : pair_.log) {
      const auto* start = std::get_if<StartFetch>(&effect);
      count += start != nullptr && start->method == "GET" ? 1 : 0;
    }
    return count;
  }

  /// Passes the core's new effects to the models: executions, settlements and sessions.
  void follow_log() {
    for (; followed_ < pair_.log.size(); ++followed_) {
      const Effect& effect = pair_.log[followed_];
      if (const auto* loading = std::get_if<QueryLoading>(&effect); loading != nullptr && loading->query != mutation_) {
        pending_[loading->query].push_back(loading->execution);
        key_of(loading->query).execute(loading->execution, pair_.log_times[followed_]);
      } else if (const auto* status = std::get_if<StatusChanged>(&effect)) {
        is_connected_ = status->status == SocketStatus::connected;
        if (is_connected_) invalidate();
      } else if (const auto* settled = std::get_if<QuerySettled>(&effect)) {
        std::erase(pending_[settled->query], settled->execution);
      }
    }
  }

  std::mt19937 random_;
  bool resting_ = false;  // requests no longer fail
  Pair pair_;
  std::vector<std::uint32_t> queries_;
  std::uint32_t mutation_ = 0;
  ValueHandle version_ = 1;
  ValueHandle responses_ = 0;
  std::vector<ValueHandle> handles_;
  KeyModel keys_[2];  // the three equal lists, and the one with a limit
  std::map<std::uint32_t, std::vector<std::uint32_t>> pending_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> joins_;  // executions that may be one
  std::size_t followed_ = 0;
  bool is_connected_ = false;
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
