// The sending part of SocketClient: events and acks; see client.h.
#include "protocol/socket_packet.h"
#include "socket/client.h"

namespace raclette {

Result<Handle> SocketClient::emit(const OutgoingEvent& event, double now) {
  bool connected = is_connected(event.nsp_id);
  // A connection that may be dead could lose the emit, so the emit waits. Volatile emits may be lost.
  if (connected && !event.is_volatile && engine_.has_ping_expired(event.wall, now)) connected = false;
  if (event.is_ordered && !event.is_volatile && outbox_.has_ordered(event.nsp_id)) connected = false;
  if (connected && !event.wants_ack) {
    transmit(event, kNoAck);
    engine_.release(event.payload);
    return Handle{0};
  }
  if (outbox_.is_full() || (!connected && !event.is_volatile && !outbox_.has_room(event))) {
    engine_.release(event.payload);
    return Failure{ErrorCode::BUFFER_FULL, {}};
  }
  const Handle handle = outbox_.add(event, !connected && !event.is_volatile, now);
  if (connected) send(handle, event, now);
  if (!connected && event.is_volatile) outbox_.fail(handle, ErrorCode::SOCKET_DISCONNECTED);
  return event.wants_ack || outbox_.find(handle) != nullptr ? handle : 0;
}

void SocketClient::send(Handle handle, const OutgoingEvent& event, double now) {
  transmit(event, event.wants_ack ? outbox_.ack_id(handle) : kNoAck);
  outbox_.mark_sent(handle, now);
}

void SocketClient::send_waiting(std::uint32_t nsp_id, double now) {
  for (const Handle emit : outbox_.sendable(nsp_id)) send(emit, *outbox_.find(emit), now);
}

void SocketClient::transmit(const OutgoingEvent& event, std::int64_t ack_id) {
  const SocketPacketType type = event.attachments > 0 ? SocketPacketType::binary_event : SocketPacketType::event;
  engine_.send(encode_socket_head(type, namespaces_[event.nsp_id]->session.nsp(), event.attachments, ack_id),
               event.payload);
}

void SocketClient::reply(std::uint32_t nsp_id, std::int64_t id, ValueHandle payload, std::uint32_t attachments) {
  if (is_connected(nsp_id)) {
    const SocketPacketType type = attachments > 0 ? SocketPacketType::binary_ack : SocketPacketType::ack;
    engine_.send(encode_socket_head(type, namespaces_[nsp_id]->session.nsp(), attachments, id), payload);
  }
  engine_.release(payload);
}

}  // namespace raclette
