// The part of the data client that has to do with mutations that wait for the network.
#include "data/data_client.h"

#include "base/text.h"

namespace raclette {

std::string DataClient::key_of(std::uint32_t mutation) const {
  std::string key = client_ + "-";
  append_number(key, mutation);
  return key;
}

Handle DataClient::restore(Handle handle, ValueHandle body, std::string key, double now) {
  if (find_query(handle) == nullptr) {
    if (body != 0) effects_.push_back(ReleasePayload{body});
    return 0;
  }
  const Handle execution = begin_execution(handle);
  take_off(0, {execution}, body, now, std::move(key));
  return execution;
}

void DataClient::network_back(double now) {
  queue_.network_back();
  send_queued(now);
}

void DataClient::enqueue(Handle handle, double now) {
  queue_.add(handle, now);
  send_queued(now);
  if (!flights_.find(handle)->asked) keep(handle);
}

void DataClient::send_queued(double now) {
  if (const Handle flight = queue_.next(); flight != 0) ask(flight, false, now);
}

void DataClient::keep(Handle handle) {
  Flight& flight = *flights_.find(handle);
  timers_.cancel(flight.keep_timer);
  flight.kept = true;
  effects_.push_back(KeepMutation{flight.query, flight.executions.back(), flight.order, flight.key});
}

void DataClient::leave_queue(Handle handle, Flight& flight, bool answered) {
  timers_.cancel(flight.keep_timer);
  if (flight.queued) queue_.remove(handle, answered);
  if (flight.kept) effects_.push_back(ForgetMutation{flight.key});
}

/// True if the request stays the first of those that wait, to be made again.
bool DataClient::wait_for_network(Handle handle, const Answer& answer, double now) {
  Flight& flight = *flights_.find(handle);
  if (!flight.queued || !RetryPolicy::stays_queued(answer)) return false;
  if (answer.response != 0) effects_.push_back(ReleaseResponse{answer.response});
  if (answer.code == ErrorCode::AUTH_FAILED || answer.status == 401) {
    effects_.push_back(ReportError{ErrorCode::AUTH_FAILED, "mutations wait until the server takes the credentials"});
  }
  timers_.cancel(flight.timer);
  flight.auth_renewed = false;
  keep(handle);
  queue_.failed(now);
  return true;
}

/// A mutation that waits for the network is sent whether its query is still wanted or not.
bool DataClient::outlives_query(Handle execution) {
  const Flight* flight = flights_.find(executions_.find(execution)->flight);
  return flight != nullptr && flight->queued;
}

}  // namespace raclette
