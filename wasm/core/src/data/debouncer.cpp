#include "data/debouncer.h"

#include "data/release.h"

namespace raclette {

void Debouncer::add(Debounced& waiting, Handle query, Handle execution, ValueHandle body, double delay, double now) {
  release_payload(effects_, std::exchange(waiting.body, body));
  waiting.executions.push_back(execution);
  timers_.cancel(waiting.timer);
  waiting.timer = timers_.set(now + delay, DataTimer::debounce, query);
}

Debounced Debouncer::take(Debounced& waiting) {
  timers_.cancel(waiting.timer);
  Debounced due;
  due.executions.swap(waiting.executions);
  due.body = std::exchange(waiting.body, 0);
  return due;
}

void Debouncer::leave(Debounced& waiting, Handle execution) {
  std::erase(waiting.executions, execution);
  if (!waiting.executions.empty()) return;
  timers_.cancel(waiting.timer);
  release_payload(effects_, std::exchange(waiting.body, 0));
}

}  // namespace raclette
