// The state of one query, whoever executes it and however its answers arrive. Executions are numbered; an answer
// shows only if no newer execution has been answered before (latest wins), and the query is in flight until the
// last of them has ended. An answer that only adds the next page takes the place of none: one to an older execution
// that comes later still shows.
//
//            execute      answered     failed      withdrawn (aborted, or older than what shows)
//   idle     in_flight    -            -           -
//   in_flight in_flight   success      error       what showed before     ← once nothing is pending any more
//   success  in_flight    -            -           -
//   error    in_flight    -            -           -
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

  /// It goes on where another left off, with an answer that shows.
  void resume() {
    state_ = shown_ = QueryState::success;
    shown_execution_ = ++latest_;
  }

  /// Ends one. True if its outcome shows. `adds`: what it was answered is the next page.
  bool settle(std::uint64_t execution, QueryOutcome outcome, bool adds = false) {
    const bool shows = outcome != QueryOutcome::withdrawn && execution > shown_execution_;
    if (shows) {
      if (!adds || outcome == QueryOutcome::failed) shown_execution_ = execution;
      shown_ = outcome == QueryOutcome::answered ? QueryState::success : QueryState::error;
    }
    if (--pending_ == 0) state_ = shown_;
    return shows;
  }

  /// It shows nothing any more, and waits for nothing: executions that are under way may not be settled.
  void reset() {
    state_ = shown_ = QueryState::idle;
    shown_execution_ = latest_;
    pending_ = 0;
  }

  [[nodiscard]] QueryState state() const { return state_; }
  [[nodiscard]] bool loading() const { return state_ == QueryState::in_flight; }
  /// True once it was executed at all.
  [[nodiscard]] bool used() const { return latest_ > 0; }

 private:
  QueryState state_ = QueryState::idle;
  QueryState shown_ = QueryState::idle;
  std::uint64_t latest_ = 0;
  std::uint64_t shown_execution_ = 0;
  std::uint32_t pending_ = 0;
};

}  // namespace raclette
