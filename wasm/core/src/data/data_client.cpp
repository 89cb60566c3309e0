#include "data/data_client.h"

namespace raclette {

Handle DataClient::create_query(std::uint32_t operation, const QuerySettings& options) {
  Query query{};
  query.operation = operation;
  query.options = options;
  return queries_.insert(std::move(query));
}

Result<bool> DataClient::set_request(Handle handle, const std::string_view& path, const std::string_view& params,
                                     const std::string_view& variant) {
  Query* query = find_query(handle);
  if (query == nullptr) return Failure{ErrorCode::DISPOSED, "the query"};
  const auto document = JsonDocument::parse(params);
  if (!document || !document->root().is_object()) {
    return Failure{ErrorCode::BAD_ARGUMENT, "params have to be an object"};
  }
  const Operation& operation = operations_[query->operation];
  const auto url = request_url(origin_, operation.route_prefix, operation.config, path, document->root());
  if (!url.ok()) return url.failure();
  query->read = 0;
  query->target.set(url.value(), variant);
  return true;
}

Handle DataClient::execute(Handle handle, ValueHandle body, double now) {
  const Query* query = find_query(handle);
  if (query == nullptr) {
    if (body != 0) effects_.push_back(ReleasePayload{body});
    return 0;
  }
  const Handle execution = begin_execution(handle);
  if (query->options.debounce > 0) {
    debounce(handle, execution, body, now);
  } else {
    begin(handle, {execution}, body, now);
  }
  return execution;
}

Handle DataClient::begin_execution(Handle handle) {
  Query& query = *queries_.find(handle);
  timers_.cancel(query.refetch_timer);
  const Handle execution = executions_.insert({handle, query.machine.execute()});
  query.executions.push_back(execution);
  effects_.push_back(QueryLoading{handle, execution});
  return execution;
}

/// The query, unless its user disposed of it.
DataClient::Query* DataClient::find_query(Handle handle) {
  Query* query = queries_.find(handle);
  return query == nullptr || query->disposed ? nullptr : query;
}

void DataClient::begin(Handle handle, std::vector<Handle> executions, ValueHandle body, double now) {
  Query& query = *queries_.find(handle);
  if (!operations_[query.operation].config.is_read() || !query.options.use_cache) {
    take_off(0, std::move(executions), body, now);
    return;
  }
  for (const Handle execution : executions) join_read(execution, query, now);
}

/// A read that may be shared: answered from the last answer, with the request in flight, or with the one after it.
void DataClient::join_read(Handle execution, Query& query, double now) {
  query.read = reads_.find_or_add(key_of(query), operations_[query.operation].entity, query.read);
  executions_.find(execution)->read = query.read;
  const Joined joined = reads_.join(query.read, execution, now);
  switch (joined.how) {
    case Join::answered:
      return settle(execution, joined.answer, now);
    case Join::starts:
      return start_read(query.read, {execution}, now);
    case Join::shares:
      executions_.find(execution)->flight = joined.flight;
      flights_.find(joined.flight)->executions.push_back(execution);
      return;
    case Join::trails:
      return;
  }
}

void DataClient::start_read(Handle read, std::vector<Handle> executions, double now) {
  reads_.started(read, take_off(read, std::move(executions), 0, now));
}

ReadKey DataClient::key_of(const Query& query) {
  return {query.target, query.operation, query.options.retry, query.options.timeout};
}

/// Nothing under way may be overtaken, and nothing due may be put off: all else goes the long way.
ValueHandle DataClient::reuse(Handle handle, double now) {
  Query* query = find_query(handle);
  if (query == nullptr || !query->options.use_cache || !query->executions.empty() || query->refetch_timer != 0 ||
      query->options.debounce > 0 || query->options.refetch_interval > 0) {
    return 0;
  }
  query->read = reads_.find(key_of(*query), query->read);
  const ValueHandle response = reads_.reusable(query->read, now);
  if (response != 0) query->machine.settle(query->machine.execute(), QueryOutcome::answered);
  return response;
}

/// The execution waits with those before it; what the last of them asks for is asked for all.
void DataClient::debounce(Handle handle, Handle execution, ValueHandle body, double now) {
  Query& query = *queries_.find(handle);
  if (query.debounced_body != 0) effects_.push_back(ReleasePayload{query.debounced_body});
  query.debounced_body = body;
  query.debounced.push_back(execution);
  timers_.cancel(query.debounce_timer);
  query.debounce_timer = timers_.set(now + query.options.debounce, DataTimer::debounce, handle);
}

/// `kept_key`: the key under which the outside keeps it already.
Handle DataClient::take_off(Handle read, std::vector<Handle> executions, ValueHandle body, double now,
                            std::string kept_key) {
  const Handle owner = executions_.find(executions.front())->query;
  const Query& query = *queries_.find(owner);
  Flight flight{};
  flight.operation = query.operation;
  flight.query = owner;
  if (read == 0) flight.url = query.target.url();
  flight.body = body;
  flight.read = read;
  flight.executions = std::move(executions);
  flight.tries_left = query.options.retry;
  flight.timeout = query.options.timeout;
  const Operation& operation = operations_[query.operation];
  const bool mutates = !operation.config.is_read();
  flight.queued = mutates && operations_.offline_mode(query.operation);
  flight.kept = !kept_key.empty();
  if (flight.kept) {
    flight.key = std::move(kept_key);
  } else if (flight.queued || (mutates && query.options.retry > 0)) {
    flight.order = ++mutations_;
    flight.key = key_of(flight.order);
  }
  const Handle handle = flights_.insert(std::move(flight));
  for (const Handle execution : flights_.find(handle)->executions) executions_.find(execution)->flight = handle;
  if (flights_.find(handle)->queued) {
    enqueue(handle, now);
  } else {
    ask(handle, false, now);
  }
  return handle;
}

void DataClient::ask(Handle handle, bool renew_auth, double now) {
  Flight& flight = *flights_.find(handle);
  flight.asked = true;
  if (flight.queued && !flight.kept && flight.keep_timer == 0) {
    flight.keep_timer = timers_.set(now + kGrace, DataTimer::keep, handle);
  }
  timers_.cancel(flight.timer);
  if (flight.timeout > 0) flight.timer = timers_.set(now + flight.timeout, DataTimer::request, handle);
  std::string url = flight.read == 0 ? flight.url : reads_.url(flight.read);
  effects_.push_back(StartFetch{handle, flight.query, operations_[flight.operation].config.method, std::move(url),
                                flight.body, renew_auth, flight.key});
}

/// True if the failure may pass, and the request is made again in a while.
bool DataClient::retry_later(Handle handle, const Answer& answer, double now) {
  Flight& flight = *flights_.find(handle);
  if (flight.tries_left <= 0 || !RetryPolicy::is_retried(answer)) return false;
  --flight.tries_left;
  if (flight.queued) keep(handle);
  if (answer.response != 0) effects_.push_back(ReleaseResponse{answer.response});
  timers_.cancel(flight.timer);
  flight.timer = timers_.set(now + retries_.delay(flight.tries), DataTimer::try_again, handle);
  return true;
}

void DataClient::handle(const FetchDone& input, double now) {
  const ErrorCode code = input.status >= 400 ? ErrorCode::HTTP_ERROR : ErrorCode::OK;
  answered(input.fetch, {code, input.status, input.response}, now);
}

void DataClient::handle(const FetchFailed& input, double now) {
  answered(input.fetch, {input.code, input.status, input.response}, now);
}

/// A request is over; one that was refused for its credentials is made once more with others.
void DataClient::answered(Handle handle, const Answer& answer, double now) {
  Flight* flight = flights_.find(handle);
  const bool refused = answer.status == 401 && flight != nullptr && !flight->auth_renewed;
  if (flight != nullptr && !refused) return land(handle, answer, now);
  if (answer.response != 0) effects_.push_back(ReleaseResponse{answer.response});
  if (!refused) return;
  flight->auth_renewed = true;
  ask(handle, true, now);
}

void DataClient::fire(DataTimer kind, Handle subject, double now) {
  switch (kind) {
    case DataTimer::queue:
      queue_.time_to_try();
      return send_queued(now);
    case DataTimer::keep:
      flights_.find(subject)->keep_timer = 0;
      return keep(subject);
    case DataTimer::request:
      effects_.push_back(AbortFetch{subject});
      flights_.find(subject)->timer = 0;
      return land(subject, {ErrorCode::REQUEST_TIMEOUT}, now);
    case DataTimer::try_again:
      flights_.find(subject)->timer = 0;
      return ask(subject, false, now);
    case DataTimer::read:
      return reads_.drop_answer(subject);
    case DataTimer::debounce: {
      Query& query = *queries_.find(subject);
      query.debounce_timer = 0;
      return begin(subject, std::exchange(query.debounced, {}), std::exchange(query.debounced_body, 0), now);
    }
    case DataTimer::interval:
      queries_.find(subject)->interval_timer = 0;
      return again(subject, now);
    case DataTimer::refetch:
      queries_.find(subject)->refetch_timer = 0;
      execute(subject, 0, now);
  }
}

/// A request ended. A mutation makes the entity's reads stale whatever its answer was: an error does not prove
/// that nothing changed.
void DataClient::land(Handle handle, const Answer& answer, double now) {
  if (wait_for_network(handle, answer, now) || retry_later(handle, answer, now)) return;
  Flight flight = std::move(*flights_.find(handle));
  timers_.cancel(flight.timer);
  flights_.erase(handle);
  if (flight.body != 0) effects_.push_back(ReleasePayload{flight.body});
  leave_queue(handle, flight, true);
  const Operation& operation = operations_[flight.operation];
  if (!operation.config.is_read()) reads_.invalidate(operation.entity);
  for (const Handle execution : flight.executions) settle(execution, answer, now);
  if (flight.read != 0) return complete_read(flight.read, answer, now);
  if (answer.response != 0) effects_.push_back(ReleaseResponse{answer.response});
  if (flight.queued) send_queued(now);
}

void DataClient::complete_read(Handle read, const Answer& answer, double now) {
  std::vector<Handle> trailing = reads_.complete(read, answer, now);
  if (!trailing.empty()) start_read(read, std::move(trailing), now);
}

void DataClient::settle(Handle handle, const Answer& answer, double now) {
  const Execution execution = *executions_.find(handle);
  executions_.erase(handle);
  Query& query = *queries_.find(execution.query);
  std::erase(query.executions, handle);
  const bool withdrawn = answer.code == ErrorCode::ABORTED || answer.code == ErrorCode::DISPOSED;
  const QueryOutcome outcome = withdrawn                      ? QueryOutcome::withdrawn
                               : answer.code == ErrorCode::OK ? QueryOutcome::answered
                                                              : QueryOutcome::failed;
  const bool shows = query.machine.settle(execution.number, outcome);
  const bool announce = query.options.notify && !withdrawn && !operations_[query.operation].config.is_read();
  effects_.push_back(QuerySettled{execution.query, handle, answer.code, answer.status, answer.response, shows,
                                  query.machine.loading(), announce});
  if (query.disposed && query.executions.empty()) {
    queries_.erase(execution.query);
    return;
  }
  const bool repeats = query.options.refetch_interval > 0 && operations_[query.operation].config.is_read();
  if (!repeats || query.machine.loading()) return;
  timers_.cancel(query.interval_timer);
  query.interval_timer = timers_.set(now + query.options.refetch_interval, DataTimer::interval, execution.query);
}

void DataClient::end_executions(Handle handle, ErrorCode code, double now) {
  const Query* query = queries_.find(handle);
  if (query == nullptr) return;
  std::vector<Handle> pending = query->executions;
  if (code == ErrorCode::DISPOSED) std::erase_if(pending, [this](Handle one) { return outlives_query(one); });
  // The newest first: what waits for a trailing request has to be gone before the end of the one under way starts it.
  for (auto execution = pending.rbegin(); execution != pending.rend(); ++execution) leave(*execution, now);
  for (const Handle execution : pending) settle(execution, {code}, now);
}

/// Takes an execution out of what it waits for; a request that nobody waits for any more is aborted.
void DataClient::leave(Handle handle, double now) {
  const Execution execution = *executions_.find(handle);
  Query& query = *queries_.find(execution.query);
  std::erase(query.debounced, handle);
  if (query.debounced.empty()) {
    timers_.cancel(query.debounce_timer);
    if (query.debounced_body != 0) effects_.push_back(ReleasePayload{std::exchange(query.debounced_body, 0)});
  }
  reads_.leave(execution.read, handle);
  Flight* flight = flights_.find(execution.flight);
  if (flight == nullptr) return;
  std::erase(flight->executions, handle);
  if (!flight->executions.empty()) {
    // What is left of a shared request is another query's, and so is the config of its repetitions.
    flight->query = executions_.find(flight->executions.front())->query;
    return;
  }
  effects_.push_back(AbortFetch{execution.flight});
  if (flight->body != 0) effects_.push_back(ReleasePayload{flight->body});
  timers_.cancel(flight->timer);
  leave_queue(execution.flight, *flight, false);
  const bool was_queued = flight->queued;
  const bool may_have_changed = flight->asked && !operations_[flight->operation].config.is_read();
  const std::uint32_t entity = operations_[flight->operation].entity;
  flights_.erase(execution.flight);
  if (may_have_changed) reads_.invalidate(entity);
  if (was_queued) send_queued(now);
  if (execution.read != 0) complete_read(execution.read, {ErrorCode::ABORTED}, now);
}

void DataClient::dispose_query(Handle handle, double now) {
  Query* query = queries_.find(handle);
  if (query == nullptr) return;
  if (operations_.offline_mode(query->operation) && !query->debounced.empty()) {
    timers_.cancel(query->debounce_timer);
    begin(handle, std::exchange(query->debounced, {}), std::exchange(query->debounced_body, 0), now);
  }
  end_executions(handle, ErrorCode::DISPOSED, now);
  query = queries_.find(handle);
  timers_.cancel(query->refetch_timer);
  timers_.cancel(query->interval_timer);
  query->disposed = !query->executions.empty();
  if (!query->disposed) queries_.erase(handle);
}

}  // namespace raclette
