// Requests under way: their timeout, the tries that follow a failure that may pass, and the one with other credentials
// that follows a 401. A flight is one request, however often it is made, with all executions that wait for it.
//
//                ask            answered, timed out                    its timer (DataTimer::retry)
//   new          on the wire    -                                      -
//   on the wire  -              on the wire (renew_auth), between      -
//                               tries, standing by, or over (end)
//   between      on the wire    -                                      on the wire
//   standing by  on the wire    -                                      -
//
// Who decides between these is the caller, who alone knows whether a mutation waits for the network. It also tells the
// executions; a request that the server does not want yet begins between tries (hold). A flight knows its executions,
// its query and its read by their handles.
#pragma once

#include <string>
#include <vector>

#include "base/backoff.h"
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
  /// The query whose user-given config goes with the request.
  Handle query = 0;
  /// Empty where `read` has it.
  Target target;
  ValueHandle body = 0;
  /// The shared read that it is made for, or 0.
  Handle read = 0;
  std::vector<Handle> executions;
  Mutation mutation;
  double tries_left = 0;
  /// Milliseconds for each try; 0: no limit.
  double timeout = 0;
  Backoff tries;
  TimerId timer = 0;      // for the answer, or for the next try
  double not_before = 0;  // of the next try, by the server's own word
  AsOf as_of;
  bool awaits_retry = false;  // tries
  bool on_wire = false;
  bool abandoned = false;  // by a session that is over: it ends as it ends, once
  bool was_sent = false;   // it went out at least once
  bool auth_renewed = false;
};

class Flights {
 public:
  Flights(const OperationTable& operations, const SharedReads& reads, RetryPolicy& retries, TimerTable& timers,
          Effects& effects)
      : operations_(operations), reads_(reads), retries_(retries), timers_(timers), effects_(effects) {}

  /// Adds one, to be filled in by way of `find`. It goes out when it is asked.
  Handle add() { return flights_.emplace(); }
  [[nodiscard]] Flight* find(Handle flight) { return flights_.find(flight); }
  [[nodiscard]] std::size_t size() const { return flights_.size(); }

  /// Makes the request, for the first time or again. `renew_auth`: with credentials that are asked for anew.
  void send(Handle flight, bool renew_auth, double now);
  /// An answer came. False if the flight is not at its end with that: it is not on the wire (any more), or was refused
  /// for its credentials and is made once more with others. The response is released then.
  bool answered(Handle flight, const Answer& answer, double now);
  /// No answer came in time: the request is aborted.
  void timed_out(Handle flight);

  /// Whether a flight with that answer is made again in a while.
  [[nodiscard]] static bool may_retry(const Flight& flight, const Answer& answer) {
    return flight.tries_left > 0 && RetryPolicy::is_retryable(answer);
  }
  /// Makes it again in a while. Releases the response.
  void retry_later(Handle flight, const Answer& answer, double now);
  /// Makes it at `until` for the first time.
  void hold(Handle flight, double until);
  /// Makes it again when it is asked, as if it had not been made. Releases the response.
  void requeue(Flight& flight, const Answer& answer);
  /// The session in which it began is over: it is not made again, whatever comes of it.
  static void abandon(Flight& flight) {
    flight.abandoned = flight.auth_renewed = true;
    flight.tries_left = 0;
  }
  /// A flight is over: it has no timer any more and no body. It is there until it is erased.
  void end(Flight& flight);
  void erase(Handle flight) { flights_.erase(flight); }
  /// Whether it stands between two tries that nobody but us has parted.
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
