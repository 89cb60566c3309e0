// Retries failed reads whose query may show stale data: an event, a mutation or a gap in the connection followed its
// last answer. A read stays due until it succeeds. Transient failures are retried with backoff. After a permanent
// failure, the read is retried only on a signal that may change the outcome: a change of the entity, an answer to a
// page of the query, focus, or the network's return.
//
//              transient failure  permanent failure  timer fired  signal          executed   answered, or disposed
//   (none)     waiting            resting            -            -               -          -
//   waiting    -                  -                  executed     due at once     trying     (none)
//   trying     waiting, longer    resting            -            -               trying     (none)
//   resting    -                  -                  -            due at once     trying     (none)
//
// The timer is DataTimer::due. Due reads are rare: an empty list costs an event nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "base/backoff.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "data/retry_policy.h"

namespace raclette {

class DueReads {
 public:
  DueReads(RetryPolicy& retries, TimerTable& timers) : retries_(retries), timers_(timers) {}

  /// A read of `entity` failed. `may_pass`: retry it after the backoff, but not before `not_before`.
  void failed(Handle query, std::uint32_t entity, bool may_pass, double not_before, double now);
  /// The query is executed, for any reason.
  void executed(Handle query);
  /// The query was answered or disposed.
  void over(Handle query);
  /// A page of the query was answered: the server is reachable, and the error that showed the stale part is gone.
  void retry_query(Handle query);
  /// The entity changed: retries its due reads.
  void retry_entity(std::uint32_t entity);
  /// The network is back, or the page is visible again: retries all due reads.
  void retry_all();
  /// Forgets all due reads.
  void clear();
  /// The query's timer fired.
  void fired(Handle query);

 private:
  struct Due {
    Handle query;
    std::uint32_t entity;
    Backoff tries;
    double not_before = 0;
    TimerId timer = 0;
    bool trying = false;
  };

  [[nodiscard]] Due* find(Handle query);
  void retry_now(Due& due);

  RetryPolicy& retries_;
  TimerTable& timers_;
  std::vector<Due> due_;
};

}  // namespace raclette
