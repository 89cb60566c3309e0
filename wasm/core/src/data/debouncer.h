// Executions of a query with `debounce`. They wait until no other has followed for that time, then share one request
// with the params of the last.
#pragma once

#include <utility>
#include <vector>

#include "base/slot_map.h"
#include "base/timers.h"
#include "raclette/effect.h"

namespace raclette {

/// Those of one query that wait. They stand in the query's record.
struct Debounced {
  TimerId timer = 0;
  std::vector<Handle> executions;
  ValueHandle body = 0;  // of the last one
};

class Debouncer {
 public:
  Debouncer(TimerTable& timers, Effects& effects) : timers_(timers), effects_(effects) {}

  /// One more waits; all are due (DataTimer::debounce) in `delay` milliseconds.
  void add(Debounced& waiting, Handle query, Handle execution, ValueHandle body, double delay, double now);
  /// Those that wait go on: they are the caller's, with the body.
  Debounced take(Debounced& waiting);
  /// One waits no longer; with the last one the body is released.
  void leave(Debounced& waiting, Handle execution);

 private:
  TimerTable& timers_;
  Effects& effects_;
};

}  // namespace raclette
