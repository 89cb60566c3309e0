// Requests in flight: their timeout, their retries after transient failures, and the repetition with renewed
// credentials after a 401. A flight is one request including all its tries, with all executions that wait for it.
//
//                send           answered, timed out                    timer (DataTimer::retry)
//   new          on the wire    -                                      -
//   on the wire  -              on the wire (renew_auth), between      -
//                               tries, queued, or over (end)
//   between      on the wire    -                                      on the wire
//   queued       on the wire    -                                      -
//
// The caller chooses the transition, because only the caller knows whether a mutation waits for the network. It also
// settles the executions. During the server's Retry-After, a new request begins between tries (hold). A flight refers
// to its executions, its query and its read by handle.
#pragma once

#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/handles.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "data/answer.h"
#include "data/mutation_queue.h"
#include "data/operation_table.h"
#include "data/retry_policy.h"
#include "data/shared_reads.h"

namespace raclette {

struct Flight {
  std::uint32_t operation = 0;
  /// The query whose request config is used.
  Handle query = 0;
  /// Empty for a shared read, which has the target.
  Target target;
  ValueHandle body = 0;
  /// The shared read, or 0.
  Handle read = 0;
  Handles executions;
  Mutation mutation;
  double tries_left = 0;
  /// Milliseconds for each try; 0: no limit.
  double timeout = 0;
  Backoff tries;
  TimerId timer = 0;      // for the answer, or for the next try
  double not_before = 0;  // of the next try, by Retry-After
  AsOf as_of;
  bool awaits_retry = false;  // between tries
  bool on_wire = false;
  bool abandoned = false;  // by a reset: it is not made again
  bool was_sent = false;   // at least once
  bool auth_renewed = false;
};

class Flights {
 public:
  Flights(const OperationTable& operations, const SharedReads& reads, RetryPolicy& retries, TimerTable& timers,
          Effects& effects)
      : operations_(operations), reads_(reads), retries_(retries), timers_(timers), effects_(effects) {}

  /// Adds an empty flight, for the caller to fill in. `send` sends it.
  Handle add() { return flights_.emplace(); }
  [[nodiscard]] Flight* find(Handle flight) { return flights_.find(flight); }
  [[nodiscard]] std::size_t size() const { return flights_.size(); }

  /// Makes the request, for the first time or again. `renew_auth`: with renewed credentials.
  void send(Handle flight, bool renew_auth, double now);
  /// Takes an answer. Returns false, and releases the response, if the answer does not end this try: the flight is not
  /// on the wire, or its first 401 repeats the request with renewed credentials.
  bool answered(Handle flight, const Answer& answer, double now);
  /// Aborts the request after its timeout.
  void timed_out(Handle flight);

  /// Whether the flight is retried after `answer`.
  [[nodiscard]] static bool may_retry(const Flight& flight, const Answer& answer) {
    return flight.tries_left > 0 && RetryPolicy::is_retryable(answer);
  }
  /// Retries the request after a delay: backoff, or Retry-After if longer. Releases the response.
  void retry_later(Handle flight, const Answer& answer, double now);
  /// Delays the first try to `until`.
  void hold(Handle flight, double until);
  /// Takes the request off the wire until the next `send`. Releases the response.
  void requeue(Flight& flight, const Answer& answer);
  /// The session of the request is over: it is not made again.
  static void abandon(Flight& flight) {
    flight.abandoned = flight.auth_renewed = true;
    flight.tries_left = 0;
  }
  /// Cancels the timer and releases the body. The flight exists until `erase`.
  void end(Flight& flight);
  void erase(Handle flight) { flights_.erase(flight); }
  /// Whether only the backoff, and no Retry-After, delays the next try.
  [[nodiscard]] static bool may_retry_now(const Flight& flight, double now) {
    return flight.awaits_retry && flight.not_before <= now;
  }
  template <class Visit>
  void for_each(Visit visit) {
    flights_.for_each(visit);
  }

 private:
  const OperationTable& operations_;
  const SharedReads& reads_;
  RetryPolicy& retries_;
  TimerTable& timers_;
  Effects& effects_;
  SlotMap<Flight> flights_;
};

}  // namespace raclette
