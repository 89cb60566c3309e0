// Mutations of entities with `offlineMode`, in the order in which they were made: only the first one is on the wire,
// and the next goes out once that one has its answer. A try that failed for want of a network leaves its mutation
// where it is and halts the queue; so nothing overtakes, and nothing is lost.
//
//            add, answered    try failed     network gone    network back, or time to try
//   flowing  next goes out    halted         halted          -
//   halted   flowing, unless  halted         -               flowing: next goes out
//            the network is gone, or the server wants none yet
//
// A mutation that is on the wire when the network goes stays there: its own failure halts the queue. An answer,
// whatever it says, proves the network: the queue flows. While it is halted a timer runs: "no network" is only what the
// platform believes, and a backend may be back without any sign. A queue that is empty halts only where the network is
// gone.
//
// A mutation that does not go out at once, has no answer after kPersistAfter, failed, or has another waiting behind it
// is kept by the outside (PersistMutation) under its key until it is over, so that a later runtime can make it again,
// in its order. Its key goes with each of its requests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/slot_map.h"
#include "base/timers.h"
#include "data/retry_policy.h"
#include "raclette/effect.h"

namespace raclette {

/// A mutation that goes out at once and has no answer for so long is kept, in milliseconds: the network may hang.
inline constexpr double kPersistAfter = 1000;

/// One that is answered for so long, in milliseconds, but by nobody who could decide it (a proxy, a captive portal),
/// fails: it would block those behind it for ever.
inline constexpr double kMaxUndecided = 24 * 3600 * 1000.0;

/// What the queue remembers of one request. It stands in the request's record; of a read it is empty.
struct Mutation {
  /// Idempotency-Key; empty where the request is made once at most.
  std::string key;
  std::uint32_t order = 0;
  /// How often it was sent.
  std::uint32_t tries = 0;
  double undecided_since = -1;  // -1: it had no answer of that kind yet
  TimerId persist_timer = 0;
  /// One of those that wait for the network.
  bool queued = false;
  /// The outside keeps it.
  bool persisted = false;
};

class MutationQueue {
 public:
  /// `client`: what the keys begin with.
  MutationQueue(std::string client, RetryPolicy& retries, TimerTable& timers, Effects& effects)
      : client_(std::move(client)), retries_(retries), timers_(timers), effects_(effects) {}

  /// A mutation is begun. It has a key if it is `queued` or may be made more than once (`repeats`). `persisted_key`:
  /// the one under which an earlier runtime kept it, else empty.
  void begin(Mutation& mutation, const std::string_view& persisted_key, bool queued, bool repeats);

  /// Puts a queued one at the end.
  void add(Handle flight, double now);
  /// The request that goes out now, or 0: there is none, one is under way, or the queue is halted.
  Handle next();
  /// The one that the others wait for. There has to be one.
  [[nodiscard]] Handle first() const { return waiting_.front(); }
  /// What `next` said was done.
  void sent(Mutation& mutation, Handle flight, double now);
  /// The outside is to keep it, from now on or still. `execution`: one of `query` that waits for it. `answer`: how its
  /// last try failed, if it just did.
  void persist(Mutation& mutation, Handle query, Handle execution, const Answer& answer = {});
  /// It is on the wire for a session that is over: it waits for no turn, and no time to be kept.
  void abandoned(Mutation& mutation);
  /// Whether it may be tried again after that answer; see kMaxUndecided.
  [[nodiscard]] static bool has_time(Mutation& mutation, const Answer& answer, double now);
  /// The first one's try failed, and it is to be tried again.
  void failed(const Answer& answer, double now);
  /// A request is over: answered, or taken back. Any request may be told.
  void remove(Mutation& mutation, Handle flight, bool answered);

  /// None waits any more. What becomes of them is the caller's concern.
  void clear();

  void went_offline(double now);
  void went_online(double now);
  /// The timer fired, or the user does not want to wait for that.
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
  bool gone_ = false;       // the platform says that there is no network
  bool under_way_ = false;  // the first one is on the wire
  Backoff tries_;
  TimerId timer_ = 0;
  double not_before_ = 0;  // by the server's own word
};

}  // namespace raclette
