// Composition only: passes the runtime's calls on to its parts. runtime_parts.h connects the parts.
#include "raclette/runtime.h"

#include <algorithm>

#include "base/json.h"
#include "data/release.h"
#include "runtime_parts.h"

namespace raclette {
namespace {

static_assert(kAllPlugins == kEveryPlugin && kAllPlugins == kGlobalBus, "one number on both sides of the runtime");

/// Returns the number in the greeting's arguments, or 0.
double commit_in(const std::u16string_view& args) {
  const auto document = JsonDocument::parse(args);
  return document ? document->root().at(1)["commit"].number().value_or(0) : 0;
}

Outcome failed(Failure failure) { return {failure.code, 0, std::move(failure.detail)}; }

/// Returns the handle of a registration, or BUFFER_FULL if there are too many.
Outcome registered(Handle handle) { return {handle == 0 ? ErrorCode::BUFFER_FULL : ErrorCode::OK, handle, {}}; }

}  // namespace

std::unique_ptr<Runtime> Runtime::create(const std::string_view& options, std::uint64_t seed, Outcome& outcome) {
  auto read = read_options(options);
  if (!read.ok()) {
    outcome = failed(read.failure());
    return nullptr;
  }
  const std::vector<std::string> whitelist = std::move(read.value().whitelist);
  auto parts = std::make_unique<Parts>(std::move(read.value()), seed);
  for (const std::string& pattern : whitelist) {
    const auto allowed = parts->bus.allow(pattern);
    if (!allowed.ok()) {
      outcome = failed(allowed.failure());
      return nullptr;
    }
  }
  outcome = {};
  return std::unique_ptr<Runtime>(new Runtime(std::move(parts)));
}

Runtime::Runtime(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Runtime::~Runtime() = default;

void Runtime::handle(const Connect& input, double now) {
  if (parts_->router(input.nsp_id) != nullptr) parts_->socket.connect(input.nsp_id, now);
}
void Runtime::handle(const Disconnect& input, double now) {
  if (parts_->router(input.nsp_id) != nullptr) parts_->socket.disconnect(input.nsp_id, now);
}
void Runtime::handle(const LifecycleChanged& input, double now) {
  parts_->socket.handle(input, now);
  if (input.life == LifecycleEvent::visible) parts_->data.refetch_on_focus(now);
  if (input.life == LifecycleEvent::hidden) parts_->data.page_hidden();
  if (input.life == LifecycleEvent::offline) parts_->data.went_offline(now);
  if (input.life == LifecycleEvent::online) parts_->data.went_online(now);
}
void Runtime::handle(const TransportPaused& input, double now) { parts_->socket.handle(input, now); }
void Runtime::handle(const TransportOpened& input, double now) { parts_->socket.handle(input, now); }
void Runtime::handle(const TransportClosed& input, double now) { parts_->socket.handle(input, now); }
void Runtime::handle(const PayloadRefused& input, double now) { parts_->socket.handle(input, now); }
void Runtime::handle(const AuthReady& input, double now) { parts_->socket.handle(input, now); }
void Runtime::handle(const AuthFailed& input, double now) { parts_->socket.handle(input, now); }
void Runtime::handle(const ConnectError& input, double now) { parts_->socket.handle(input, now); }
void Runtime::handle(const FetchDone& input, double now) { parts_->data.handle(input, now); }
void Runtime::handle(const FetchFailed& input, double now) { parts_->data.handle(input, now); }
void Runtime::handle(const Tick&, double now) { parts_->tick(now); }

FrameRoute Runtime::text_frame(ConnectionId connection, const std::u16string_view& head, std::size_t total, double now,
                               double wall) {
  const Incoming incoming = parts_->socket.text_frame(connection, head, total, wall, now);
  if (incoming.kind == IncomingKind::session) parts_->session_began(incoming, now);
  if (parts_->is_greeting(incoming)) {
    if (head.size() < total) return {.kind = RouteKind::need_all};
    parts_->data.complete_above(commit_in(head.substr(incoming.args_offset)));
  }
  return parts_->route(incoming);
}

FrameRoute Runtime::event_frame(ConnectionId connection, const std::u16string_view& head) {
  const Incoming incoming = parts_->socket.event_frame(connection, head);
  if (parts_->is_greeting(incoming)) return {.kind = RouteKind::need_all};
  FrameRoute route = parts_->route(incoming);
  // The greeting's route is never known: its commit number is read each time.
  route.is_known =
      incoming.kind == IncomingKind::event && incoming.reply_id < 0 && !is_spelled(kConnected, incoming.event);
  return route;
}

FrameRoute Runtime::event_again(ConnectionId connection, std::uint32_t plan, std::uint32_t version) {
  const ChannelRouter* const router = parts_->router(plan >> kPlanBits);
  if (router == nullptr || router->version() != version) return {.kind = RouteKind::need_all};
  const Incoming incoming = parts_->socket.event_again(connection, plan >> kPlanBits);
  if (incoming.kind != IncomingKind::event) return {.kind = RouteKind::need_all};
  return parts_->route_event(incoming, router->plan(plan & kNoPlan));
}

bool Runtime::text_tail(const std::u16string_view& tail) { return parts_->socket.text_tail(tail); }

FrameRoute Runtime::binary_frame(ConnectionId connection, double now) {
  return parts_->route(parts_->socket.binary_frame(connection, now));
}

void Runtime::drain(Effects& out) {
  out.clear();
  out.swap(parts_->effects);
}

bool Runtime::has_effects() const { return !parts_->effects.empty(); }
double Runtime::next_timeout() const { return parts_->timers.next(); }

Outcome Runtime::add_plugin(const std::string_view& config) {
  const auto document = JsonDocument::parse(config);
  auto read = read_plugin_config(document ? document->root() : JsonView());
  if (!read.ok()) return failed(read.failure());
  const NameId plugin = parts_->names.intern(read.value().plugin_key);
  ChannelRouter& router = parts_->main();
  if (router.knows_plugin(plugin)) {
    return {ErrorCode::BAD_CONFIG, 0,
            std::string("pluginKey: ").append(read.value().plugin_key).append(" is already in use")};
  }
  router.declare_plugin(plugin);
  std::uint32_t entity = parts_->data.entities();
  for (const EntityConfig& one : read.value().entities) {
    for (const OperationConfig& operation : one.operations) {
      for (const ChannelConfig& channel : operation.channels) {
        router.declare(plugin, channel.channel, channel.key, channel.prefix, entity);
      }
    }
    ++entity;
  }
  parts_->data.add_plugin(std::move(read.value()));
  return {ErrorCode::OK, plugin, {}};
}

std::uint32_t Runtime::plugin(const std::string_view& plugin_key) {
  const NameId known = parts_->names.find(plugin_key);
  const NameId plugin = known == kNoName ? parts_->names.intern(plugin_key) : known;
  if (!parts_->main().knows_plugin(plugin)) parts_->main().declare_plugin(plugin);
  return plugin;
}

Outcome Runtime::open_namespace(const std::string_view& nsp) {
  if (!is_namespace(nsp)) return {ErrorCode::BAD_ARGUMENT, 0, "a namespace name must not contain `,` or `?`"};
  const std::uint32_t nsp_id = parts_->socket.open_namespace(nsp);
  if (nsp_id >= kMaxNamespaces) {
    parts_->socket.close_namespace(nsp_id, 0);
    return {ErrorCode::BUFFER_FULL, 0, "4096 namespaces are open: dispose of unused ones"};
  }
  auto& routers = parts_->routers;
  if (nsp_id >= routers.size()) routers.resize(nsp_id + 1);
  if (!routers[nsp_id]) routers[nsp_id] = std::make_unique<ChannelRouter>(parts_->names, parts_->versions + 1);
  return {ErrorCode::OK, nsp_id, {}};
}

void Runtime::close_namespace(std::uint32_t nsp_id, double now) {
  const ChannelRouter* const router = parts_->router(nsp_id);
  if (nsp_id == 0 || router == nullptr) return;
  parts_->versions = std::max(parts_->versions, router->version());
  parts_->socket.close_namespace(nsp_id, now);
  parts_->routers[nsp_id].reset();
  while (parts_->routers.back() == nullptr) parts_->routers.pop_back();
}

Outcome Runtime::listen(std::uint32_t nsp_id, std::uint32_t plugin, const std::string_view& channel_key,
                        bool wants_payload) {
  ChannelRouter* const router = parts_->router(nsp_id);
  if (router == nullptr) return {ErrorCode::BAD_ARGUMENT, 0, "there is no such namespace"};
  return registered(router->add(plugin, channel_key, wants_payload));
}

std::uint32_t Runtime::listen_again(std::uint32_t nsp_id, std::uint32_t plugin, std::uint32_t other,
                                    bool wants_payload) {
  ChannelRouter* const router = parts_->router(nsp_id);
  return router == nullptr ? 0 : router->add_again(plugin, other, wants_payload);
}

bool Runtime::unlisten(std::uint32_t nsp_id, std::uint32_t listener) {
  ChannelRouter* const router = parts_->router(nsp_id);
  return router != nullptr && router->remove(listener);
}

ChannelPlanView Runtime::plan(std::uint32_t index) const {
  const ChannelRouter* const router = parts_->router(index >> kPlanBits);
  const ChannelPlan* const plan = router == nullptr ? nullptr : router->plan(index & kNoPlan);
  if (plan == nullptr) return {};
  return {plan->version, plan->channel, plan->key, plan->prefix, plan->listeners};
}

Outcome Runtime::check_event(const std::string_view& name) {
  if (name.empty()) return {ErrorCode::BAD_ARGUMENT, 0, "the event's name is empty"};
  if (is_reserved_event(name)) return {ErrorCode::RESERVED_EVENT, 0, std::string(name)};
  return {};
}

Outcome Runtime::emit(const OutgoingEvent& event, double now) {
  if (parts_->router(event.nsp_id) == nullptr) {
    release_payload(parts_->effects, event.payload);
    return {ErrorCode::BAD_ARGUMENT, 0, "there is no such namespace"};
  }
  const auto emitted = parts_->socket.emit(event, now);
  return emitted.ok() ? Outcome{ErrorCode::OK, emitted.value(), {}} : failed(emitted.failure());
}

bool Runtime::cancel_emit(std::uint32_t emit) { return parts_->socket.cancel(emit); }
void Runtime::clear_emits(std::uint32_t nsp_id) { parts_->socket.clear(nsp_id); }

void Runtime::reply(std::uint32_t nsp_id, std::int64_t reply_id, ValueHandle payload, std::uint32_t attachments) {
  parts_->socket.reply(nsp_id, reply_id, payload, attachments);
}

Outcome Runtime::bus_listen(std::uint32_t plugin, const std::string_view& pattern, double lifetime, double now) {
  const auto added = parts_->bus.add(plugin, pattern, lifetime, now);
  if (!added.ok()) return failed(added.failure());
  return {ErrorCode::OK, added.value(), {}};
}

std::uint32_t Runtime::bus_listen_again(std::uint32_t other, double lifetime, double now) {
  return parts_->bus.add_again(other, lifetime, now);
}

bool Runtime::bus_unlisten(std::uint32_t listener) { return parts_->bus.remove(listener); }

Outcome Runtime::bus_plan(std::uint32_t plugin, const std::string_view& name, std::vector<std::uint32_t>& listeners) {
  auto plan = parts_->bus.plan(plugin, name);
  if (!plan.ok()) return failed(plan.failure());
  listeners = std::move(plan.value());
  return {};
}

std::uint32_t Runtime::bus_version() const { return parts_->bus.version(); }

OperationInfo Runtime::operation(const std::string_view& plugin_key, const std::string_view& entity,
                                 const std::string_view& name) const {
  const auto found = parts_->data.find_operation(plugin_key, entity, name);
  OperationInfo info;
  if (!found.ok()) {
    info.code = found.code();
    info.text = found.failure().detail;
    return info;
  }
  const OperationConfig& config = parts_->data.operation(found.value());
  info.operation = found.value();
  info.is_read = config.is_read();
  info.has_body = config.has_body();
  info.target_is_function = config.target_is_function;
  for (const TargetPiece& piece : config.target) {
    if (piece.placeholder) info.placeholders.append(piece.text).append("\n");
  }
  return info;
}

Outcome Runtime::create_query(std::uint32_t operation, const QuerySettings& settings) {
  if (!parts_->data.has_operation(operation)) return {ErrorCode::UNKNOWN_OPERATION, 0, {}};
  if (parts_->data.queries() >= kMaxObjects) return registered(0);
  return registered(parts_->data.create_query(operation, settings));
}

Outcome Runtime::set_request(std::uint32_t query, const std::string_view& path, const std::string_view& params,
                             const std::string_view& variant) {
  const auto set = parts_->data.set_request(query, path, params, variant);
  return set.ok() ? Outcome{} : failed(set.failure());
}

std::uint32_t Runtime::execute(std::uint32_t query, ValueHandle body, Caller caller, double now) {
  return parts_->data.execute(query, body, caller, now);
}

Outcome Runtime::refetch_on_event(std::uint32_t query, std::uint32_t plugin, const std::string_view& channel_key) {
  return registered(parts_->main().add_follower(plugin, channel_key, query));
}

ValueHandle Runtime::reuse(std::uint32_t query, double now) { return parts_->data.reuse(query, now); }
std::uint32_t Runtime::joined(std::uint32_t query) const { return parts_->data.joined(query); }

std::uint32_t Runtime::restore(std::uint32_t query, ValueHandle body, const std::string_view& key, double now) {
  return parts_->data.restore(query, body, std::string(key), now);
}

void Runtime::end_sessions(double now) { parts_->socket.end_sessions(now); }
void Runtime::reset(bool discard, double now) { parts_->data.reset(discard, now); }
void Runtime::restore_sessions(double now) { parts_->socket.restore_sessions(now); }
void Runtime::drop_mutation(std::uint32_t order, double now) { parts_->data.drop_mutation(order, now); }
void Runtime::retry_mutation(std::uint32_t order, double now) { parts_->data.retry_mutation(order, now); }
void Runtime::configure_query(std::uint32_t query, const QuerySettings& settings, double now) {
  parts_->data.configure_query(query, settings, now);
}
void Runtime::resume_query(std::uint32_t query, bool due, std::uint32_t seen, double now) {
  parts_->data.resume_query(query, due, seen, now);
}
void Runtime::abort_query(std::uint32_t query, double now) { parts_->data.abort(query, now); }
void Runtime::dispose_query(std::uint32_t query, double now) { parts_->data.dispose_query(query, now); }

Runtime::Census Runtime::census() const {
  std::size_t listeners = 0;
  for (const auto& router : parts_->routers) listeners += router ? router->listeners() : 0;
  return {listeners,
          parts_->bus.listeners(),
          parts_->timers.size(),
          parts_->data.queries(),
          parts_->data.flights(),
          parts_->data.reads(),
          parts_->socket.emits(),
          parts_->socket.namespaces()};
}

}  // namespace raclette
