// The state of one query, for executions in any order. Executions are numbered. The latest wins: an outcome shows only
// if no newer execution has shown one. The query is in flight until its last execution has ended. A part of the list
// replaces nothing: a later answer to an older execution still shows.
//
//             execute     answered     failed      withdrawn (aborted, or older than the shown outcome)
//   idle      in_flight   -            -           -
//   in_flight in_flight   success      error       the shown outcome     ← once no execution is pending
//   success   in_flight   -            -           -
//   error     in_flight   -            -           -
#pragma once

#include <cstdint>

namespace raclette {

enum class QueryState : std::uint8_t { idle, in_flight, success, error };
enum class QueryOutcome : std::uint8_t { answered, failed, withdrawn };

class QueryMachine {
 public:
  /// Begins an execution and returns its number.
  std::uint64_t execute() {
    state_ = QueryState::in_flight;
    ++pending_;
    return ++latest_;
  }

  /// Begins with the shown answer of a retired query.
  void resume() {
    state_ = shown_ = QueryState::success;
    shown_execution_ = ++latest_;
  }

  /// Ends an execution. Returns whether its outcome shows. `part`: an older execution may still show.
  bool settle(std::uint64_t execution, QueryOutcome outcome, bool part = false) {
    const bool shows = outcome != QueryOutcome::withdrawn && execution > shown_execution_;
    if (shows) {
      if (!part) shown_execution_ = execution;
      shown_ = outcome == QueryOutcome::answered ? QueryState::success : QueryState::error;
    }
    if (--pending_ == 0) state_ = shown_;
    return shows;
  }

  /// Returns to idle with nothing shown. Pending executions must not be settled afterwards.
  void reset() {
    state_ = shown_ = QueryState::idle;
    shown_execution_ = latest_;
    pending_ = 0;
  }

  [[nodiscard]] QueryState state() const { return state_; }
  [[nodiscard]] bool loading() const { return state_ == QueryState::in_flight; }
  /// Whether the query was ever executed or resumed.
  [[nodiscard]] bool used() const { return latest_ > 0; }

 private:
  std::uint64_t latest_ = 0;
  std::uint64_t shown_execution_ = 0;
  std::uint32_t pending_ = 0;
  QueryState state_ = QueryState::idle;
  QueryState shown_ = QueryState::idle;
};

}  // namespace raclette
