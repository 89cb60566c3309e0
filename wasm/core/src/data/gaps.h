// Gaps in the event stream: events that the client may have missed while it had no session. A new session that was not
// recovered ends a gap. Answers to requests from before that session may be stale, unless the backend proves that they
// missed nothing. The backend numbers its events in ascending order. An answer contains the changes of all events up
// to its `commit`. The session's first event says above which number this client hears every event. An answer missed
// nothing if its `commit` is at least that number.
#pragma once

#include <cstdint>

namespace raclette {

/// The state that an answer reflects.
struct AsOf {
  std::uint32_t changes = 0;  // the entity's changes at the request; see SharedReads::changes
  std::uint32_t gaps = 0;     // the number of gaps at the request
  double commit = 0;          // the backend's number; 0: none
};

class Gaps {
 public:
  /// A session began that was not recovered.
  void add() {
    ++count_;
    complete_above_ = 0;
  }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// This session hears all events with a number higher than `commit`.
  void complete_above(double commit) { complete_above_ = commit; }
  /// Whether the session still lacks that number.
  [[nodiscard]] bool is_open() const { return count_ > 0 && complete_above_ == 0; }
  /// Whether events after `as_of` may have been missed.
  [[nodiscard]] bool may_have_missed(const AsOf& as_of) const {
    return as_of.gaps != count_ && !(complete_above_ > 0 && as_of.commit >= complete_above_);
  }

 private:
  std::uint32_t count_ = 0;
  double complete_above_ = 0;
};

}  // namespace raclette
