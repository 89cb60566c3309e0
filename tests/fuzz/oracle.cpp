#include "oracle.h"

#include <utility>

namespace raclette::fuzz {
namespace {

std::size_t living(const Runtime::Census& census) {
  return census.socket_listeners + census.bus_listeners + census.queries + census.flights + census.reads +
         census.emits + census.namespaces;
}

}  // namespace

void Oracle::payload_given(ValueHandle payload) {
  if (payload != 0) payloads_[payload] = Value::alive;
}

void Oracle::response_given(ValueHandle response) {
  if (response != 0) responses_[response] = Value::alive;
}

bool Oracle::is_live(std::uint32_t query) const {
  const auto found = queries_.find(query);
  return found != queries_.end() && !found->second.disposed;
}

void Oracle::query_made(std::uint32_t query) {
  expect(query != 0 && queries_.try_emplace(query).second, "a new query has the number of another: ", query);
}

void Oracle::query_disposed(std::uint32_t query) {
  const auto found = queries_.find(query);
  if (found != queries_.end()) found->second.disposed = true;
}

void Oracle::executed(std::uint32_t query, std::uint32_t execution) {
  expect((execution != 0) == is_live(query), "an execution begins if and only if there is the query ", query);
  if (execution != 0) returned_.insert(execution);
}

void Oracle::reused(ValueHandle response) { expect_alive(responses_, response, "a reused response"); }

/// All pending executions belong to an earlier session from now on.
void Oracle::was_reset() {
  ++session_;
  resets_ = true;
  for (auto& [number, query] : queries_) {
    query.left += std::exchange(query.pending, 0);
    query.shown = executions_begun_;
  }
}

void Oracle::emitted(std::uint32_t emit, bool wants_ack, ValueHandle payload) {
  if (emit == 0) return;
  expect(emits_.try_emplace(emit, Emit{wants_ack, payload}).second, "a new emit has another's number: ", emit);
}

void Oracle::routed(const FrameRoute& route) {
  if (route.kind == RouteKind::ack) end_emit(route.ack, true, "an answer");
  if (route.kind == RouteKind::event || route.kind == RouteKind::early || route.kind == RouteKind::connect_error) {
    expect(namespaces_.contains(route.nsp_id) || route.kind == RouteKind::connect_error, "a route to ", route.nsp_id);
  }
}

void Oracle::end_emit(std::uint32_t emit, bool wants_ack, const char* how) {
  const auto found = emits_.find(emit);
  if (!expect(found != emits_.end(), how, " ", emit, " for an emit that is over")) return;
  expect(found->second.wants_ack == wants_ack, how, " ", emit, " is not how this emit ends");
  emits_.erase(found);
}

void Oracle::listens(std::uint32_t nsp_id, std::uint32_t listener) {
  expect(listeners_.emplace(nsp_id, listener).second, "a new listener has another's number: ", listener);
}

void Oracle::unlistened(std::uint32_t nsp_id, std::uint32_t listener, bool found) {
  expect((listeners_.erase({nsp_id, listener}) > 0) == found, "unlisten found what is not there ", listener);
}

void Oracle::bus_listens(std::uint32_t listener) {
  expect(bus_listeners_.insert(listener).second, "a new bus listener has another's number: ", listener);
}

void Oracle::bus_unlistened(std::uint32_t listener, bool found) {
  expect((bus_listeners_.erase(listener) > 0) == found, "bus_unlisten found what is not there ", listener);
}

void Oracle::see(const Effects& effects, const Runtime::Census& before, const Runtime::Census& after) {
  const std::size_t most = kEffects + kEffectsEach * (living(before) + executions_.size() + living(after));
  expect(effects.size() <= most, "so many effects of one input: ", effects.size());
  for (const Effect& effect : effects) {
    std::visit([this](const auto& one) { see(one); }, effect);
  }
  for (const std::uint32_t nsp_id : std::exchange(leaving_, {})) {
    namespaces_.erase(nsp_id);
    std::erase_if(listeners_, [nsp_id](const auto& one) { return one.first == nsp_id; });
  }
  std::erase_if(queries_,
                [](const auto& one) { return one.second.disposed && one.second.pending + one.second.left == 0; });
  resets_ = false;
  expect(returned_.empty(), "an execution was returned, and not told by QueryLoading");
  returned_.clear();
  for (const auto& [number, emit] : emits_) {
    if (emit.payload != 0) expect_alive(payloads_, emit.payload, "the payload of an emit that is not over");
  }
  expect(buffer_.count <= emits_.size(), "more emits wait than there are: ", buffer_.count);
  count(after);
}

void Oracle::count(const Runtime::Census& census) {
  expect(census.queries == queries_.size(), "queries that the census counts: ", census.queries);
  expect(census.emits == emits_.size(), "emits that the census counts: ", census.emits);
  expect(census.flights >= on_wire_.size(), "fewer requests than are on the wire: ", census.flights);
  expect(census.flights <= executions_.size(), "requests that nobody waits for: ", census.flights);
  expect(census.bus_listeners == bus_listeners_.size(), "bus listeners counted: ", census.bus_listeners);
  expect(census.socket_listeners == listeners_.size(), "listeners counted: ", census.socket_listeners);
  expect(census.namespaces >= namespaces_.size(), "namespaces counted: ", census.namespaces);
  const std::size_t most = kTimers + kTimersEach * living(census);
  expect(census.timers <= most, "so many timers: ", census.timers);
}

void Oracle::ticked(double next_timeout, double now) { expect(next_timeout > now, "a timer that is due did not fire"); }

void Oracle::at_rest(const Runtime::Census& census) {
  for (const auto& [handle, state] : payloads_) {
    expect(state == Value::released, "never released: payload ", handle);
  }
  for (const auto& [handle, state] : responses_) {
    expect(state == Value::released, "never released: response ", handle);
  }
  expect(executions_.empty(), "an execution was never settled");
  expect(emits_.empty(), "an emit never ended");
  expect(on_wire_.empty(), "a request was neither answered nor aborted");
  expect(open_.empty(), "a transport was never closed");
  expect(buffer_.count == 0 && buffer_.bytes == 0, "the buffer is said to hold something");
  expect(living(census) == 1 && census.namespaces == 1, "things that are still alive: ", living(census) - 1);
  expect(census.timers == 0, "timers that still run: ", census.timers);
}

void Oracle::expect_alive(const Values& values, ValueHandle value, const char* what) {
  const auto found = values.find(value);
  expect(found != values.end() && found->second == Value::alive, what, " ", value, " is not there any more");
}

void Oracle::release(Values& values, ValueHandle value, const char* what) {
  const auto found = values.find(value);
  if (!expect(found != values.end(), "released, though never given: ", value)) return;
  expect(found->second == Value::alive, what, " ", value, " is released twice");
  found->second = Value::released;
}

void Oracle::expect_open(ConnectionId connection, const char* what) {
  expect(open_.contains(connection), what, " ", connection, ": no such transport is open");
}

void Oracle::expect_namespace(std::uint32_t nsp_id, const char* what) {
  expect(namespaces_.contains(nsp_id) || leaving_.contains(nsp_id), what, " ", nsp_id, ": there is no such namespace");
}

void Oracle::expect_code(ErrorCode code, bool may_be_ok) {
  expect(!error_name(code).empty() && (may_be_ok || code != ErrorCode::OK), "an error without a code");
}

void Oracle::see(const OpenTransport& effect) {
  expect(effect.connection > last_connection_, "the connection was used before: ", effect.connection);
  last_connection_ = effect.connection;
  open_.insert(effect.connection);
  const bool is_websocket = effect.kind == TransportKind::websocket;
  expect(effect.url.starts_with(is_websocket ? "ws" : "http"), effect.url, " is of another transport");
}

void Oracle::see(const CloseTransport& effect) {
  expect_open(effect.connection, "CloseTransport");
  open_.erase(effect.connection);
}

void Oracle::see(const SendPacket& effect) {
  expect_open(effect.connection, "SendPacket");
  expect(!effect.head.empty() && effect.head[0] >= '1' && effect.head[0] <= '6', effect.head, " is no packet");
  if (effect.payload != 0) expect_alive(payloads_, effect.payload, "the payload that is sent");
}

void Oracle::see(const ReleasePayload& effect) {
  release(payloads_, effect.payload, "payload");
  for (const auto& [fetch, body] : on_wire_) {
    expect(body != effect.payload, "released under way: the body of request ", fetch);
  }
}

void Oracle::see(const AskAuth& effect) {
  expect(effect.request > last_auth_, "credentials were asked under that number before: ", effect.request);
  last_auth_ = effect.request;
  expect_namespace(effect.nsp_id, "AskAuth");
}

void Oracle::see(const StatusChanged& effect) {
  expect_namespace(effect.nsp_id, "StatusChanged");
  expect_code(effect.code, true);
  expect(effect.status <= SocketStatus::closed, "no status");
  expect(!effect.recovered || effect.status == SocketStatus::connected, "recovered, and not connected");
}

void Oracle::see(const AttemptChanged& effect) {
  expect(effect.wait == 0 || effect.attempt > 0, "a wait for no attempt");
  expect(effect.wait > 0 || attempt_.wait > 0 || effect.attempt != attempt_.attempt, "an attempt was told twice");
  attempt_ = effect;
}

void Oracle::see(const LatencyChanged& effect) {
  expect(effect.latency > 0 && effect.latency != latency_.latency, "a latency that is none, or none that is new");
  latency_ = effect;
}

void Oracle::see(const EarlyFrames& effect) {
  if (!effect.keep) return;
  expect_namespace(effect.nsp_id, "EarlyFrames");
  expect_open(effect.connection, "EarlyFrames");
}

void Oracle::see(const AckFailed& effect) {
  expect_code(effect.code, false);
  end_emit(effect.ack, true, "AckFailed");
}

void Oracle::see(const StartFetch& effect) {
  expect(queries_.contains(effect.query), "a request for a query that is gone: ", effect.query);
  expect(on_wire_.try_emplace(effect.fetch, effect.body).second, "under way already: request ", effect.fetch);
  expect(!effect.method.empty() && !effect.url.empty(), "a request without a method or a URL");
  if (effect.body != 0) expect_alive(payloads_, effect.body, "the body of a request");
}

void Oracle::see(const QueryLoading& effect) {
  expect(is_live(effect.query), "an execution of a query that is gone: ", effect.query);
  const Execution execution{effect.query, ++executions_begun_, session_};
  expect(executions_.try_emplace(effect.execution, execution).second, "told twice: ", effect.execution);
  ++queries_[effect.query].pending;
  returned_.erase(effect.execution);
}

void Oracle::see(const QuerySettled& effect) {
  const auto found = executions_.find(effect.execution);
  if (!expect(found != executions_.end(), "settled, though it is over: ", effect.execution)) return;
  const Execution execution = found->second;
  executions_.erase(found);
  expect(execution.query == effect.query, "settled for another query: ", effect.execution);
  expect_code(effect.code, true);
  if (effect.response != 0) expect_alive(responses_, effect.response, "the response of an execution");
  Query& query = queries_[execution.query];
  const bool is_current = execution.session == session_;
  (is_current ? query.pending : query.left) -= 1;
  const bool is_withdrawn = effect.code == ErrorCode::ABORTED || effect.code == ErrorCode::DISPOSED;
  const bool shows = is_current && !is_withdrawn && execution.number > query.shown;
  expect(effect.apply == shows, "shows or not, against the order of executions: ", effect.execution);
  if (effect.apply) query.shown = execution.number;
  expect(!effect.announce || (is_current && !is_withdrawn), "announced in vain: ", effect.execution);
  expect(resets_ || effect.loading == (query.pending > 0), "loading or not, wrongly: ", effect.execution);
}

void Oracle::see(const QueryRetired& effect) {
  expect(is_live(effect.query), "retired, though it is gone: ", effect.query);
  const Query& query = queries_[effect.query];
  expect(query.pending + query.left == 0, "retired, though it is executed: ", effect.query);
  queries_.erase(effect.query);
}

void Oracle::see(const ListenerExpired& effect) {
  expect(bus_listeners_.erase(effect.listener) > 0, "expired, though it is gone: ", effect.listener);
}

void Oracle::see(const PersistMutation& effect) {
  const auto found = executions_.find(effect.execution);
  const bool is_its_own = found != executions_.end() && found->second.query == effect.query;
  expect(is_its_own, "kept for an execution that is over: ", effect.execution);
  expect(!effect.key.empty() && effect.order > 0, "kept under no key");
  if (effect.response != 0) expect_alive(responses_, effect.response, "the response of a kept mutation");
  kept_.insert(effect.key);
}

void Oracle::see(const RemoveMutation& effect) {
  expect(kept_.erase(effect.key) > 0, effect.key, " is forgotten, though it was not kept");
}

void Oracle::see(const ReportError& effect) { expect_code(effect.code, false); }

}  // namespace raclette::fuzz
