// The hot path: plain C functions with numbers, about 3 ns per call. Text enters through the scratch area (UTF-16
// units); routes leave through `route`. Calls with an unknown handle do nothing, because a driver may call late.
#include <emscripten/emscripten.h>

#include <algorithm>
#include <cstring>

#include "fields.h"
#include "instances.h"

using raclette::bindings::find_instance;
using raclette::bindings::Instance;
using raclette::bindings::kScratchUnits;
using raclette::bindings::NamePart;
using raclette::bindings::RouteFlag;
using raclette::bindings::RouteWords;

namespace {

alignas(double) char16_t head[kScratchUnits];
std::vector<char16_t> scratch;

/// The memory for `units` UTF-16 units.
char16_t* text_area(std::uint32_t units) { return units <= kScratchUnits ? head : scratch.data(); }

/// The `length` units that were written there, limited to the requested size.
std::u16string_view written(std::uint32_t length) {
  return {text_area(length), length <= kScratchUnits ? length : std::min<std::size_t>(length, scratch.size())};
}

RouteWords route;

bool is_busy(const Instance& instance) {
  return instance.runtime->has_effects() || instance.runtime->next_timeout() != instance.reported_timeout;
}

int kind_and_flags(const Instance& instance, const raclette::FrameRoute& from) {
  const int wants_tail = from.wants_tail ? static_cast<int>(RouteFlag::wants_tail) : 0;
  const int busy = is_busy(instance) ? static_cast<int>(RouteFlag::busy) : 0;
  const int is_bare = from.is_bare ? static_cast<int>(RouteFlag::is_bare) : 0;
  return static_cast<int>(from.kind) | wants_tail | busy | is_bare;
}

int write_route(const Instance& instance, const raclette::FrameRoute& from) {
  route = RouteWords{.args_offset = static_cast<std::int32_t>(from.args_offset),
                     .plan = static_cast<std::int32_t>(from.plan),
                     .plan_version = static_cast<std::int32_t>(from.plan_version),
                     .ack = static_cast<std::int32_t>(from.ack),
                     .reply_id_low = static_cast<std::int32_t>(from.reply_id & 0xFFFFFFFF),
                     .reply_id_high = static_cast<std::int32_t>(from.reply_id >> 32),
                     .nsp_id = static_cast<std::int32_t>(from.nsp_id)};
  const int is_known = from.is_known ? static_cast<int>(RouteFlag::is_known) : 0;
  return kind_and_flags(instance, from) | is_known;
}

/// Reads a query's settings from the scratch area: one double each, from its start.
raclette::QuerySettings read_settings() {
  raclette::QuerySettings settings;
  const char16_t* at = head;
  raclette::bindings::each_field(settings, [&](auto& field) {
    double given = 0;
    std::memcpy(&given, at, sizeof given);
    at += sizeof given / sizeof *at;
    if constexpr (std::is_same_v<decltype(field), bool&>) {
      field = given != 0;
    } else {
      field = given;
    }
  });
  return settings;
}

template <class Input>
void handle(std::uint32_t instance, const Input& input, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->handle(input, now);
}

}  // namespace

extern "C" {

/// Returns the address to write `units` UTF-16 units to. For up to kScratchUnits it is always the same.
EMSCRIPTEN_KEEPALIVE const char16_t* rac_scratch(std::uint32_t units) {
  if (units > kScratchUnits && scratch.size() < units) scratch.resize(units);
  return text_area(units);
}

/// Returns the address of the last route.
EMSCRIPTEN_KEEPALIVE const RouteWords* rac_route() { return &route; }

/// Routes a text frame that starts with the `length` units in the scratch area. Returns the route's kind.
EMSCRIPTEN_KEEPALIVE int rac_event_frame(std::uint32_t instance, std::uint32_t connection, std::uint32_t length) {
  const Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  return write_route(*found, found->runtime->event_frame(connection, {head, std::min(length, kScratchUnits)}));
}

/// Routes a text frame that starts like an earlier one with a known route, whose plan is `plan`. Returns the route's
/// kind, and writes nothing.
EMSCRIPTEN_KEEPALIVE int rac_event_again(std::uint32_t instance, std::uint32_t connection, std::uint32_t plan,
                                         std::uint32_t version) {
  const Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  return kind_and_flags(*found, found->runtime->event_again(connection, plan, version));
}

/// Routes a text frame of `total` units, whose first `length` units are in the scratch area. Returns the route's kind.
EMSCRIPTEN_KEEPALIVE int rac_text_frame(std::uint32_t instance, std::uint32_t connection, std::uint32_t length,
                                        std::uint32_t total, double wall, double now) {
  const Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  return write_route(*found, found->runtime->text_frame(connection, written(length), total, now, wall));
}

/// Reads the end of a frame with `wants_tail`: `length` units of the scratch area. 1: its last argument is an offset.
EMSCRIPTEN_KEEPALIVE int rac_text_tail(std::uint32_t instance, std::uint32_t length) {
  const Instance* found = find_instance(instance);
  return found != nullptr && found->runtime->text_tail(written(length)) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE int rac_binary_frame(std::uint32_t instance, std::uint32_t connection, double now) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : write_route(*found, found->runtime->binary_frame(connection, now));
}

/// Writes a channel's listeners, which `rac_words` points to. Returns their number.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_plan(std::uint32_t instance, std::uint32_t plan) {
  Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  const auto listeners = found->runtime->plan(plan).listeners;
  found->words.assign(listeners.begin(), listeners.end());
  return static_cast<std::uint32_t>(listeners.size());
}

/// Writes the effects since the last drain, which `rac_words` and `rac_text` point to. Returns their number.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_drain(std::uint32_t instance) {
  Instance* found = find_instance(instance);
  return found == nullptr || !found->runtime->has_effects() ? 0 : write_effects(*found);
}

EMSCRIPTEN_KEEPALIVE const std::uint32_t* rac_words(std::uint32_t instance) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? nullptr : found->words.data();
}

EMSCRIPTEN_KEEPALIVE const char* rac_text(std::uint32_t instance) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? nullptr : found->text.data();
}

/// 1: there are effects to drain, or the earliest timer has changed since `rac_next_timeout`.
EMSCRIPTEN_KEEPALIVE int rac_is_busy(std::uint32_t instance) {
  const Instance* found = find_instance(instance);
  return found != nullptr && is_busy(*found) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE double rac_next_timeout(std::uint32_t instance) {
  Instance* found = find_instance(instance);
  if (found == nullptr) return -1;
  found->reported_timeout = found->runtime->next_timeout();
  return found->reported_timeout;
}

/// Handles a tick. It uses up the driver's timer, so the earliest timer must be reported again.
EMSCRIPTEN_KEEPALIVE void rac_tick(std::uint32_t instance, double now) {
  Instance* found = find_instance(instance);
  if (found == nullptr) return;
  found->reported_timeout = -1;
  found->runtime->handle(raclette::Tick{}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_connect(std::uint32_t instance, std::uint32_t nsp_id, double now) {
  handle(instance, raclette::Connect{.nsp_id = nsp_id}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_disconnect(std::uint32_t instance, std::uint32_t nsp_id, double now) {
  handle(instance, raclette::Disconnect{.nsp_id = nsp_id}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_close_namespace(std::uint32_t instance, std::uint32_t nsp_id, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->close_namespace(nsp_id, now);
}
/// `life`: the number of a raclette::LifecycleEvent.
EMSCRIPTEN_KEEPALIVE void rac_lifecycle(std::uint32_t instance, std::uint32_t life, double now) {
  handle(instance, raclette::LifecycleChanged{.life = static_cast<raclette::LifecycleEvent>(life)}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_transport_paused(std::uint32_t instance, std::uint32_t connection, double now) {
  handle(instance, raclette::TransportPaused{.connection = connection}, now);
}
/// `wall`: milliseconds since 1970.
EMSCRIPTEN_KEEPALIVE void rac_transport_opened(std::uint32_t instance, std::uint32_t connection, double wall,
                                               double now) {
  handle(instance, raclette::TransportOpened{.connection = connection, .wall = wall}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_auth_ready(std::uint32_t instance, std::uint32_t request, std::uint32_t payload,
                                         double now) {
  handle(instance, raclette::AuthReady{.request = request, .payload = payload}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_fetch_done(std::uint32_t instance, std::uint32_t fetch, std::uint32_t status,
                                         std::uint32_t response, double retry_after, double commit, double now) {
  handle(instance,
         raclette::FetchDone{
             .fetch = fetch, .status = status, .response = response, .retry_after = retry_after, .commit = commit},
         now);
}
EMSCRIPTEN_KEEPALIVE void rac_fetch_failed(std::uint32_t instance, std::uint32_t fetch, std::uint32_t code,
                                           std::uint32_t status, std::uint32_t response, double retry_after,
                                           double now) {
  handle(instance,
         raclette::FetchFailed{.fetch = fetch,
                               .code = static_cast<raclette::ErrorCode>(code),
                               .status = status,
                               .response = response,
                               .retry_after = retry_after},
         now);
}

/// Returns the address of the last control call's answer.
EMSCRIPTEN_KEEPALIVE const raclette::bindings::AnswerWords* rac_answer() { return raclette::bindings::last_answer(); }

/// Answers with a part of a channel's name; `part` is a NamePart. Returns a code.
EMSCRIPTEN_KEEPALIVE int rac_plan_name(std::uint32_t instance, std::uint32_t plan, std::uint32_t part) {
  return raclette::bindings::on(instance, [&](const Instance& found) {
    const raclette::ChannelPlanView view = found.runtime->plan(plan);
    const auto wanted = static_cast<NamePart>(part);
    const std::string_view name = wanted == NamePart::channel ? view.channel
                                  : wanted == NamePart::key   ? view.key
                                                              : view.prefix;
    return raclette::Outcome{raclette::ErrorCode::OK, 0, std::string(name)};
  });
}

/// Writes the number of socket listeners, bus listeners, timers, queries, requests, reads, emits and namespaces, in
/// this order. `rac_words` points to them. Returns how many numbers these are, or 0 if the runtime is gone.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_census(std::uint32_t instance) {
  Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  const auto census = found->runtime->census();
  found->words.clear();
  for (const std::size_t count : {census.socket_listeners, census.bus_listeners, census.timers, census.queries,
                                  census.flights, census.reads, census.emits, census.namespaces}) {
    found->words.push_back(static_cast<std::uint32_t>(count));
  }
  return static_cast<std::uint32_t>(found->words.size());
}

/// Creates a query with the QuerySettings in the scratch area. Returns a code; the answer's value is the query.
EMSCRIPTEN_KEEPALIVE int rac_create_query(std::uint32_t instance, std::uint32_t operation) {
  return raclette::bindings::on(
      instance, [&](const Instance& found) { return found.runtime->create_query(operation, read_settings()); });
}

/// Adds a listener for the key of `other`. Returns 0 if `listen` has to.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_listen(std::uint32_t instance, std::uint32_t nsp_id, std::uint32_t scope,
                                              std::uint32_t other, int wants_payload) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : found->runtime->listen_again(nsp_id, scope, other, wants_payload != 0);
}

EMSCRIPTEN_KEEPALIVE int rac_unlisten(std::uint32_t instance, std::uint32_t nsp_id, std::uint32_t listener) {
  const Instance* found = find_instance(instance);
  return found != nullptr && found->runtime->unlisten(nsp_id, listener) ? 1 : 0;
}

/// Returns the emit's number (0: nothing to wait for), or -1 if no more emits may wait.
EMSCRIPTEN_KEEPALIVE double rac_emit(std::uint32_t instance, std::uint32_t nsp_id, std::uint32_t payload,
                                     std::uint32_t attachments, double bytes, int wants_ack, int is_volatile,
                                     double timeout, std::uint32_t retries, int is_ordered, double wall, double now) {
  const Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  const auto emitted = found->runtime->emit(raclette::OutgoingEvent{.nsp_id = nsp_id,
                                                                    .payload = payload,
                                                                    .attachments = attachments,
                                                                    .bytes = bytes,
                                                                    .wants_ack = wants_ack != 0,
                                                                    .is_volatile = is_volatile != 0,
                                                                    .timeout = timeout,
                                                                    .retries = retries,
                                                                    .is_ordered = is_ordered != 0,
                                                                    .wall = wall},
                                            now);
  return emitted.code == raclette::ErrorCode::OK ? static_cast<double>(emitted.value) : -1;
}

EMSCRIPTEN_KEEPALIVE int rac_cancel_emit(std::uint32_t instance, std::uint32_t emit) {
  const Instance* found = find_instance(instance);
  return found != nullptr && found->runtime->cancel_emit(emit) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE void rac_clear_emits(std::uint32_t instance, std::uint32_t nsp_id) {
  if (const Instance* found = find_instance(instance)) found->runtime->clear_emits(nsp_id);
}

EMSCRIPTEN_KEEPALIVE void rac_reply(std::uint32_t instance, std::uint32_t nsp_id, double reply_id,
                                    std::uint32_t payload, std::uint32_t attachments) {
  if (const Instance* found = find_instance(instance)) {
    found->runtime->reply(nsp_id, raclette::bindings::whole<std::int64_t>(reply_id), payload, attachments);
  }
}

/// Adds a listener for what `other` listens to. Returns 0 if `busListen` has to.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_bus_listen(std::uint32_t instance, std::uint32_t other, double lifetime,
                                                  double now) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : found->runtime->bus_listen_again(other, lifetime, now);
}

EMSCRIPTEN_KEEPALIVE int rac_bus_unlisten(std::uint32_t instance, std::uint32_t listener) {
  const Instance* found = find_instance(instance);
  return found != nullptr && found->runtime->bus_unlisten(listener) ? 1 : 0;
}

/// `caller`: the number of a raclette::Caller.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_execute(std::uint32_t instance, std::uint32_t query, std::uint32_t body,
                                               std::uint32_t caller, double now) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : found->runtime->execute(query, body, static_cast<raclette::Caller>(caller), now);
}

EMSCRIPTEN_KEEPALIVE std::uint32_t rac_reuse(std::uint32_t instance, std::uint32_t query, double now) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : found->runtime->reuse(query, now);
}

/// Returns the execution that a further one may join, or 0.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_joined(std::uint32_t instance, std::uint32_t query) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : found->runtime->joined(query);
}

/// Uses the QuerySettings in the scratch area.
EMSCRIPTEN_KEEPALIVE void rac_configure_query(std::uint32_t instance, std::uint32_t query, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->configure_query(query, read_settings(), now);
}

/// See QueryRetired. `due`: 1 or 0.
EMSCRIPTEN_KEEPALIVE void rac_resume_query(std::uint32_t instance, std::uint32_t query, int due, std::uint32_t seen,
                                           double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->resume_query(query, due != 0, seen, now);
}

EMSCRIPTEN_KEEPALIVE void rac_abort_query(std::uint32_t instance, std::uint32_t query, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->abort_query(query, now);
}

EMSCRIPTEN_KEEPALIVE void rac_dispose_query(std::uint32_t instance, std::uint32_t query, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->dispose_query(query, now);
}

/// `order`: from PersistMutation.
EMSCRIPTEN_KEEPALIVE void rac_drop_mutation(std::uint32_t instance, std::uint32_t order, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->drop_mutation(order, now);
}

EMSCRIPTEN_KEEPALIVE void rac_retry_mutation(std::uint32_t instance, std::uint32_t order, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->retry_mutation(order, now);
}

/// `part`, `reset` and `restore_sessions`: see raclette::Runtime.
EMSCRIPTEN_KEEPALIVE void rac_end_sessions(std::uint32_t instance, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->end_sessions(now);
}

EMSCRIPTEN_KEEPALIVE void rac_reset(std::uint32_t instance, int discard, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->reset(discard != 0, now);
}

EMSCRIPTEN_KEEPALIVE void rac_restore_sessions(std::uint32_t instance, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->restore_sessions(now);
}

EMSCRIPTEN_KEEPALIVE void rac_dispose(std::uint32_t instance) { raclette::bindings::remove_instance(instance); }

}  // extern "C"
