// Schedules refetches: shortly after a gap or on focus (`soon`), and at an interval (`refetchInterval`). An execution
// by the user replaces a refetch that is due. The interval restarts whenever the last pending execution ends. An
// inactive query is only marked as due, and refetches when it becomes active. Intervals pause without a network, and
// also while the page is hidden, unless `refetchIntervalInBackground` is set.
//
// A query with `retires` retires after kRetireAfter without a pending execution. The binding creates it again for a
// later execution.
#pragma once

#include "base/random.h"
#include "base/slot_map.h"
#include "base/timers.h"

namespace raclette {

/// Milliseconds over which simultaneous refetches of all queries are spread.
inline constexpr double kRefetchSpread = 500;

/// Milliseconds after which an idle query retires: longer than its answer could be reused (kReuse).
inline constexpr double kRetireAfter = 2000;

/// Milliseconds that a new session's first event may take. Refetches after a gap wait at least that long.
inline constexpr double kProofTime = 50;

/// The refetch state of one query. Part of the query's record.
struct RefetchTimers {
  double used_at = 0;  // when its last execution ended
  TimerId soon = 0;
  TimerId interval = 0;
  TimerId retire = 0;
  bool due = false;  // refetch when possible; cleared by the next execution
  bool gap = false;  // due only because events may have been missed
};

class Refetcher {
 public:
  Refetcher(Random& random, TimerTable& timers) : random_(random), timers_(timers) {}

  /// Schedules a refetch (DataTimer::refetch) within kRefetchSpread, unless one is scheduled. `gap`: events may have
  /// been missed. The refetch then leaves kProofTime for the session's first event, which may prove the opposite.
  void soon(RefetchTimers& refetch, Handle query, double now, bool gap = false) {
    if (!gap) refetch.gap = false;
    if (refetch.soon != 0) return;
    refetch.gap = gap;
    const double least = gap ? kProofTime : 0;
    refetch.soon = timers_.set(now + least + (kRefetchSpread - least) * random_.fraction(), DataTimer::refetch, query);
  }
  /// Marks an inactive query as due when it becomes active.
  void later(RefetchTimers& refetch, bool gap = false) {
    refetch.gap = gap && (refetch.gap || !refetch.due);
    refetch.due = true;
  }
  /// No room for another execution: marks the query as due on focus, or when the network is back.
  void defer(RefetchTimers& refetch) {
    timers_.cancel(refetch.soon);
    later(refetch);
  }
  /// Schedules a refetch for the next tick.
  void next_tick(RefetchTimers& refetch, Handle query) {
    refetch.gap = false;
    timers_.cancel(refetch.soon);
    refetch.soon = timers_.set(0, DataTimer::refetch, query);
  }
  /// The query is executed, for any reason.
  void executed(RefetchTimers& refetch) {
    timers_.cancel(refetch.soon);
    refetch.due = false;
  }
  /// The query became inactive.
  void deactivate(RefetchTimers& refetch) {
    if (refetch.soon != 0) refetch.due = true;
    timers_.cancel(refetch.soon);
  }
  /// Restarts the interval: all executions have ended, or the setting changed. DataTimer::interval fires in `interval`
  /// milliseconds; 0: never.
  void restart_interval(RefetchTimers& refetch, Handle query, double interval, double now) {
    timers_.cancel(refetch.interval);
    if (interval > 0) refetch.interval = timers_.set(now + interval, DataTimer::interval, query);
  }
  /// The query has no pending execution. DataTimer::retire fires after kRetireAfter.
  void idle(RefetchTimers& refetch, Handle query, double now) {
    refetch.used_at = now;
    if (refetch.retire == 0) refetch.retire = timers_.set(now + kRetireAfter, DataTimer::retire, query);
  }
  /// DataTimer::retire fired. Returns whether the query was idle for kRetireAfter; if not, restarts the timer.
  bool may_retire(RefetchTimers& refetch, Handle query, double now) {
    refetch.retire = 0;
    const double at = refetch.used_at + kRetireAfter;
    if (now < at) refetch.retire = timers_.set(at, DataTimer::retire, query);
    return now >= at;
  }
  /// Whether intervals run now. `in_background`: also while the page is hidden.
  [[nodiscard]] bool interval_runs(bool in_background) const { return !offline && (!hidden || in_background); }
  bool hidden = false;
  bool offline = false;
  /// Cancels all timers of the query.
  void stop(RefetchTimers& refetch) {
    timers_.cancel(refetch.soon);
    timers_.cancel(refetch.interval);
    timers_.cancel(refetch.retire);
  }

 private:
  Random& random_;
  TimerTable& timers_;
};

}  // namespace raclette
