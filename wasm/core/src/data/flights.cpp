#include "data/flights.h"

#include <algorithm>

#include <utility>

#include "data/release.h"

namespace raclette {

void Flights::send(Handle handle, bool renew_auth, double now) {
  Flight& flight = *flights_.find(handle);
  flight.was_sent = flight.on_wire = true;
  ++flight.mutation.tries;
  flight.awaits_retry = false;
  flight.as_of = reads_.now(operations_[flight.operation].entity);
  timers_.cancel(flight.timer);
  if (flight.timeout > 0) flight.timer = timers_.set(now + flight.timeout, DataTimer::request, handle);
  const Target& target = flight.read == 0 ? flight.target : reads_.target(flight.read);
  effects_.push_back(StartFetch{handle, flight.query, operations_[flight.operation].config->method, target.url(),
                                flight.body, renew_auth, flight.mutation.key, target.variant()});
}

bool Flights::answered(Handle handle, const Answer& answer, double now) {
  Flight* flight = flights_.find(handle);
  const bool is_awaited = flight != nullptr && flight->on_wire;
  const bool refused = is_awaited && answer.status == 401 && !flight->auth_renewed;
  if (is_awaited && !refused) return true;
  release_response(effects_, answer.response);
  if (!refused) return false;
  flight->auth_renewed = true;
  send(handle, true, now);
  return false;
}

void Flights::timed_out(Handle handle) {
  effects_.push_back(AbortFetch{handle});
  flights_.find(handle)->timer = 0;
}

void Flights::retry_later(Handle handle, const Answer& answer, double now) {
  Flight& flight = *flights_.find(handle);
  --flight.tries_left;
  flight.on_wire = false;
  release_response(effects_, answer.response);
  timers_.cancel(flight.timer);
  flight.not_before = answer.retry_after > 0 ? now + answer.retry_after : 0;
  flight.awaits_retry = true;
  const double due = std::max(now + retries_.delay(flight.tries), flight.not_before);
  flight.timer = timers_.set(due, DataTimer::retry, handle);
}

void Flights::hold(Handle handle, double until) {
  Flight& flight = *flights_.find(handle);
  flight.not_before = until;
  flight.awaits_retry = true;
  flight.timer = timers_.set(until, DataTimer::retry, handle);
}

void Flights::requeue(Flight& flight, const Answer& answer) {
  release_response(effects_, answer.response);
  timers_.cancel(flight.timer);
  flight.auth_renewed = flight.on_wire = false;
}

void Flights::end(Flight& flight) {
  timers_.cancel(flight.timer);
  release_payload(effects_, std::exchange(flight.body, 0));
}

}  // namespace raclette
