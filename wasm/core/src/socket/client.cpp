#include "socket/client.h"

#include "base/json.h"
#include "base/text.h"

namespace raclette {
namespace {

/// Control packets (open, CONNECT, CONNECT_ERROR) beyond this many units are refused instead of parsed.
constexpr std::size_t kLargestControlPacket = 65536;

bool is_control(SocketPacketType type) {
  return type == SocketPacketType::connect || type == SocketPacketType::disconnect ||
         type == SocketPacketType::connect_error;
}

/// The codes that say that a peer, not the network, is at fault: nobody should have to look for them.
bool is_protocol_error(ErrorCode code) {
  return code >= ErrorCode::ENGINE_BAD_PACKET && code <= ErrorCode::FRAME_TOO_LARGE;
}

/// What a CONNECT_ERROR says: `{"message": …}`, or a bare string as older servers send it.
std::string refusal_text(std::u16string_view payload) {
  const auto document = JsonDocument::parse(to_utf8(payload));
  if (!document) return "the server refused the connection";
  const JsonView root = document->root();
  const auto text = root.is_object() ? root["message"].string() : root.string();
  return std::string(text.value_or("the server refused the connection"));
}

}  // namespace

SocketClient::SocketClient(SocketOptions options, const Names& names, Random& random, TimerTable& timers,
                           Effects& effects)
    : options_(std::move(options)),
      nsp_(options_.nsp.begin(), options_.nsp.end()),
      names_(names),
      random_(random),
      timers_(timers),
      effects_(effects),
      engine_(options_, timers, effects),
      namespace_(options_, timers, effects),
      backoff_(options_),
      acks_(timers, effects) {}

void SocketClient::connect(double now) {
  if (wanted_) return;
  wanted_ = true;
  backoff_.reset();
  namespace_.forgive();
  set_status(SocketStatus::connecting);
  apply(engine_.open(now), now);
}

void SocketClient::disconnect(double now) {
  wanted_ = false;
  timers_.cancel(reconnect_timer_);
  if (namespace_.state() == NamespaceState::connected) {
    effects_.push_back(
        SendPacket{engine_.connection(), encode_socket_head(SocketPacketType::disconnect, options_.nsp, 0, kNoAck), 0});
  }
  apply(engine_.close(now), now);
  set_status(SocketStatus::closed, {ErrorCode::CLIENT_DISCONNECTED, {}});
}

void SocketClient::handle(const TransportOpened& input, double now) {
  if (input.connection == engine_.connection()) apply(engine_.transport_up(now), now);
}

void SocketClient::handle(const TransportClosed& input, double now) {
  if (input.connection == engine_.connection()) apply(engine_.transport_down(input.detail, now), now);
}

void SocketClient::handle(const PayloadRefused& input, double now) {
  if (input.connection == engine_.connection()) refuse({ErrorCode::SOCKET_BAD_PAYLOAD, input.detail}, now);
}

void SocketClient::handle(const AuthReady& input, double now) {
  apply(namespace_.auth_ready(input.request, input.payload, now), now);
}

void SocketClient::handle(const AuthFailed& input, double now) {
  apply(namespace_.auth_failed(input.request, input.detail, now), now);
}

void SocketClient::fire(const TimerEvent& timer, double now) {
  switch (timer.kind) {
    case TimerKind::engine:
      return apply(engine_.deadline(now), now);
    case TimerKind::connect:
      return apply(namespace_.deadline(now), now);
    case TimerKind::reconnect:
      reconnect_timer_ = 0;
      if (namespace_.state() == NamespaceState::waiting) return apply(namespace_.retry(now), now);
      if (engine_.state() == EngineState::open) return apply(namespace_.attach(engine_.connection(), now), now);
      return apply(engine_.open(now), now);
    case TimerKind::attachments:
      attachments_timer_ = 0;
      refuse({ErrorCode::SOCKET_BAD_ATTACHMENTS, "the attachments of a binary packet did not come"}, now);
      return;
    default:
      return acks_.fail(timer.subject, ErrorCode::ACK_TIMEOUT);
  }
}

void SocketClient::apply(EngineSignal signal, double now) {
  if (signal == EngineSignal::opened) apply(namespace_.attach(engine_.connection(), now), now);
  if (signal == EngineSignal::closed) lost(engine_.reason(), now);
}

void SocketClient::apply(NamespaceSignal signal, double now) {
  switch (signal) {
    case NamespaceSignal::none:
    case NamespaceSignal::connected:
      return;
    case NamespaceSignal::wait:
      return schedule_reconnect(now, false);
    case NamespaceSignal::rejected:
      wanted_ = false;
      set_status(SocketStatus::rejected, namespace_.refusal());
      return apply(engine_.close(now), now);
    case NamespaceSignal::disconnected:
      acks_.fail_sent(ErrorCode::SOCKET_DISCONNECTED);
      set_status(SocketStatus::reconnecting, {ErrorCode::SERVER_DISCONNECTED, {}});
      return schedule_reconnect(now, true);
    case NamespaceSignal::late:
      refuse({ErrorCode::CONNECT_TIMEOUT, {}}, now);
      return;
  }
}

/// The engine session ended: nothing of it is left, and the next attempt is scheduled where one is wanted.
void SocketClient::lost(Failure why, double now) {
  namespace_.detach(now);
  assembly_.reset();
  timers_.cancel(attachments_timer_);
  timers_.cancel(reconnect_timer_);
  acks_.fail_sent(ErrorCode::SOCKET_DISCONNECTED);
  if (is_protocol_error(why.code)) effects_.push_back(ReportError{why.code, why.detail});
  if (!wanted_) return;
  set_status(sessions_ > 0 ? SocketStatus::reconnecting : SocketStatus::connecting, std::move(why));
  schedule_reconnect(now, true);
}

/// `counts`: this is an attempt to reconnect, which the user may have limited or switched off.
void SocketClient::schedule_reconnect(double now, bool counts) {
  if (counts && (!options_.reconnection || backoff_.exhausted())) {
    wanted_ = false;
    set_status(SocketStatus::closed, {ErrorCode::RECONNECT_FAILED, {}});
    return apply(engine_.close(now), now);
  }
  timers_.cancel(reconnect_timer_);
  reconnect_timer_ = timers_.set(now + backoff_.next(random_), {TimerKind::reconnect, 0});
}

Incoming SocketClient::text_frame(ConnectionId connection, std::u16string_view head, std::size_t total, double now) {
  if (connection != engine_.connection() || engine_.state() == EngineState::closed) return {};
  const auto packet = decode_engine_packet(head);
  if (!packet.ok()) return refuse(packet.failure(), now);
  const bool is_message = packet.value().type == EnginePacketType::message;
  if (!is_message && head.size() < total) {
    if (total <= kLargestControlPacket) return {.kind = IncomingKind::need_all};
    return refuse({ErrorCode::FRAME_TOO_LARGE, "an Engine.IO control packet"}, now);
  }
  const EngineSignal signal = engine_.packet(packet.value(), now);
  if (signal == EngineSignal::message) return message(packet.value().data, total - 1, now);
  apply(signal, now);
  return {};
}

Incoming SocketClient::message(std::u16string_view packet, std::size_t total, double now) {
  if (assembly_.waiting()) {
    return refuse({ErrorCode::SOCKET_BAD_ATTACHMENTS, "a text packet before all attachments were there"}, now);
  }
  const ScanResult scan = scan_socket_head(packet, total);
  if (scan.status == ScanStatus::bad) return refuse({ErrorCode::SOCKET_BAD_PACKET, std::string(scan.why)}, now);
  if (scan.status == ScanStatus::need_more) return {.kind = IncomingKind::need_all};
  if (is_control(scan.head.type)) return control_packet(scan.head, packet, total, now);
  const bool is_ack = scan.head.type == SocketPacketType::ack || scan.head.type == SocketPacketType::binary_ack;
  Incoming incoming = is_ack ? ack_packet(scan.head) : event_packet(scan.head, now);
  if (engine_.state() != EngineState::open) return {};
  if (scan.head.nsp != nsp_ || namespace_.state() != NamespaceState::connected) incoming = {};
  return scan.head.attachments > 0 ? hold(incoming, scan.head.attachments, now) : complete(incoming);
}

Incoming SocketClient::event_packet(const SocketHead& head, double now) {
  event_name_.clear();
  if (!append_event_name(event_name_, head.raw_event)) {
    return refuse({ErrorCode::SOCKET_BAD_PACKET, "a malformed escape in an event's name"}, now);
  }
  if (is_reserved_event(event_name_)) {
    return refuse({ErrorCode::SOCKET_BAD_PACKET, "the reserved event name " + event_name_}, now);
  }
  return {IncomingKind::event, head.payload_offset + 1, head.ack_id, 0, event_name_};
}

Incoming SocketClient::ack_packet(const SocketHead& head) {
  const bool known = head.ack_id <= 0x7FFFFFFF && acks_.pending(static_cast<Handle>(head.ack_id));
  if (!known) return {};
  return {IncomingKind::ack, head.payload_offset + 1, kNoAck, static_cast<Handle>(head.ack_id), {}};
}

/// The attachments of a packet follow; what it means is told when they are all there.
Incoming SocketClient::hold(const Incoming& incoming, std::uint32_t attachments, double now) {
  assembled_ = incoming;
  assembly_.begin(attachments);
  attachments_timer_ = timers_.set(now + engine_.patience(), {TimerKind::attachments, 0});
  return {.kind = IncomingKind::hold};
}

Incoming SocketClient::complete(const Incoming& incoming) {
  if (incoming.kind == IncomingKind::ack && !acks_.answer(incoming.ack)) return {};
  return incoming;
}

Incoming SocketClient::control_packet(const SocketHead& head, std::u16string_view packet, std::size_t total,
                                      double now) {
  if (packet.size() < total) {
    if (total <= kLargestControlPacket) return {.kind = IncomingKind::need_all};
    return refuse({ErrorCode::FRAME_TOO_LARGE, "a Socket.IO control packet"}, now);
  }
  if (head.nsp != nsp_) return {};
  const std::u16string_view payload = packet.substr(head.payload_offset);
  if (head.type == SocketPacketType::connect) return accepted(payload, now);
  apply(head.type == SocketPacketType::connect_error ? namespace_.connect_error(refusal_text(payload), now)
                                                     : namespace_.disconnect_packet(now),
        now);
  return {};
}

/// CONNECT from the server: the session is there. A server before Socket.IO 3 sends one without a session id.
Incoming SocketClient::accepted(std::u16string_view payload, double now) {
  const auto document = JsonDocument::parse(to_utf8(payload));
  const auto sid = document ? document->root()["sid"].string() : std::nullopt;
  if (!sid) {
    return refuse({ErrorCode::SOCKET_BAD_PACKET, "CONNECT without a session id: the server is older than 3.0"}, now);
  }
  if (namespace_.connect_packet(now) != NamespaceSignal::connected) return {};
  ++sessions_;
  backoff_.reset();
  set_status(SocketStatus::connected, {ErrorCode::OK, std::string(*sid)});
  flush();
  return {};
}

Incoming SocketClient::binary_frame(ConnectionId connection, double now) {
  if (connection != engine_.connection() || engine_.state() != EngineState::open) return {};
  if (!assembly_.attach()) {
    return refuse({ErrorCode::SOCKET_BAD_ATTACHMENTS, "a binary frame that no packet announced"}, now);
  }
  if (assembly_.waiting()) return {.kind = IncomingKind::hold};
  timers_.cancel(attachments_timer_);
  return complete(assembled_);
}

/// The other side does not keep to the protocol: give the connection up and try again as after any loss.
Incoming SocketClient::refuse(Failure why, double now) {
  apply(engine_.refuse(std::move(why), now), now);
  return {};
}

Handle SocketClient::emit(OutgoingEvent event, bool wants_ack, double timeout, double now) {
  if (wants_ack) event.ack = acks_.add(timeout, now);
  if (namespace_.state() == NamespaceState::connected) {
    send(event);
  } else {
    waiting_.push_back(event);
  }
  return event.ack;
}

void SocketClient::send(const OutgoingEvent& event) {
  const SocketPacketType type = event.attachments > 0 ? SocketPacketType::binary_event : SocketPacketType::event;
  const std::int64_t id = event.ack == 0 ? kNoAck : static_cast<std::int64_t>(event.ack);
  std::string head = encode_socket_head(type, options_.nsp, event.attachments, id);
  head.push_back('[');
  append_json_string(head, names_.text(event.event));
  effects_.push_back(SendPacket{engine_.connection(), std::move(head), event.payload});
  effects_.push_back(ReleasePayload{event.payload});
  acks_.mark_sent(event.ack);
}

void SocketClient::flush() {
  for (const OutgoingEvent& event : waiting_) {
    if (event.ack == 0 || acks_.pending(event.ack)) {
      send(event);
    } else {
      effects_.push_back(ReleasePayload{event.payload});
    }
  }
  waiting_.clear();
}

void SocketClient::reply(std::int64_t id, ValueHandle payload, std::uint32_t attachments) {
  if (namespace_.state() == NamespaceState::connected) {
    const SocketPacketType type = attachments > 0 ? SocketPacketType::binary_ack : SocketPacketType::ack;
    effects_.push_back(
        SendPacket{engine_.connection(), encode_socket_head(type, options_.nsp, attachments, id), payload});
  }
  effects_.push_back(ReleasePayload{payload});
}

void SocketClient::set_status(SocketStatus status, Failure why) {
  status_ = status;
  effects_.push_back(StatusChanged{status, why.code, std::move(why.detail)});
}

}  // namespace raclette
