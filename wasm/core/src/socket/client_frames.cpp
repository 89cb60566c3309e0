// The receiving part of SocketClient: from a frame to its meaning. Handles packets that wait for attachments, events
// that arrive before their session, and recovery offsets; see client.h.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "protocol/recovery.h"
#include "raclette/frame.h"
#include "socket/client.h"

namespace raclette {
namespace {

/// The maximum number of events that are kept before their session begins.
constexpr std::uint32_t kMaxEarly = 1'000'000;

bool is_control(SocketPacketType type) {
  return type == SocketPacketType::connect || type == SocketPacketType::disconnect ||
         type == SocketPacketType::connect_error;
}

bool is_ack(SocketPacketType type) { return type == SocketPacketType::ack || type == SocketPacketType::binary_ack; }

}  // namespace

Incoming SocketClient::event_frame(ConnectionId connection, const std::u16string_view& head) {
  constexpr Incoming kUnknown{.kind = IncomingKind::need_all};
  if (!engine_.delivers(connection) || assembly_.waiting()) return kUnknown;
  SocketHead event;
  if (!scan_plain_event(head, event) || is_reserved_event(event.raw_event)) return kUnknown;
  const std::int64_t nsp_id = find(event.nsp);
  if (nsp_id < 0) return {};
  const Incoming incoming = event_in(static_cast<std::uint32_t>(nsp_id), event);
  return incoming.kind == IncomingKind::early ? kUnknown : incoming;
}

Incoming SocketClient::event_again(ConnectionId connection, std::uint32_t nsp_id) {
  if (!engine_.delivers(connection) || assembly_.waiting() || !is_connected(nsp_id) || !namespaces_[nsp_id]->served) {
    return {.kind = IncomingKind::need_all};
  }
  tail_nsp_id_ = nsp_id;
  return {.kind = IncomingKind::event, .nsp_id = nsp_id, .wants_tail = namespaces_[nsp_id]->session.has_offsets()};
}

Incoming SocketClient::text_frame(ConnectionId connection, const std::u16string_view& head, std::size_t total,
                                  double wall, double now) {
  if (connection != 0 && connection == engine_.probe()) {
    apply(engine_.probe_frame(head, now), now);
    return {};
  }
  if (connection != engine_.connection() || engine_.state() == EngineState::closed) return {};
  const bool had_expired = engine_.frame_received(wall, now);
  const Incoming incoming = packet(head, total, now);
  if (had_expired) send_held_back(now);
  return incoming;
}

/// Sends the emits that waited while the connection was possibly dead, unless the frame closed it.
void SocketClient::send_held_back(double now) {
  each([&](std::uint32_t nsp_id, const Namespace&) {
    if (is_connected(nsp_id)) send_waiting(nsp_id, now);
  });
}

Incoming SocketClient::packet(const std::u16string_view& head, std::size_t total, double now) {
  const auto packet = decode_engine_packet(head);
  if (!packet.ok()) return refuse(packet.failure(), now);
  const bool is_message = packet.value().type == EnginePacketType::message;
  if (!is_message && head.size() < total) {
    if (total <= kMaxHead) return {.kind = IncomingKind::need_all};
    return refuse({ErrorCode::FRAME_TOO_LARGE, "an Engine.IO control packet"}, now);
  }
  const EngineSignal signal = engine_.packet(packet.value(), now);
  if (signal == EngineSignal::message) return message(packet.value().data, total - 1, now);
  apply(signal, now);
  return {};
}

Incoming SocketClient::message(const std::u16string_view& packet, std::size_t total, double now) {
  if (assembly_.waiting()) {
    return refuse({ErrorCode::SOCKET_BAD_ATTACHMENTS, "a text packet before all attachments had arrived"}, now);
  }
  const ScanResult scan = scan_socket_head(packet, total);
  if (scan.status == ScanStatus::bad) return refuse({ErrorCode::SOCKET_BAD_PACKET, std::string(scan.why)}, now);
  if (scan.status == ScanStatus::need_more) {
    if (packet.size() + 1 < kMaxHead) return {.kind = IncomingKind::need_all};
    return refuse({ErrorCode::SOCKET_BAD_PACKET, "a packet whose head is longer than 64 kB"}, now);
  }
  const std::int64_t found = find(scan.head.nsp);
  const auto nsp_id = static_cast<std::uint32_t>(found);
  if (is_control(scan.head.type)) return found < 0 ? Incoming{} : control_packet(scan.head, nsp_id, packet, total, now);
  Incoming incoming = is_ack(scan.head.type) ? ack_packet(scan.head, nsp_id) : event_packet(scan.head, nsp_id, now);
  if (engine_.state() != EngineState::open) return {};
  if (found < 0) incoming = {};
  if (incoming.kind == IncomingKind::early && ++early_ > kMaxEarly) {
    return refuse({ErrorCode::SOCKET_BAD_PACKET, "more than a million events before CONNECT"}, now);
  }
  return scan.head.attachments > 0 ? hold(incoming, scan.head.attachments, now) : complete(incoming, now);
}

Incoming SocketClient::event_packet(const SocketHead& head, std::uint32_t nsp_id, double now) {
  std::string text;
  if (!append_event_name(text, head)) {
    return refuse({ErrorCode::SOCKET_BAD_PACKET, "a malformed escape in an event's name"}, now);
  }
  if (is_reserved_event(text)) {
    return refuse({ErrorCode::SOCKET_BAD_PACKET, std::string("the reserved event name ").append(text)}, now);
  }
  if (!has(nsp_id)) return {};
  held_offset_.reset();
  if (!head.invalid_name.empty()) return drop_unnamed(event_in(nsp_id, head), head.invalid_name);
  SocketHead decoded = head;
  event_name_.resize(text.size());
  std::transform(text.begin(), text.end(), event_name_.begin(), [](char c) { return static_cast<unsigned char>(c); });
  decoded.raw_event = {event_name_.data(), event_name_.size()};
  ++decoded.payload_offset;
  return event_in(nsp_id, decoded);
}

/// Reports and drops an event that no listener can receive. The connection stays open.
Incoming SocketClient::drop_unnamed(Incoming event, const std::string_view& why) {
  if (event.kind != IncomingKind::event) return event;
  effects_.push_back(ReportError{ErrorCode::SOCKET_BAD_PACKET, std::string(why)});
  event.kind = IncomingKind::nothing;
  return event;
}

/// Handles an event. Offsets in `head` count from the start of the frame, and its name is decoded.
Incoming SocketClient::event_in(std::uint32_t nsp_id, const SocketHead& head) {
  Namespace& one = *namespaces_[nsp_id];
  const NamespaceSession& session = one.session;
  if (session.state() == NamespaceState::connecting) return {.kind = IncomingKind::early, .nsp_id = nsp_id};
  if (session.state() != NamespaceState::connected) return {};
  if (!one.served) one.served = !is_spelled(kGreeting, head.raw_event);
  // A server does not store events that want an acknowledgement, so they have no offset.
  const bool wants_tail = session.has_offsets() && head.ack_id == kNoAck;
  tail_nsp_id_ = nsp_id;
  return {IncomingKind::event, nsp_id, head.payload_offset, head.ack_id, 0, head.raw_event, wants_tail};
}

Incoming SocketClient::ack_packet(const SocketHead& head, std::uint32_t nsp_id) {
  const Handle emit = outbox_.awaiting(nsp_id, head.ack_id);
  if (emit == 0) return {};
  return {IncomingKind::ack, nsp_id, head.payload_offset + 1, kNoAck, emit};
}

bool SocketClient::text_tail(const std::u16string_view& tail) {
  SessionOffsets& offsets = namespaces_[tail_nsp_id_]->session.offsets();
  auto offset = offset_at_end(tail);
  if (!offset) {
    offsets.note_none();
    return false;
  }
  const double wall = engine_.wall();
  const bool is_offset = offsets.is_offset(*offset, wall);
  // The offset of a binary packet counts once all attachments have arrived.
  if (assembly_.waiting()) {
    held_offset_ = std::move(offset);
  } else {
    offsets.note(std::move(*offset), wall);
  }
  return is_offset;
}

/// Waits for the attachments of a packet. `incoming` is returned when all have arrived.
Incoming SocketClient::hold(const Incoming& incoming, std::uint32_t attachments, double now) {
  assembled_ = incoming;
  assembled_.wants_tail = false;
  assembly_.begin(attachments);
  attachments_timer_ = timers_.set(now + engine_.ping_window(), SocketTimer::attachments);
  return {.kind = IncomingKind::hold, .nsp_id = incoming.nsp_id, .wants_tail = incoming.wants_tail};
}

Incoming SocketClient::complete(const Incoming& incoming, double now) {
  if (incoming.kind != IncomingKind::ack) return incoming;
  if (const auto sent = outbox_.timed(incoming.ack)) round_trips_.add(now - *sent);
  if (!outbox_.answer(incoming.nsp_id, incoming.ack)) return {};
  namespaces_[incoming.nsp_id]->served = true;
  return incoming;
}

Incoming SocketClient::control_packet(const SocketHead& head, std::uint32_t nsp_id, const std::u16string_view& packet,
                                      std::size_t total, double now) {
  if (head.type == SocketPacketType::connect_error) {
    return {.kind = IncomingKind::connect_error, .nsp_id = nsp_id, .args_offset = head.payload_offset + 1};
  }
  if (packet.size() < total) {
    if (total < kMaxHead) return {.kind = IncomingKind::need_all};
    return refuse({ErrorCode::FRAME_TOO_LARGE, "a Socket.IO control packet"}, now);
  }
  const std::u16string_view payload = packet.substr(head.payload_offset);
  if (head.type == SocketPacketType::connect) return accepted(nsp_id, payload, now);
  forget_early(nsp_id);
  apply(nsp_id, namespaces_[nsp_id]->session.disconnect_packet(now), now);
  return {};
}

/// Handles CONNECT from the server. A server older than Socket.IO 3 sends one without a session id, which is refused.
Incoming SocketClient::accepted(std::uint32_t nsp_id, const std::u16string_view& payload, double now) {
  const auto document = JsonDocument::parse(payload);
  const auto sid = document ? document->root()["sid"].string() : std::nullopt;
  if (!sid) {
    return refuse({ErrorCode::SOCKET_BAD_PACKET, "CONNECT without a session id: the server is older than 3.0"}, now);
  }
  Namespace& one = *namespaces_[nsp_id];
  const std::string_view pid = document->root()["pid"].string().value_or("");
  const NamespaceSignal signal = one.session.connect_packet(pid, now);
  if (signal != NamespaceSignal::connected) {
    apply(nsp_id, signal, now);
    return {};
  }
  const bool recovered = one.session.recovered();
  one.was_connected = true;
  one.served = false;
  one.since = now;
  round_trips_.add(now - one.session.asked_at());
  set_status(nsp_id, SocketStatus::connected, {ErrorCode::OK, std::string(*sid)}, recovered);
  effects_.push_back(EarlyFrames{nsp_id, engine_.connection(), true});
  early_ = 0;
  report_attempt();
  send_waiting(nsp_id, now);
  return {.kind = IncomingKind::session, .nsp_id = nsp_id, .recovered = recovered};
}

Incoming SocketClient::binary_frame(ConnectionId connection, double now) {
  if (connection != engine_.connection() || engine_.state() == EngineState::closed) return {};
  if (engine_.state() != EngineState::open) {
    return refuse({ErrorCode::ENGINE_BAD_PACKET, "a binary frame before the handshake"}, now);
  }
  if (!assembly_.attach()) {
    return refuse({ErrorCode::SOCKET_BAD_ATTACHMENTS, "a binary frame without a packet"}, now);
  }
  if (engine_.frame_received(0, now)) send_held_back(now);
  if (assembly_.waiting()) return {.kind = IncomingKind::hold};
  timers_.cancel(attachments_timer_);
  if (held_offset_) namespaces_[assembled_.nsp_id]->session.offsets().note(std::move(*held_offset_), engine_.wall());
  held_offset_.reset();
  return complete(assembled_, now);
}

}  // namespace raclette
