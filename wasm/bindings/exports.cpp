// The hot path: plain C functions with numbers, about 3 ns a call. Text goes in through the scratch area (UTF-16
// units), routes come out through `route`. A handle that is unknown is answered with nothing: a driver may be late.
#include <emscripten/emscripten.h>

#include "instances.h"

using raclette::bindings::find_instance;
using raclette::bindings::Instance;

namespace {

std::vector<char16_t>& scratch() {
  static std::vector<char16_t> units(1024);
  return units;
}

/// The last route: kind, args offset, plan, plan version, ack, reply id as low and high half (-1: none).
std::int32_t route[7];

int write_route(const raclette::FrameRoute& from) {
  const std::int32_t values[] = {
      static_cast<std::int32_t>(from.kind),          static_cast<std::int32_t>(from.args_offset),
      static_cast<std::int32_t>(from.plan),          static_cast<std::int32_t>(from.plan_version),
      static_cast<std::int32_t>(from.ack),           static_cast<std::int32_t>(from.reply_id & 0xFFFFFFFF),
      static_cast<std::int32_t>(from.reply_id >> 32)};
  std::copy(std::begin(values), std::end(values), route);
  return route[0];
}

void handle(std::uint32_t instance, const raclette::Input& input, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->handle(input, now);
}

}  // namespace

extern "C" {

/// Address of the scratch area, grown to hold `units` UTF-16 units.
EMSCRIPTEN_KEEPALIVE const char16_t* rac_scratch(std::uint32_t units) {
  if (scratch().size() < units) scratch().resize(units);
  return scratch().data();
}

EMSCRIPTEN_KEEPALIVE const std::int32_t* rac_route() { return route; }

/// A text frame of `total` units, the first `length` of which stand in the scratch area. Returns the route's kind.
EMSCRIPTEN_KEEPALIVE int rac_text_frame(std::uint32_t instance, std::uint32_t connection, std::uint32_t length,
                                        std::uint32_t total, double now) {
  const Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  return write_route(found->runtime->text_frame(connection, {scratch().data(), length}, total, now));
}

EMSCRIPTEN_KEEPALIVE int rac_binary_frame(std::uint32_t instance, std::uint32_t connection, double now) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : write_route(found->runtime->binary_frame(connection, now));
}

/// Writes a channel's listeners. Returns how many; `rac_words` tells where.
EMSCRIPTEN_KEEPALIVE std::uint32_t rac_plan(std::uint32_t instance, std::uint32_t plan) {
  Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  const auto listeners = found->runtime->plan(plan).listeners;
  found->words.assign(listeners.begin(), listeners.end());
  return static_cast<std::uint32_t>(listeners.size());
}

/// Writes the effects since the last drain. Returns how many; `rac_words` and `rac_text` tell where.
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

EMSCRIPTEN_KEEPALIVE double rac_next_timeout(std::uint32_t instance) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? -1 : found->runtime->next_timeout();
}

EMSCRIPTEN_KEEPALIVE void rac_tick(std::uint32_t instance, double now) { handle(instance, raclette::Tick{}, now); }
EMSCRIPTEN_KEEPALIVE void rac_connect(std::uint32_t instance, double now) {
  handle(instance, raclette::Connect{}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_disconnect(std::uint32_t instance, double now) {
  handle(instance, raclette::Disconnect{}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_transport_opened(std::uint32_t instance, std::uint32_t connection, double now) {
  handle(instance, raclette::TransportOpened{connection}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_auth_ready(std::uint32_t instance, std::uint32_t request, std::uint32_t payload,
                                         double now) {
  handle(instance, raclette::AuthReady{request, payload}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_fetch_done(std::uint32_t instance, std::uint32_t fetch, std::uint32_t status,
                                         std::uint32_t response, double now) {
  handle(instance, raclette::FetchDone{fetch, status, response}, now);
}
EMSCRIPTEN_KEEPALIVE void rac_fetch_failed(std::uint32_t instance, std::uint32_t fetch, std::uint32_t code,
                                           std::uint32_t status, std::uint32_t response, double now) {
  handle(instance, raclette::FetchFailed{fetch, static_cast<raclette::ErrorCode>(code), status, response}, now);
}

EMSCRIPTEN_KEEPALIVE int rac_unlisten(std::uint32_t instance, std::uint32_t listener) {
  const Instance* found = find_instance(instance);
  return found != nullptr && found->runtime->unlisten(listener) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE std::uint32_t rac_emit(std::uint32_t instance, std::uint32_t event, std::uint32_t payload,
                                            std::uint32_t attachments, int wants_ack, double timeout, double now) {
  const Instance* found = find_instance(instance);
  if (found == nullptr) return 0;
  return found->runtime->emit(event, payload, attachments, wants_ack != 0, timeout, now);
}

EMSCRIPTEN_KEEPALIVE void rac_reply(std::uint32_t instance, double reply_id, std::uint32_t payload,
                                    std::uint32_t attachments) {
  if (const Instance* found = find_instance(instance)) {
    found->runtime->reply(static_cast<std::int64_t>(reply_id), payload, attachments);
  }
}

EMSCRIPTEN_KEEPALIVE int rac_bus_unlisten(std::uint32_t instance, std::uint32_t listener) {
  const Instance* found = find_instance(instance);
  return found != nullptr && found->runtime->bus_unlisten(listener) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE std::uint32_t rac_bus_version(std::uint32_t instance) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : found->runtime->bus_version();
}

EMSCRIPTEN_KEEPALIVE std::uint32_t rac_execute(std::uint32_t instance, std::uint32_t query, std::uint32_t body,
                                               double now) {
  const Instance* found = find_instance(instance);
  return found == nullptr ? 0 : found->runtime->execute(query, body, now);
}

EMSCRIPTEN_KEEPALIVE void rac_abort_query(std::uint32_t instance, std::uint32_t query, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->abort_query(query, now);
}

EMSCRIPTEN_KEEPALIVE void rac_dispose_query(std::uint32_t instance, std::uint32_t query, double now) {
  if (const Instance* found = find_instance(instance)) found->runtime->dispose_query(query, now);
}

EMSCRIPTEN_KEEPALIVE void rac_dispose(std::uint32_t instance) { raclette::bindings::remove_instance(instance); }

}  // extern "C"
