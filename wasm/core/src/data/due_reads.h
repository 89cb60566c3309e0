// Reads that failed though what they show may be behind: an event, a mutation or a gap in the connection came after
// what was answered last. They stay due until they are answered. What may pass is tried again with backoff; what the
// server has decided only when something happens that may change its mind.
//
//              failed, may pass   failed, decided   its timer          something happens   executed   answered, or gone
//   (none)     waiting            resting           -                  -                   -          -
//   waiting    -                  -                 executed           due at once         trying     (none)
//   trying     waiting, longer    resting           -                  -                   trying     (none)
//   resting    -                  -                 -                  due at once         trying     (none)
//
// Their timer is DataTimer::due. There are few of them: a list that is nearly always empty costs an event nothing.
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

  /// A read of `entity` failed. `may_pass`: it is tried again by itself, though not before `not_before`.
  void failed(Handle query, std::uint32_t entity, bool may_pass, double not_before, double now);
  /// The query is executed, by whomever.
  void executed(Handle query);
  /// The query was answered, or is gone.
  void over(Handle query);
  /// More of what the query shows was answered: the server is there, and the error is gone that says what is behind.
  void retry_query(Handle query);
  /// Something happened to the entity.
  void retry_entity(std::uint32_t entity);
  /// Something happened to the network, or the page is looked at again.
  void retry_all();
  /// No read is due any more.
  void clear();
  /// The timer of a query fired.
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
