// Shares reads between queries. Equal reads that run at the same time make one request, and its answer is reused for
// kReuse afterwards. `invalidate` prevents stale answers: after a mutation, or an event on a channel of the entity, it
// drops the entity's answers and marks its requests in flight as stale. Executions that join a stale request share one
// trailing request, which starts when the stale one has ended. So a burst of events costs one request in addition to
// the one in flight, and ends with the newest state.
//
//               join               complete                          invalidate    drop_answer, or kReuse is over
//   (none)      starts             -                                 -             -
//   in flight   shares             answered; (none) if it failed     stale         -
//   stale       trails             in flight if executions trail,    -             -
//                                  else (none)
//   answered    answered           -                                 (none)        (none)
//
// A gap in the events makes requests and answers stale like a change, until the backend proves that they missed nothing
// (gaps.h). Then their answers are reused, also for trailing executions.
//
// A read without a request, an answer or trailing executions is forgotten. SharedReads makes no requests: a read refers
// to its flight by handle.
#pragma once

#include <string>
#include <vector>

#include "base/hash_index.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "data/answer.h"
#include "data/gaps.h"
#include "data/request.h"

namespace raclette {

/// Milliseconds for which the answer to a read is reused.
inline constexpr double kReuse = 1000;

/// The key of a read: queries with equal keys share it. The caller owns the target.
struct ReadKey {
  const Target& target;
  std::uint32_t operation;
  double retry;
  double timeout;
};

/// How an execution that joined a read gets its answer.
enum class Join : std::uint8_t {
  answered,  // from `answer`
  starts,    // from a request that the caller makes now, and passes to `started`
  shares,    // from the request in flight: `flight`
  trails,    // from the trailing request: `complete` or `restarted` returns the execution
};
struct Joined {
  Join how;
  Handle flight = 0;
  Answer answer = {};
};

class SharedReads {
 public:
  SharedReads(TimerTable& timers, Effects& effects) : timers_(timers), effects_(effects) {}

  /// Returns the read of `key`, or 0. `known`: its last known handle, which is checked first, or 0.
  [[nodiscard]] Handle find(const ReadKey& key, Handle known) const;
  /// Like `find`, but adds a missing read. The caller must join it at once.
  Handle find_or_add(const ReadKey& key, std::uint32_t entity, Handle known);
  [[nodiscard]] const Target& target(Handle read) const { return reads_.find(read)->target; }

  Joined join(Handle read, Handle execution, double now);
  /// Whether an execution with this key would share the request in flight of `read`, which may be 0.
  [[nodiscard]] bool shares(Handle read, const ReadKey& key) const;
  /// Sets the flight of the read's request.
  void started(Handle read, Handle flight);
  /// The request ended, or no execution waits for it (ABORTED). Takes over the answer's response. Returns the trailing
  /// executions: the caller must join each of them again.
  std::vector<Handle> complete(Handle read, const Answer& answer, double now);
  /// The request is retried now, so its answer will contain all changes: it is not stale. Returns the trailing
  /// executions, which share it.
  std::vector<Handle> restarted(Handle read);
  /// Removes a trailing execution.
  void leave(Handle read, Handle execution);
  /// Returns the reusable answer, or 0. SharedReads keeps the handle. `read` may be 0.
  [[nodiscard]] ValueHandle reusable(Handle read, double now) const;
  /// The state that the read's answer reflects.
  [[nodiscard]] const AsOf& as_of(Handle read) const { return reads_.find(read)->as_of; }

  /// Drops the entity's answers, and marks its requests in flight as stale.
  void invalidate(std::uint32_t entity);
  /// Number of `invalidate` calls for the entity. A read requested at another count may be stale.
  [[nodiscard]] std::uint32_t changes(std::uint32_t entity) const {
    return entity < changes_.size() ? changes_[entity] : 0;
  }
  /// The state that a request made now reflects.
  [[nodiscard]] AsOf now(std::uint32_t entity) const { return {changes(entity), gaps.count()}; }
  /// Whether an answer that reflects `as_of` may be stale.
  [[nodiscard]] bool may_be_stale(std::uint32_t entity, const AsOf& as_of) const {
    return as_of.changes != changes(entity) || gaps.may_have_missed(as_of);
  }
  /// Drops the read's answer: a caller needs a newer one, or its timer (DataTimer::read) fired.
  void drop_answer(Handle read);

  [[nodiscard]] std::size_t size() const { return reads_.size(); }
  [[nodiscard]] bool is_full() const { return reads_.is_full(); }

  Gaps gaps;

 private:
  struct Read {
    Target target;
    std::uint32_t operation = 0;
    std::uint32_t entity = 0;
    double retry = 0;
    double timeout = 0;
    AsOf as_of;              // of the request in flight, or of the response
    double fresh_until = 0;  // checked too, because timers may be late
    TimerId expiry = 0;
    Handle flight = 0;
    ValueHandle response = 0;
    std::uint32_t status = 0;
    std::vector<Handle> trailing;
    // The reads of one entity form a list, so `invalidate` visits no others.
    Handle older = 0;
    Handle newer = 0;
    bool stale = false;  // the entity changed after the request
  };

  [[nodiscard]] static bool serves(const Read& read, const ReadKey& key);
  /// Whether the request in flight will be answered with the newest state.
  [[nodiscard]] bool is_current(const Read& read) const { return !read.stale && read.as_of.gaps == gaps.count(); }
  void drop_response(Read& read);
  void forget_if_unused(Handle read);

  TimerTable& timers_;
  Effects& effects_;
  SlotMap<Read> reads_;
  HashIndex by_key_;
  std::vector<Handle> newest_;  // of each entity
  std::vector<std::uint32_t> changes_;
};

}  // namespace raclette
