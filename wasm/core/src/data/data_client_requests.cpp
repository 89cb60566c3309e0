// The requests of DataClient: start, retries and end. See data_client.h.
#include "data/data_client.h"

#include <algorithm>

#include "data/release.h"

namespace raclette {
namespace {

/// The longest Retry-After that is respected, in milliseconds.
constexpr double kMaxPause = 3600000;

}  // namespace

/// Makes the request of these executions, or lets it wait in the mutation queue or for Retry-After. `persisted_key`:
/// the key under which the binding already stores it.
Handle DataClient::start(Handle read, std::span<const Handle> executions, ValueHandle body, Caller caller, double now,
                         const std::string_view& persisted_key) {
  const Handle owner = executions_.find(executions.front())->query;
  const Query& query = *queries_.find(owner);
  const Handle handle = flights_.add();
  Flight& flight = *flights_.find(handle);
  flight.operation = query.operation;
  flight.query = owner;
  if (read == 0) flight.target = query.target;
  flight.body = body;
  flight.read = read;
  flight.tries_left = query.options->retry;
  flight.timeout = query.options->timeout;
  for (const Handle execution : executions) wait_for(handle, execution);
  if (!is_read(query)) {
    queue_.begin(flight.mutation, persisted_key, operations_.offline_mode(query.operation), query.options->retry > 0);
  }
  if (flight.mutation.persisted) persist(flight);
  if (!flight.mutation.queued) {
    const double not_before = operations_[query.operation].not_before;
    if (caller == Caller::event && is_read(query) && now < not_before) {
      flights_.hold(handle, not_before);
    } else {
      flights_.send(handle, false, now);
    }
    return handle;
  }
  queue_.add(handle, now);
  send_queued(now);
  if (flight.was_sent || flight.mutation.persisted) return handle;
  // Store the mutation on the wire too, so that a later runtime does not send this one before it.
  Flight& first = *flights_.find(queue_.first());
  if (!first.mutation.persisted) persist(first);
  if (!flight.mutation.persisted) persist(flight);
  return handle;
}

void DataClient::send_queued(double now) {
  const Handle handle = queue_.next();
  if (handle == 0) return;
  queue_.sent(flights_.find(handle)->mutation, handle, now);
  send(handle, now);
}

void DataClient::persist(Flight& flight, const Answer& answer) {
  queue_.persist(flight.mutation, flight.query, flight.executions.back(), answer);
}

/// Makes a request, for the first time or again.
void DataClient::send(Handle handle, double now) {
  flights_.send(handle, false, now);
  Flight& flight = *flights_.find(handle);
  if (flight.mutation.persisted) persist(flight);
}

Handle DataClient::find_mutation(std::uint32_t order) {
  Handle found = 0;
  flights_.for_each([&](Handle handle, const Flight& flight) {
    if (flight.mutation.order == order) found = handle;
  });
  return order == 0 ? 0 : found;
}

void DataClient::drop_mutation(std::uint32_t order, double now) {
  const Flight* flight = flights_.find(find_mutation(order));
  if (flight != nullptr) withdraw({flight->executions.begin(), flight->executions.end()}, ErrorCode::ABORTED, now);
}

void DataClient::retry_mutation(std::uint32_t order, double now) {
  const Handle handle = find_mutation(order);
  const Flight* flight = flights_.find(handle);
  if (flight == nullptr) return;
  if (flight->awaits_retry) return retry(handle, now);
  if (!flight->mutation.queued) return;
  queue_.retry_now();
  send_queued(now);
}

void DataClient::went_offline(double now) {
  refetcher_.offline = true;
  queue_.went_offline(now);
}

void DataClient::went_online(double now) {
  refetcher_.offline = false;
  queue_.went_online(now);
  send_queued(now);
  flights_.for_each([&](Handle handle, Flight& flight) {
    if (Flights::may_retry_now(flight, now)) retry(handle, now);
  });
  due_.retry_all();
  refetch_due(now);
}

/// Makes the next try now. Its answer contains all changes since the last try, so trailing executions share it.
void DataClient::retry(Handle handle, double now) {
  send(handle, now);
  const Handle read = flights_.find(handle)->read;
  if (read == 0) return;
  for (const Handle execution : reads_.restarted(read)) wait_for(handle, execution);
}

void DataClient::invalidate(std::uint32_t entity) {
  reads_.invalidate(entity);
  due_.retry_entity(entity);
}

/// A mutation of this client ended: invalidates its entity, and retries waiting reads of the entity now.
void DataClient::changed(std::uint32_t entity, double now) {
  invalidate(entity);
  flights_.for_each([&](Handle handle, Flight& flight) {
    const Operation& operation = operations_[flight.operation];
    if (operation.entity == entity && operation.config->is_read() && Flights::may_retry_now(flight, now)) {
      retry(handle, now);
    }
  });
}

void DataClient::handle(const FetchDone& input, double now) {
  const ErrorCode code = input.status >= 400 ? ErrorCode::HTTP_ERROR : ErrorCode::OK;
  answered(input.fetch, {code, input.status, input.response, true, input.retry_after, {0, 0, input.commit}}, now);
}

void DataClient::handle(const FetchFailed& input, double now) {
  answered(input.fetch, {input.code, input.status, input.response, false, input.retry_after}, now);
}

void DataClient::answered(Handle flight, const Answer& answer, double now) {
  if (flights_.answered(flight, answer, now)) complete(flight, answer, now);
}

/// Ends a request and settles its executions, unless the request is made again.
void DataClient::complete(Handle handle, Answer answer, double now) {
  answer.retry_after = std::min(answer.retry_after, kMaxPause);
  const std::uint32_t operation = flights_.find(handle)->operation;
  if (answer.retry_after > 0) operations_.hold(operation, now + answer.retry_after);
  if (retry_or_persist(handle, answer, now)) return;
  Flight& flight = *flights_.find(handle);
  // The stored mutation stays for a later session of the same user.
  if (flight.abandoned && (answer.code == ErrorCode::ABORTED || RetryPolicy::stays_queued(answer))) {
    flight.mutation.persisted = false;
  }
  answer.repeated = flight.mutation.tries > 1;
  answer.as_of = {flight.as_of.changes, flight.as_of.gaps, answer.as_of.commit};
  end(flight, handle, true, now);
  for (const Handle execution : flight.executions) settle(execution, answer, now);
  const Handle read = flight.read;
  flights_.erase(handle);
  if (read != 0) return complete_read(read, answer, now);
  release_response(effects_, answer.response);
  send_queued(now);
}

/// Returns whether the request is made again: from the front of the mutation queue, or after a delay.
bool DataClient::retry_or_persist(Handle handle, const Answer& answer, double now) {
  Flight& flight = *flights_.find(handle);
  if (flight.mutation.queued && RetryPolicy::stays_queued(answer) && queue_.has_time(flight.mutation, answer, now)) {
    persist(flight, answer);
    flights_.requeue(flight, answer);
    queue_.failed(answer, now);
    return true;
  }
  if (!Flights::may_retry(flight, answer)) return false;
  if (flight.mutation.queued || flight.mutation.persisted) persist(flight, answer);
  flights_.retry_later(handle, answer, now);
  return true;
}

/// Ends a flight that is answered or withdrawn. A mutation that was sent makes the entity's reads stale, whatever its
/// answer was: an error or a missing answer does not prove that nothing changed.
void DataClient::end(Flight& flight, Handle handle, bool has_answer, double now) {
  flights_.end(flight);
  queue_.remove(flight.mutation, handle, has_answer);
  const Operation& operation = operations_[flight.operation];
  if (flight.was_sent && !operation.config->is_read()) changed(operation.entity, now);
}

}  // namespace raclette
