// What may have been missed while nobody heard the backend. A session that was not recovered ends a gap: what happened
// before it was told to others. What was asked for in an earlier session, or before there was one, is behind, unless
// the backend proves that it is not. It does so with two numbers, of which it gives each event that it sends a higher
// one: an answer says up to which number what the events tell of is in it (`commit`), and the session's first event
// says above which number this client hears all. Nothing was missed where the former is not below the latter.
#pragma once

#include <cstdint>

namespace raclette {

/// What an answer knows of.
struct AsOf {
  std::uint32_t changes = 0;  // how often the entity had changed when it was asked for; see SharedReads::changes
  std::uint32_t gaps = 0;     // how many gaps there had been by then
  double commit = 0;          // the backend's number; 0: it gives none
};

class Gaps {
 public:
  /// A session began that goes on from none.
  void add() {
    ++count_;
    complete_above_ = 0;
  }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// All events of a higher number than `commit` are heard in this session.
  void complete_above(double commit) { complete_above_ = commit; }
  /// The backend has not said that yet.
  [[nodiscard]] bool is_open() const { return count_ > 0 && complete_above_ == 0; }
  /// Whether something may have been missed of what `as_of` does not know.
  [[nodiscard]] bool may_have_missed(const AsOf& as_of) const {
    return as_of.gaps != count_ && !(complete_above_ > 0 && as_of.commit >= complete_above_);
  }

 private:
  std::uint32_t count_ = 0;
  double complete_above_ = 0;
};

}  // namespace raclette
