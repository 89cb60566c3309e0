#include "world.h"

#include <algorithm>

namespace raclette::fuzz {
namespace {

/// The payload of a CONNECT_ERROR, without parsing. The binding parses it.
std::string message_in(const std::u16string& frame, std::size_t offset) {
  std::string message;
  for (std::size_t at = offset; at < frame.size(); ++at) message.push_back(static_cast<char>(frame[at] & 0x7F));
  return message;
}

/// The ack id of a packet: the digits at the end of its head.
std::string ack_id_of(const std::string& head) {
  std::size_t at = head.size();
  while (at > 2 && head[at - 1] >= '0' && head[at - 1] <= '9') --at;
  return head.substr(at);
}

}  // namespace

World::World(const std::string& options, std::uint64_t seed) {
  Outcome outcome;
  runtime = Runtime::create(options, seed, outcome);
  oracle.expect(runtime != nullptr, "options that are right are refused: ", outcome.text);
  oracle.expect(runtime->add_plugin(kPlugin).code == ErrorCode::OK, "a plugin that is right is refused");
}

void World::drain(const Runtime::Census& before) {
  Effects effects;
  runtime->drain(effects);
  oracle.see(effects, before, runtime->census());
  for (const Effect& effect : effects) note(effect);
  serve();
}

/// Runs the pending reactions to effects. Each is an input, and may cause further effects.
void World::serve() {
  if (serving_) return;
  serving_ = true;
  std::size_t count = 0;
  while (!todo_.empty() && oracle.expect(++count < 2000, "the outside is asked for more without end")) {
    const auto next = std::move(todo_.front());
    todo_.pop_front();
    next();
  }
  serving_ = false;
}

void World::note(const Effect& effect) {
  if (const auto* open = std::get_if<OpenTransport>(&effect)) {
    connection = open->connection;
    if (!opens) return;
    todo_.push_back([this, opened = connection] { input(TransportOpened{opened, wall()}); });
    const bool is_new = open->url.find("&sid=") == std::string::npos;
    if (shakes && is_new) todo_.push_back([this, opened = connection] { text(opened, widened("0" + handshake)); });
  } else if (const auto* pause = std::get_if<PauseTransport>(&effect)) {
    if (opens) todo_.push_back([this, paused = pause->connection] { input(TransportPaused{paused}); });
  } else if (const auto* ask = std::get_if<AskAuth>(&effect)) {
    asks.push_back(ask->request);
    if (authorizes) todo_.push_back([this, request = ask->request] { input(AuthReady{request, new_payload()}); });
  } else if (const auto* packet = std::get_if<SendPacket>(&effect)) {
    note_sent(*packet);
  } else if (const auto* status = std::get_if<StatusChanged>(&effect)) {
    if (status->nsp_id == 0) connected = status->status == SocketStatus::connected;
  } else if (const auto* start = std::get_if<StartFetch>(&effect)) {
    fetches.push_back(start->fetch);
    last_url = start->url;
    if (answers) todo_.push_back([this, fetch = start->fetch] { fetch_done(fetch, 200, true, 0, 0); });
  } else if (const auto* abort = std::get_if<AbortFetch>(&effect)) {
    std::erase(fetches, abort->fetch);
  } else if (const auto* keep = std::get_if<PersistMutation>(&effect)) {
    orders = std::max(orders, keep->order);
  }
}

void World::note_sent(const SendPacket& packet) {
  const std::string head = packet.head.substr(0, packet.head.find('{'));
  if (head.starts_with("40")) nsp_ = head.substr(2);
  if (accepts && head.starts_with("40")) {
    todo_.push_back([this, to = packet.connection, answer = head + session] { text(to, widened(answer)); });
  } else if (accepts && packet.head == "2probe") {
    todo_.push_back([this, to = packet.connection] { text(to, u"3probe"); });
  } else if (head.starts_with("42") || head.starts_with("45")) {
    ack_ids.push_back(ack_id_of(head));
  }
}

void World::input(const raclette::Input& one) {
  if (const auto* ready = std::get_if<AuthReady>(&one)) oracle.payload_given(ready->payload);
  if (const auto* closed = std::get_if<TransportClosed>(&one)) oracle.transport_ended(closed->connection);
  const bool ticks = std::holds_alternative<Tick>(one);
  act([&] { runtime->handle(one, now); },
      [&] {
        if (ticks) oracle.ticked(runtime->next_timeout(), now);
      });
}

ValueHandle World::new_payload() {
  oracle.payload_given(++values_);
  return values_;
}

ValueHandle World::new_response() {
  oracle.response_given(++values_);
  return values_;
}

void World::text(ConnectionId from, const std::u16string& frame) {
  FrameRoute route;
  act([&] { return route = route_of(from, frame); }, [&](const FrameRoute& one) { oracle.routed(one); });
  take(route, frame);
}

FrameRoute World::route_of(ConnectionId from, std::u16string_view frame) {
  const std::size_t quote = frame.find(u'"', frame.find(u'"') + 1);
  FrameRoute route{.kind = RouteKind::need_all};
  if (quote != std::u16string_view::npos && quote + 1 < frame.size()) {
    const std::u16string_view head = frame.substr(0, quote + 1);
    route = runtime->event_frame(from, head);
    if (route.kind == RouteKind::need_all) route = runtime->text_frame(from, head, frame.size(), now, wall());
  }
  if (route.kind != RouteKind::need_all) return route;
  route = runtime->text_frame(from, frame.substr(0, kMaxHead), frame.size(), now, wall());
  oracle.expect(route.kind != RouteKind::need_all, "all of a frame was there, and more of it is asked for");
  return route;
}

/// Handles a route like the binding.
void World::take(const FrameRoute& route, const std::u16string& frame) {
  oracle.expect(route.args_offset <= std::max<std::size_t>(frame.size(), kMaxHead), "arguments beyond the frame");
  if (route.wants_tail) {
    const std::size_t length = std::min(frame.size(), kMaxTail);
    act([&] { runtime->text_tail(std::u16string_view(frame).substr(frame.size() - length)); });
  }
  if (route.kind == RouteKind::connect_error) input(ConnectError{route.nsp_id, message_in(frame, route.args_offset)});
  if (route.kind != RouteKind::event) return;
  const ChannelPlanView plan = runtime->plan(route.plan);
  oracle.expect(plan.version == route.plan_version && !plan.listeners.empty(), "a route to nobody");
  if (route.reply_id >= 0) reply_id = route.reply_id;
}

void World::text_head(const std::u16string& frame, std::size_t head) {
  const std::u16string_view seen = std::u16string_view(frame).substr(0, std::min(head, kMaxHead));
  FrameRoute route;
  act([&] { return route = runtime->text_frame(connection, seen, frame.size(), now, wall()); },
      [&](const FrameRoute& one) { oracle.routed(one); });
  take(route, frame);
}

void World::binary() {
  FrameRoute route;
  act([&] { return route = runtime->binary_frame(connection, now); },
      [&](const FrameRoute& one) { oracle.routed(one); });
  if (route.kind == RouteKind::event && route.reply_id >= 0) reply_id = route.reply_id;
}

void World::drop(ConnectionId lost, const std::string& detail) { input(TransportClosed{lost, detail}); }

void World::fetch_done(std::uint32_t fetch, std::uint32_t status, bool has_body, double retry_after, double commit) {
  std::erase(fetches, fetch);
  oracle.fetch_answered(fetch);
  input(FetchDone{fetch, status, has_body ? new_response() : 0, retry_after, commit});
}

void World::fetch_failed(std::uint32_t fetch, ErrorCode code, std::uint32_t status, bool has_body, double retry_after) {
  std::erase(fetches, fetch);
  oracle.fetch_answered(fetch);
  input(FetchFailed{fetch, code, status, has_body ? new_response() : 0, retry_after});
}

void World::advance(double milliseconds) {
  const double end = now + milliseconds;
  for (int ticks = 0; ticks < 200 && runtime->next_timeout() <= end; ++ticks) {
    now = std::max(now, runtime->next_timeout());
    input(Tick{});
  }
  now = end;
}

void World::sleep(double milliseconds) {
  now += milliseconds;
  input(Tick{});
}

void World::open_namespace(const std::string& nsp) {
  act([&] { return runtime->open_namespace(nsp); },
      [&](const Outcome& made) {
        if (made.code != ErrorCode::OK) return;
        oracle.namespace_opened(made.value);
        namespaces.push_back(made.value);
      });
}

void World::leave(std::uint32_t nsp_id) {
  act([&] { runtime->close_namespace(nsp_id, now); },
      [&] {
        if (nsp_id != 0) oracle.namespace_left(nsp_id);
      });
}

void World::emit(OutgoingEvent event) {
  event.payload = new_payload();
  act([&] { return runtime->emit(event, now); },
      [&](const Outcome& emitted) {
        oracle.expect(emitted.code == ErrorCode::OK || emitted.value == 0, "an emit that was refused has a number");
        oracle.emitted(emitted.value, event.wants_ack, event.payload);
        if (emitted.value != 0) emits.push_back(emitted.value);
      });
}

void World::execute(std::uint32_t query, bool has_body, Caller caller) {
  const ValueHandle body = has_body ? new_payload() : 0;
  act([&] { return runtime->execute(query, body, caller, now); },
      [&](std::uint32_t execution) { oracle.executed(query, execution); });
}

void World::reuse(std::uint32_t query) {
  act([&] { return runtime->reuse(query, now); },
      [&](ValueHandle response) {
        oracle.expect(!runtime->has_effects(), "effects follow from what is reused");
        if (response == 0) return;
        oracle.reused(response);
        oracle.shown(query);
      });
}

void World::restore(std::uint32_t query, bool has_body, const std::string& key) {
  if (key.empty()) return;
  const ValueHandle body = has_body ? new_payload() : 0;
  act([&] { return runtime->restore(query, body, key, now); },
      [&](std::uint32_t execution) {
        oracle.executed(query, execution);
        if (execution != 0) oracle.restored(key);
      });
}

void World::dispose_query(std::uint32_t query) {
  act([&] { runtime->dispose_query(query, now); }, [&] { oracle.query_disposed(query); });
}

void World::unlisten(std::uint32_t nsp_id, std::uint32_t listener) {
  act([&] { return runtime->unlisten(nsp_id, listener); },
      [&](bool found) { oracle.unlistened(nsp_id, listener, found); });
}

void World::bus_unlisten(std::uint32_t listener) {
  act([&] { return runtime->bus_unlisten(listener); }, [&](bool found) { oracle.bus_unlistened(listener, found); });
}

void World::finish() {
  opens = shakes = authorizes = accepts = answers = true;
  handshake = kHandshakes[1];
  session = R"({"sid":"s"})";
  for (const LifecycleEvent life : {LifecycleEvent::online, LifecycleEvent::show, LifecycleEvent::visible})
    input(LifecycleChanged{life});
  end_everything();
  wait_for_rest();
  oracle.at_rest(runtime->census());
  prove_life();
  end_everything();
  wait_for_rest();
  oracle.at_rest(runtime->census());
}

void World::end_everything() {
  for (const std::uint32_t query : queries) dispose_query(query);
  for (const auto& [nsp_id, listener] : listeners) unlisten(nsp_id, listener);
  for (const std::uint32_t listener : bus_listeners) bus_unlisten(listener);
  for (const std::uint32_t emit : emits) act([&] { runtime->cancel_emit(emit); });
  input(Disconnect{0});
  for (const std::uint32_t nsp_id : namespaces) leave(nsp_id);
  while (!fetches.empty()) fetch_done(fetches.front(), 200, true, 0, 0);
}

void World::wait_for_rest() {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  for (int ticks = 0; ticks < 500 && runtime->next_timeout() < kNever; ++ticks) {
    now = std::max(now, runtime->next_timeout());
    input(Tick{});
  }
}

/// Checks that the runtime still accepts a new connection and a valid event.
void World::prove_life() {
  input(Connect{0});
  for (int ticks = 0; ticks < 50 && !connected; ++ticks) {
    now = std::max(now, std::min(runtime->next_timeout(), now + 100000));
    input(Tick{});
  }
  oracle.expect(connected, "there is no session any more to be had");
  const std::uint32_t listener = runtime->listen(0, kAllPlugins, "stillHere").value;
  oracle.listens(0, listener);
  listeners.emplace_back(0, listener);
  const std::u16string frame = widened("42" + nsp_ + R"(["x--stillHere",1])");
  FrameRoute route;
  act([&] { return route = route_of(connection, frame); });
  oracle.expect(route.kind == RouteKind::event, "a good event is not heard any more");
}

}  // namespace raclette::fuzz
