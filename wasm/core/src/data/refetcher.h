// When a query is executed again without its user: some time after events may have been missed or the page is looked at
// again (`soon`), and at an interval (`refetchInterval`). An execution by the user spares the one that is due; the
// interval begins anew whenever nothing of the query is under way any more. A query that is not active is not executed:
// it is noted that it is due, and it is executed when it becomes active. Nor does an interval go on while the page is
// hidden, unless the user wants that, or while there is no network.
//
// A query at which nobody looks, and nobody is known to come back to, retires when nothing of it was under way for
// kRetireAfter: whoever comes back all the same makes it anew.
#pragma once

#include "base/random.h"
#include "base/slot_map.h"
#include "base/timers.h"

namespace raclette {

/// Queries that are all executed again do not do so in the same instant: over so many milliseconds they are spread.
inline constexpr double kRefetchSpread = 500;

/// Milliseconds that a query at which nobody looks stays: longer than an answer of it could be reused.
inline constexpr double kRetireAfter = 2000;

/// How long after the beginning of a session its first event may come, in milliseconds.
inline constexpr double kProofTime = 50;

/// What there is of it for one query. It stands in the query's record.
struct RefetchTimers {
  TimerId soon = 0;
  TimerId interval = 0;
  TimerId retire = 0;
  double used_at = 0;  // when anything of it was under way last
  bool due = false;    // only as long as it is not executed all the same
  bool gap = false;    // it is due because something may have been missed, and for nothing else
};

class Refetcher {
 public:
  Refetcher(Random& random, TimerTable& timers) : random_(random), timers_(timers) {}

  /// The query is due within kRefetchSpread (DataTimer::refetch), however often that is said. `gap`: since something
  /// may have been missed; then the session's first event, which may prove the contrary, has the time to come before.
  void soon(RefetchTimers& refetch, Handle query, double now, bool gap = false) {
    if (!gap) refetch.gap = false;
    if (refetch.soon != 0) return;
    refetch.gap = gap;
    const double least = gap ? kProofTime : 0;
    refetch.soon = timers_.set(now + least + (kRefetchSpread - least) * random_.fraction(), DataTimer::refetch, query);
  }
  /// The query is not active, and due as soon as it is.
  void later(RefetchTimers& refetch, bool gap = false) {
    refetch.gap = gap && (refetch.gap || !refetch.due);
    refetch.due = true;
  }
  /// There is no room for its execution now: it is due as soon as the page is looked at, or the network is back.
  void defer(RefetchTimers& refetch) {
    timers_.cancel(refetch.soon);
    later(refetch);
  }
  /// The query is due with the next tick.
  void next_tick(RefetchTimers& refetch, Handle query) {
    refetch.gap = false;
    timers_.cancel(refetch.soon);
    refetch.soon = timers_.set(0, DataTimer::refetch, query);
  }
  /// The query is executed, by whomever.
  void executed(RefetchTimers& refetch) {
    timers_.cancel(refetch.soon);
    refetch.due = false;
  }
  /// The query is not active any more.
  void deactivate(RefetchTimers& refetch) {
    if (refetch.soon != 0) refetch.due = true;
    timers_.cancel(refetch.soon);
  }
  /// All executions of the query have ended, or the interval is another: it is due (DataTimer::interval) in `interval`
  /// milliseconds; 0: not any more.
  void restart_interval(RefetchTimers& refetch, Handle query, double interval, double now) {
    timers_.cancel(refetch.interval);
    if (interval > 0) refetch.interval = timers_.set(now + interval, DataTimer::interval, query);
  }
  /// Nothing of the query is under way: it is time to look whether it retires (DataTimer::retire) when that has been so
  /// for a while.
  void idle(RefetchTimers& refetch, Handle query, double now) {
    refetch.used_at = now;
    if (refetch.retire == 0) refetch.retire = timers_.set(now + kRetireAfter, DataTimer::retire, query);
  }
  /// DataTimer::retire fired. Whether it is time, or was too early.
  bool may_retire(RefetchTimers& refetch, Handle query, double now) {
    refetch.retire = 0;
    const double at = refetch.used_at + kRetireAfter;
    if (now < at) refetch.retire = timers_.set(at, DataTimer::retire, query);
    return now >= at;
  }
  /// Whether an interval goes on: `in_background`, also while the page is hidden.
  [[nodiscard]] bool interval_runs(bool in_background) const { return !offline && (!hidden || in_background); }
  bool hidden = false;
  bool offline = false;
  /// The query is not executed again any more.
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
