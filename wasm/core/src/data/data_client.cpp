#include "data/data_client.h"

#include <algorithm>

#include "data/release.h"

namespace raclette {
Handle DataClient::create_query(std::uint32_t operation, const QuerySettings& options) {
  const Handle handle = queries_.emplace();
  Query& query = *queries_.find(handle);
  query.operation = operation;
  query.options = shared(options);
  return handle;
}

/// Most queries of a page have one of two settings: those of its active queries, and those of the others.
const Shared<QuerySettings>& DataClient::shared(const QuerySettings& options) {
  Shared<QuerySettings>& last = options.active ? active_settings_ : other_settings_;
  if (last.get() == nullptr || *last != options) last = Shared<QuerySettings>(options);
  return last;
}

Result<bool> DataClient::set_request(Handle handle, const std::string_view& path, const std::string_view& params,
                                     const std::string_view& variant) {
  Query* query = find_query(handle);
  if (query == nullptr) return Failure{ErrorCode::DISPOSED, "the query"};
  const auto document = JsonDocument::parse(params);
  if (!document || !document->root().is_object()) {
    return Failure{ErrorCode::BAD_ARGUMENT, "params must be an object"};
  }
  const Operation& operation = operations_[query->operation];
  const auto url = request_url(origin_, operation.plugin->route_prefix, *operation.config, path, document->root());
  if (!url.ok()) return url.failure();
  query->read = 0;
  query->target.set(url.value(), variant);
  return true;
}

/// Returns the query, or nullptr if its user disposed it.
DataClient::Query* DataClient::find_query(Handle handle) {
  Query* query = queries_.find(handle);
  return query == nullptr || query->disposed ? nullptr : query;
}

/// Whether there is no room for another execution.
bool DataClient::is_full() const { return executions_.is_full() || !timers_.has_room(); }

ReadKey DataClient::key_of(const Query& query) {
  return {query.target, query.operation, query.options->retry, query.options->timeout};
}

Handle DataClient::execute(Handle handle, ValueHandle body, Caller caller, double now, bool quiet) {
  Query* query = find_query(handle);
  if (query == nullptr || is_full()) {
    if (query != nullptr && caller == Caller::event) refetcher_.defer(query->refetch);
    release_payload(effects_, body);
    return 0;
  }
  const Handle execution = begin_execution(handle, quiet, caller);
  if (query->options->debounce > 0) {
    debouncer_.add(query->debounced, handle, execution, body, query->options->debounce, now);
  } else {
    begin(*query, {&execution, 1}, body, caller, now);
  }
  return execution;
}

Handle DataClient::restore(Handle handle, ValueHandle body, const std::string_view& key, double now) {
  if (find_query(handle) == nullptr || is_full()) {
    release_payload(effects_, body);
    return 0;
  }
  const Handle execution = begin_execution(handle);
  start(0, {&execution, 1}, body, Caller::user, now, key);
  return execution;
}

Handle DataClient::begin_execution(Handle handle, bool quiet, Caller caller) {
  Query& query = *queries_.find(handle);
  if (!is_part(caller)) {
    refetcher_.executed(query.refetch);
    due_.executed(handle);
  }
  // Before its first execution, a query shows nothing that could be stale.
  if (!query.machine.used()) query.as_of = reads_.now(operations_[query.operation].entity);
  const Handle execution = executions_.insert({.number = query.machine.execute(), .query = handle, .caller = caller});
  query.executions.push_back(execution);
  effects_.push_back(QueryLoading{handle, execution, quiet});
  return execution;
}

void DataClient::begin_debounced(Handle handle, double now) {
  Query& query = *queries_.find(handle);
  const Debounced due = debouncer_.take(query.debounced);
  begin(query, due.executions, due.body, Caller::user, now);
}

void DataClient::begin(Query& query, std::span<const Handle> executions, ValueHandle body, Caller caller, double now) {
  // The core cannot compare bodies, so a read with a body is not shared.
  if (!query.options->use_cache || !is_read(query) || body != 0 || reads_.is_full()) {
    start(0, executions, body, caller, now);
    return;
  }
  for (const Handle execution : executions) {
    query.read = reads_.find_or_add(key_of(query), operations_[query.operation].entity, query.read);
    query.target = reads_.target(query.read);
    executions_.find(execution)->read = query.read;
    join_read(query.read, execution, caller, now);
  }
}

void DataClient::wait_for(Handle flight, Handle execution) {
  executions_.find(execution)->flight = flight;
  flights_.find(flight)->executions.push_back(execution);
}

void DataClient::refetch_on_event(Handle handle, std::span<const std::uint32_t> stale) {
  Query* query = find_query(handle);
  if (query == nullptr || !query->machine.used()) return;
  const std::uint32_t entity = operations_[query->operation].entity;
  if (std::find(stale.begin(), stale.end(), entity) == stale.end()) invalidate(entity);
  if (query->options->active) return refetcher_.next_tick(query->refetch, handle);
  refetcher_.later(query->refetch);
}

void DataClient::fire(DataTimer kind, Handle subject, double now) {
  switch (kind) {
    case DataTimer::queue:
      queue_.retry_now();
      return send_queued(now);
    case DataTimer::persist:
      return persist(*flights_.find(subject));
    case DataTimer::request:
      flights_.timed_out(subject);
      return complete(subject, {ErrorCode::REQUEST_TIMEOUT}, now);
    case DataTimer::retry:
      return retry(subject, now);
    case DataTimer::read:
      return reads_.drop_answer(subject);
    case DataTimer::debounce:
      return begin_debounced(subject, now);
    case DataTimer::interval: {
      Query& query = *queries_.find(subject);
      query.refetch.interval = 0;
      if (!query.options->active || !refetcher_.interval_runs(query.options->refetch_interval_in_background)) {
        refetcher_.later(query.refetch);
        return;
      }
      // An interval must bring a new answer, not a reused one.
      if (const Handle read = reads_.find(key_of(query), query.read); read != 0) reads_.drop_answer(read);
      execute(subject, 0, Caller::event, now);
      return;
    }
    case DataTimer::due:
      defer(subject);
      if (!refetcher_.offline) execute(subject, 0, Caller::event, now);
      return;
    case DataTimer::refetch:
      return refetch(subject, *queries_.find(subject), now);
    case DataTimer::retire:
      return retire(subject, now);
  }
}

void DataClient::settle(Handle handle, const Answer& answer, double now) {
  const Execution execution = *executions_.find(handle);
  executions_.erase(handle);
  Query& query = *queries_.find(execution.query);
  query.executions.erase(handle);
  const bool withdrawn = answer.code == ErrorCode::ABORTED || answer.code == ErrorCode::DISPOSED;
  const QueryOutcome outcome = withdrawn                      ? QueryOutcome::withdrawn
                               : answer.code == ErrorCode::OK ? QueryOutcome::answered
                                                              : QueryOutcome::failed;
  // A later part is as old as the first one. The failure of the next page is the latest word.
  const bool part = is_part(execution.caller) && (execution.caller == Caller::rest || outcome != QueryOutcome::failed);
  const bool shows = !execution.abandoned && query.machine.settle(execution.number, outcome, part);
  if (shows && outcome == QueryOutcome::answered && !is_part(execution.caller)) query.as_of = answer.as_of;
  // The shown items are older than the first part of the failed refetch.
  if (shows && outcome == QueryOutcome::failed && execution.caller == Caller::rest) query.as_of = {};
  if (is_read(query) && !withdrawn) note_answer(execution, query, answer, shows, now);
  const bool announce = query.options->notify && !withdrawn && !is_read(query) && !execution.abandoned;
  effects_.push_back(QuerySettled{execution.query, handle, answer.code, answer.status, answer.response, shows,
                                  query.machine.loading(), announce, answer.repeated});
  if (query.disposed && query.executions.empty()) {
    queries_.erase(execution.query);
    return;
  }
  idle(execution.query, query, now);
  const double interval = query.options->refetch_interval;
  if (interval > 0 && is_read(query) && !query.machine.loading()) {
    refetcher_.restart_interval(query.refetch, execution.query, interval, now);
  }
}

/// Updates DueReads after a read: it is due as long as its query may show stale data. `shows`: whether the answer
/// shows.
void DataClient::note_answer(const Execution& execution, Query& query, const Answer& answer, bool shows, double now) {
  const Handle handle = execution.query;
  const Operation& operation = operations_[query.operation];
  if (answer.code == ErrorCode::OK) {
    if (is_part(execution.caller)) return due_.retry_query(handle);
    if (shows) due_.over(handle);
    return;
  }
  if (query.disposed || !reads_.may_be_stale(operation.entity, query.as_of)) return;
  if (!query.options->active) return refetcher_.later(query.refetch);
  due_.failed(handle, operation.entity, RetryPolicy::is_retryable(answer), operation.not_before, now);
}

void DataClient::end_executions(Handle handle, ErrorCode code, double now) {
  const Query* query = queries_.find(handle);
  if (query == nullptr) return;
  std::vector<Handle> pending(query->executions.begin(), query->executions.end());
  if (code == ErrorCode::DISPOSED) std::erase_if(pending, [this](Handle one) { return outlives_query(one); });
  withdraw(std::move(pending), code, now);
}

/// Ends executions early, with ABORTED or DISPOSED.
void DataClient::withdraw(std::vector<Handle> executions, ErrorCode code, double now) {
  // Newest first: trailing executions must leave before the end of the request in flight starts the trailing request.
  for (auto execution = executions.rbegin(); execution != executions.rend(); ++execution) leave(*execution, now);
  for (const Handle execution : executions) settle(execution, {code}, now);
}

/// Whether the execution continues after its query is disposed: a mutation that was sent, or waits for the network.
bool DataClient::outlives_query(Handle execution) {
  const Flight* flight = flights_.find(executions_.find(execution)->flight);
  return flight != nullptr && !operations_[flight->operation].config->is_read();
}

/// Detaches an execution from its debounce, read and flight. Aborts a request without further executions.
void DataClient::leave(Handle handle, double now) {
  const Execution execution = *executions_.find(handle);
  debouncer_.leave(queries_.find(execution.query)->debounced, handle);
  reads_.leave(execution.read, handle);
  Flight* flight = flights_.find(execution.flight);
  if (flight == nullptr) return;
  flight->executions.erase(handle);
  if (!flight->executions.empty()) {
    // The request may now belong to another query, whose config its next tries use.
    flight->query = executions_.find(flight->executions.front())->query;
    return;
  }
  effects_.push_back(AbortFetch{execution.flight});
  end(*flight, execution.flight, false, now);
  flights_.erase(execution.flight);
  send_queued(now);
  if (execution.read != 0) complete_read(execution.read, {ErrorCode::ABORTED}, now);
}

void DataClient::configure_query(Handle handle, const QuerySettings& options, double now) {
  Query* query = find_query(handle);
  if (query == nullptr) return;
  const bool other_interval = query->options->refetch_interval != options.refetch_interval;
  // `invalidate` does not mark queries as due, so compare the shown answer with the changes since then.
  const bool was_retiring = query->options->retires && !options.retires;
  if (was_retiring && reads_.may_be_stale(operations_[query->operation].entity, query->as_of)) {
    refetcher_.later(query->refetch);
  }
  query->options = shared(options);
  idle(handle, *query, now);
  if (!is_read(*query) || !query->machine.used()) return;
  if (other_interval && !query->machine.loading()) {
    refetcher_.restart_interval(query->refetch, handle, options.refetch_interval, now);
  }
  if (!options.active) return refetcher_.deactivate(query->refetch);
  if (query->refetch.due) refetch(handle, *query, now);
}

void DataClient::dispose_query(Handle handle, double now) {
  Query* query = queries_.find(handle);
  if (query == nullptr) return;
  if (!is_read(*query) && !query->debounced.executions.empty()) begin_debounced(handle, now);
  end_executions(handle, ErrorCode::DISPOSED, now);
  query = queries_.find(handle);
  refetcher_.stop(query->refetch);
  due_.over(handle);
  query->disposed = !query->executions.empty();
  if (!query->disposed) queries_.erase(handle);
}

void DataClient::resume_query(Handle handle, bool due, std::uint32_t last_seen, double now) {
  Query* query = find_query(handle);
  if (query == nullptr) return;
  query->machine.resume();
  query->as_of = reads_.now(operations_[query->operation].entity);
  if (!is_read(*query)) return;
  query->refetch.due = due || last_seen != seen(*query);
  refetcher_.restart_interval(query->refetch, handle, query->options->refetch_interval, now);
}

void DataClient::idle(Handle handle, Query& query, double now) {
  if (query.options->retires && query.executions.empty()) refetcher_.idle(query.refetch, handle, now);
}

void DataClient::retire(Handle handle, double now) {
  Query& query = *queries_.find(handle);
  if (!refetcher_.may_retire(query.refetch, handle, now) || !query.options->retires || !query.executions.empty())
    return;
  effects_.push_back(QueryRetired{handle, may_be_stale(query), seen(query)});
  dispose_query(handle, now);
}

/// Whether the query may show stale data.
bool DataClient::may_be_stale(const Query& query) const {
  return query.refetch.due || reads_.may_be_stale(operations_[query.operation].entity, query.as_of);
}

/// Counts the reasons to refetch the query: changes of its entity, gaps and, with `refetchOnFocus`, focus.
std::uint32_t DataClient::seen(const Query& query) const {
  return reads_.changes(operations_[query.operation].entity) + reads_.gaps.count() +
         (query.options->refetch_on_focus ? focus_count_ : 0);
}

void DataClient::refetch_active(double now) {
  reads_.gaps.add();
  queries_.for_each([&](Handle handle, Query& query) {
    if (query.options->refetch_on_reconnect) refetch_soon(handle, query, now, true);
  });
}

/// Executes a due query, unless a gap was the only reason and its answer provably missed nothing.
void DataClient::refetch(Handle handle, Query& query, double now) {
  const bool has_all = query.machine.state() != QueryState::error && !reads_.gaps.may_have_missed(query.as_of);
  if (query.refetch.gap && has_all) return refetcher_.executed(query.refetch);
  // The gap before the first session is not a lost connection, so the page need not show the refetch.
  const bool quiet = query.refetch.gap && reads_.gaps.count() == 1 && query.machine.state() == QueryState::success;
  execute(handle, 0, Caller::event, now, quiet);
}

void DataClient::refetch_on_focus(double now) {
  refetcher_.hidden = false;
  ++focus_count_;
  due_.retry_all();
  refetch_due(now);
  queries_.for_each([&](Handle handle, Query& query) {
    if (query.options->refetch_on_focus) refetch_soon(handle, query, now);
  });
}

/// Refetches queries whose interval ended while the page was hidden, or without a network.
void DataClient::refetch_due(double now) {
  queries_.for_each([&](Handle handle, Query& query) {
    const bool may = query.options->active && refetcher_.interval_runs(query.options->refetch_interval_in_background);
    if (query.refetch.due && may) refetch_soon(handle, query, now);
  });
}

/// Schedules a refetch of a read that was executed before. Marks an inactive one as due.
void DataClient::refetch_soon(Handle handle, Query& query, double now, bool gap) {
  if (!is_read(query) || !query.machine.used()) return;
  if (query.options->active) return refetcher_.soon(query.refetch, handle, now, gap);
  refetcher_.later(query.refetch, gap);
}

}  // namespace raclette
