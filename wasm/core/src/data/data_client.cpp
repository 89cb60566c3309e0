#include "data/data_client.h"

#include <algorithm>

namespace raclette {
namespace {

void append_name(std::string& list, std::string_view name) {
  if (!list.empty()) list.append(", ");
  list.append(name);
}

}  // namespace

std::uint32_t DataClient::add_plugin(const PluginConfig& config) {
  const auto first = static_cast<std::uint32_t>(entities_.size());
  for (const EntityConfig& entity : config.entities) {
    const auto index = static_cast<std::uint32_t>(entities_.size());
    entities_.push_back({config.plugin_key, entity.name});
    for (const OperationConfig& operation : entity.operations) {
      operations_.push_back({operation, index, config.route_prefix});
    }
  }
  return first;
}

Result<std::uint32_t> DataClient::find_operation(std::string_view plugin_key, std::string_view entity,
                                                 std::string_view operation) const {
  std::string entities;
  std::string operations;
  for (std::uint32_t i = 0; i < entities_.size(); ++i) {
    if (entities_[i].plugin_key != plugin_key) continue;
    append_name(entities, entities_[i].name);
    if (entities_[i].name != entity) continue;
    for (std::uint32_t k = 0; k < operations_.size(); ++k) {
      if (operations_[k].entity != i) continue;
      if (operations_[k].config.name == operation) return k;
      append_name(operations, operations_[k].config.name);
    }
    return Failure{ErrorCode::UNKNOWN_OPERATION, std::move(operations)};
  }
  return Failure{ErrorCode::UNKNOWN_ENTITY, std::move(entities)};
}

Handle DataClient::create_query(std::uint32_t operation, const QueryOptions& options) {
  Query query{};
  query.operation = operation;
  query.options = options;
  return queries_.insert(std::move(query));
}

Result<bool> DataClient::set_request(Handle handle, std::string_view path, std::string_view params,
                                     std::string_view variant) {
  Query* query = queries_.find(handle);
  if (query == nullptr) return Failure{ErrorCode::DISPOSED, "the query"};
  const auto document = JsonDocument::parse(params);
  if (!document || !document->root().is_object()) {
    return Failure{ErrorCode::BAD_ARGUMENT, "params have to be an object"};
  }
  const Operation& operation = operations_[query->operation];
  std::string target(path);
  if (!operation.config.target_is_function) {
    auto filled = fill_target(operation.config, document->root());
    if (!filled.ok()) return filled.failure();
    target = std::move(filled.value());
  }
  std::string query_text;
  if (!operation.config.has_body()) query_text = query_string(operation.config, document->root());
  if (!query_text.empty() && target.find('?') != std::string::npos) query_text[0] = '&';
  query->url = join_url(origin_, operation.route_prefix, target).append(query_text);
  query->key.assign(operation.config.method).append(" ").append(query->url).append(" ").append(variant);
  return true;
}

Handle DataClient::execute(Handle handle, ValueHandle body, double now) {
  Query* query = queries_.find(handle);
  if (query == nullptr) {
    if (body != 0) effects_.push_back(ReleasePayload{body});
    return 0;
  }
  timers_.cancel(query->refetch_timer);
  const Handle execution = executions_.insert({handle, query->machine.execute()});
  query->executions.push_back(execution);
  effects_.push_back(QueryLoading{handle});
  if (operations_[query->operation].config.is_read() && query->options.use_cache) {
    join_read(execution, *query, now);
  } else {
    take_off(0, {execution}, body, now);
  }
  return execution;
}

/// A read that may be shared: answered from the last answer, with the one in flight, or with the one after it.
void DataClient::join_read(Handle execution, const Query& query, double now) {
  const Handle handle = read_of(query);
  Read& read = *reads_.find(handle);
  executions_.find(execution)->read = handle;
  if (read.response != 0) {
    settle(execution, {ErrorCode::OK, read.status, read.response});
  } else if (read.flight == 0) {
    read.stale = false;
    read.flight = take_off(handle, {execution}, 0, now);
  } else if (read.stale) {
    read.trailing.push_back(execution);
  } else {
    executions_.find(execution)->flight = read.flight;
    flights_.find(read.flight)->executions.push_back(execution);
  }
}

Handle DataClient::read_of(const Query& query) {
  const auto known = read_by_key_.find(query.key);
  if (known != read_by_key_.end()) return known->second;
  Read read{};
  read.key = query.key;
  read.entity = operations_[query.operation].entity;
  const Handle handle = reads_.insert(std::move(read));
  read_by_key_.emplace(query.key, handle);
  return handle;
}

Handle DataClient::take_off(Handle read, std::vector<Handle> executions, ValueHandle body, double now) {
  const Handle owner = executions_.find(executions.front())->query;
  const Query& query = *queries_.find(owner);
  Flight flight{};
  flight.operation = query.operation;
  flight.query = owner;
  flight.url = query.url;
  flight.body = body;
  flight.read = read;
  flight.executions = std::move(executions);
  const Handle handle = flights_.insert(std::move(flight));
  for (const Handle execution : flights_.find(handle)->executions) executions_.find(execution)->flight = handle;
  if (query.options.timeout > 0) {
    flights_.find(handle)->timer = timers_.set(now + query.options.timeout, {TimerKind::request, handle});
  }
  ask(handle, false);
  return handle;
}

void DataClient::ask(Handle handle, bool renew_auth) {
  const Flight& flight = *flights_.find(handle);
  effects_.push_back(StartFetch{handle, flight.query, operations_[flight.operation].config.method, flight.url,
                                flight.body, renew_auth});
}

void DataClient::handle(const FetchDone& input, double now) {
  Flight* flight = flights_.find(input.fetch);
  const bool refused = input.status == 401 && flight != nullptr && !flight->auth_renewed;
  if (flight == nullptr || refused) {
    if (input.response != 0) effects_.push_back(ReleaseResponse{input.response});
    if (!refused) return;
    flight->auth_renewed = true;
    return ask(input.fetch, true);
  }
  const ErrorCode code = input.status >= 400 ? ErrorCode::HTTP_ERROR : ErrorCode::OK;
  land(input.fetch, {code, input.status, input.response}, now);
}

void DataClient::handle(const FetchFailed& input, double now) {
  if (flights_.find(input.fetch) != nullptr) {
    land(input.fetch, {input.code, input.status, input.response}, now);
  } else if (input.response != 0) {
    effects_.push_back(ReleaseResponse{input.response});
  }
}

void DataClient::fire(const TimerEvent& timer, double now) {
  if (timer.kind == TimerKind::request) {
    effects_.push_back(AbortFetch{timer.subject});
    flights_.find(timer.subject)->timer = 0;
    land(timer.subject, {ErrorCode::REQUEST_TIMEOUT}, now);
  } else if (timer.kind == TimerKind::read) {
    Read& read = *reads_.find(timer.subject);
    read.expiry = 0;
    drop_response(read);
    forget_if_unused(timer.subject);
  } else {
    queries_.find(timer.subject)->refetch_timer = 0;
    execute(timer.subject, 0, now);
  }
}

/// A request ended. A mutation makes the entity's reads stale whatever its answer was: an error does not prove
/// that nothing changed.
void DataClient::land(Handle handle, const Answer& answer, double now) {
  Flight flight = std::move(*flights_.find(handle));
  timers_.cancel(flight.timer);
  flights_.erase(handle);
  if (flight.body != 0) effects_.push_back(ReleasePayload{flight.body});
  const Operation& operation = operations_[flight.operation];
  if (!operation.config.is_read()) invalidate(operation.entity);
  for (const Handle execution : flight.executions) settle(execution, answer);
  if (flight.read != 0) return land_read(flight.read, answer, now);
  if (answer.response != 0) effects_.push_back(ReleaseResponse{answer.response});
}

void DataClient::land_read(Handle handle, const Answer& answer, double now) {
  Read& read = *reads_.find(handle);
  read.flight = 0;
  if (answer.code == ErrorCode::OK && !read.stale && answer.response != 0) {
    read.response = answer.response;
    read.status = answer.status;
    read.expiry = timers_.set(now + kReuse, {TimerKind::read, handle});
  } else if (answer.response != 0) {
    effects_.push_back(ReleaseResponse{answer.response});
  }
  if (!read.trailing.empty()) {
    read.stale = false;
    const Handle flight = take_off(handle, std::exchange(read.trailing, {}), 0, now);
    reads_.find(handle)->flight = flight;
  }
  forget_if_unused(handle);
}

void DataClient::settle(Handle handle, const Answer& answer) {
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
}

void DataClient::end_executions(Handle handle, ErrorCode code, double now) {
  const Query* query = queries_.find(handle);
  if (query == nullptr) return;
  const std::vector<Handle> pending = query->executions;
  for (const Handle execution : pending) {
    leave(execution, now);
    settle(execution, {code});
  }
}

/// Takes an execution out of what it waits for; a request that nobody waits for any more is aborted.
void DataClient::leave(Handle handle, double now) {
  const Execution execution = *executions_.find(handle);
  if (Read* read = reads_.find(execution.read)) std::erase(read->trailing, handle);
  Flight* flight = flights_.find(execution.flight);
  if (flight == nullptr) return;
  std::erase(flight->executions, handle);
  if (!flight->executions.empty()) return;
  effects_.push_back(AbortFetch{execution.flight});
  if (flight->body != 0) effects_.push_back(ReleasePayload{flight->body});
  timers_.cancel(flight->timer);
  const bool may_have_changed = !operations_[flight->operation].config.is_read();
  const std::uint32_t entity = operations_[flight->operation].entity;
  flights_.erase(execution.flight);
  if (may_have_changed) invalidate(entity);
  if (execution.read != 0) land_read(execution.read, {ErrorCode::ABORTED}, now);
}

void DataClient::dispose_query(Handle handle, double now) {
  end_executions(handle, ErrorCode::DISPOSED, now);
  Query* query = queries_.find(handle);
  if (query == nullptr) return;
  timers_.cancel(query->refetch_timer);
  queries_.erase(handle);
}

void DataClient::invalidate(std::uint32_t entity) {
  std::vector<Handle> settled;
  reads_.for_each([&](Handle handle, Read& read) {
    if (read.entity != entity) return;
    read.stale = true;
    drop_response(read);
    settled.push_back(handle);
  });
  for (const Handle handle : settled) forget_if_unused(handle);
}

void DataClient::refetch_active(double now) {
  for (std::uint32_t entity = 0; entity < entities_.size(); ++entity) invalidate(entity);
  queries_.for_each([&](Handle handle, Query& query) {
    const bool active = operations_[query.operation].config.is_read() && query.machine.used();
    if (!active || !query.options.refetch_on_reconnect || query.refetch_timer != 0) return;
    query.refetch_timer = timers_.set(now + kRefetchSpread * random_.fraction(), {TimerKind::refetch, handle});
  });
}

void DataClient::drop_response(Read& read) {
  timers_.cancel(read.expiry);
  if (read.response != 0) effects_.push_back(ReleaseResponse{read.response});
  read.response = 0;
}

void DataClient::forget_if_unused(Handle handle) {
  const Read* read = reads_.find(handle);
  if (read->response != 0 || read->flight != 0 || !read->trailing.empty()) return;
  read_by_key_.erase(read->key);
  reads_.erase(handle);
}

}  // namespace raclette
