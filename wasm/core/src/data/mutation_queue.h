// Mutations of entities with `offlineMode`, in the order of their execution. Only the first one is on the wire; the
// next one is sent after its answer. A try that fails without a network leaves its mutation in place and halts the
// queue. So no mutation overtakes another, and none is lost.
//
//            add, answered     try failed     network gone    network back, or timer fired
//   flowing  next is sent      halted         halted          -
//   halted   flowing, unless   halted         -               flowing: next is sent
//            the network is gone, or Retry-After is not over
//
// A mutation on the wire stays there when the network goes away: only its own failure halts the queue. Any answer
// proves that there is a network, and the queue flows. A timer runs while mutations wait in a halted queue, because the
// platform may be wrong about the network, and a backend may return without a signal. An empty queue halts only while
// the network is gone.
//
// The binding stores a mutation (PersistMutation) if it is not sent at once, has no answer after kPersistAfter, failed,
// or has another one waiting behind it. It is stored under its key until it is over, so that a later runtime can send
// it again, in its order. Each of its requests carries the key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/slot_map.h"
#include "base/timers.h"
#include "data/retry_policy.h"
#include "raclette/effect.h"

namespace raclette {

/// Milliseconds without an answer after which a sent mutation is stored: the network may hang.
inline constexpr double kPersistAfter = 1000;

/// Milliseconds from the first response that does not decide a mutation (of a proxy, a captive portal) until such a
/// response makes it fail. Otherwise it would block the queue forever.
inline constexpr double kMaxUndecided = 24 * 3600 * 1000.0;

/// The queue's part of a flight; empty for a read.
struct Mutation {
  /// Idempotency-Key; empty if the request is made at most once.
  std::string key;
  std::uint32_t order = 0;
  /// How often it was sent.
  std::uint32_t tries = 0;
  double undecided_since = -1;  // first answer that counts for kMaxUndecided; -1: none
  TimerId persist_timer = 0;
  /// Whether it waits in the queue for its turn.
  bool queued = false;
  /// Whether the binding stores it.
  bool persisted = false;
};

class MutationQueue {
 public:
  /// `client`: the prefix of the keys.
  MutationQueue(std::string client, RetryPolicy& retries, TimerTable& timers, Effects& effects)
      : client_(std::move(client)), retries_(retries), timers_(timers), effects_(effects) {}

  /// Begins a mutation. It gets a key if it is `queued` or may be made more than once (`repeats`). `persisted_key`: the
  /// key under which an earlier runtime stored it, else empty.
  void begin(Mutation& mutation, const std::string_view& persisted_key, bool queued, bool repeats);

  /// Appends a queued mutation.
  void add(Handle flight, double now);
  /// Returns the flight to send now, or 0 if the queue is empty or halted, or the first mutation is on the wire.
  Handle next();
  /// The first mutation. The queue must not be empty.
  [[nodiscard]] Handle first() const { return waiting_.front(); }
  /// The flight that `next` returned is sent. Starts the timer of kPersistAfter.
  void sent(Mutation& mutation, Handle flight, double now);
  /// Emits PersistMutation. `execution`: an execution of `query` that waits for the mutation. `answer`: the failure of
  /// its last try, if it has just failed.
  void persist(Mutation& mutation, Handle query, Handle execution, const Answer& answer = {});
  /// The session of a mutation on the wire is over: the mutation leaves the queue, and no timer stores it.
  void abandoned(Mutation& mutation);
  /// Whether the mutation may be tried again after `answer`; see kMaxUndecided.
  [[nodiscard]] static bool has_time(Mutation& mutation, const Answer& answer, double now);
  /// The first mutation's try failed. It will be tried again.
  void failed(const Answer& answer, double now);
  /// A request was answered or withdrawn. Accepts any request, also a read.
  void remove(Mutation& mutation, Handle flight, bool answered);

  /// Empties the queue. The caller ends the flights.
  void clear();

  void went_offline(double now);
  void went_online(double now);
  /// Ends the wait for the next try: the timer fired, or the user retries.
  void retry_now();

 private:
  void halt(double now);
  void set_timer(double now);
  void flow();

  std::string client_;
  RetryPolicy& retries_;
  TimerTable& timers_;
  Effects& effects_;
  std::uint32_t mutations_ = 0;
  std::vector<Handle> waiting_;
  bool halted_ = false;
  bool gone_ = false;       // the network, according to the platform
  bool under_way_ = false;  // the first mutation is on the wire
  Backoff tries_;
  TimerId timer_ = 0;
  double not_before_ = 0;  // by Retry-After
};

}  // namespace raclette
