// Debounces the executions of a query with `debounce`. They wait until no further execution followed for that time,
// then share one request with the params of the last.
#pragma once

#include <utility>
#include <vector>

#include "base/slot_map.h"
#include "base/timers.h"
#include "raclette/effect.h"

namespace raclette {

/// The waiting executions of one query. Part of the query's record.
struct Debounced {
  TimerId timer = 0;
  std::vector<Handle> executions;
  ValueHandle body = 0;  // of the last execution
};

class Debouncer {
 public:
  Debouncer(TimerTable& timers, Effects& effects) : timers_(timers), effects_(effects) {}

  /// Adds an execution, and restarts the timer: DataTimer::debounce fires in `delay` milliseconds.
  void add(Debounced& waiting, Handle query, Handle execution, ValueHandle body, double delay, double now);
  /// Takes out all waiting executions. The caller owns them and their body.
  Debounced take(Debounced& waiting);
  /// Removes an execution. Releases the body if it was the last one.
  void leave(Debounced& waiting, Handle execution);

 private:
  TimerTable& timers_;
  Effects& effects_;
};

}  // namespace raclette
