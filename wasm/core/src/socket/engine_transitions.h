// The transition table of an Engine.IO session. Only this table changes the state. Inputs are classified before the
// lookup: an invalid handshake is `refused`, and a deadline that passed while the machine slept is a `late_deadline`.
#pragma once

#include <array>
#include <cstdint>

#include "base/transitions.h"
#include "raclette/error.h"

namespace raclette {

enum class EngineState : std::uint8_t { closed, opening, handshaking, open };

enum class EngineInput : std::uint8_t {
  start,             // the owner wants a session
  next_transport,    // a transport could not be opened, and there is another to try
  transport_opened,  // the transport opened
  transport_closed,  // the transport closed or could not be opened
  handshake,         // open packet
  close_packet,      // the server ends the session
  ping,              // the server's heartbeat
  message,           // a packet for the layer above
  idle_packet,       // pong, upgrade, noop: nothing to do on an established transport
  refused,           // an invalid frame, here or for the layer above
  network_lost,      // the platform reports that there is no network
  deadline,          // the running deadline has passed
  late_deadline,     // the deadline passed long ago: the machine slept
  stop,              // the owner ends the session
};

enum class EngineAction : std::uint8_t {
  nothing,
  ask_transport,
  ask_next_transport,
  begin_session,
  answer_ping,
  deliver,
  extend_deadline,
  end,            // the transport is already closed: the session ends
  close,          // close the transport: the session ends
  send_close,     // tell the server, then close the transport: the session ends
  end_or_next,    // the transport is already closed; the session ends unless there is another to try
  close_or_next,  // close the transport; the session ends unless there is another to try
};

struct EngineTransition {
  EngineState next;
  EngineAction action = EngineAction::nothing;
  /// Why the session ends, unless the input brings a better reason.
  ErrorCode reason = ErrorCode::OK;
};

constexpr auto engine_transitions() {
  using enum EngineState;
  using enum EngineInput;
  using enum EngineAction;
  using enum ErrorCode;
  return std::to_array<Transition<EngineState, EngineInput, EngineTransition>>({
      {closed, start, {opening, ask_transport}},
      {closed, next_transport, {opening, ask_next_transport}},
      // Late inputs from an earlier session.
      {closed, {transport_opened, transport_closed, network_lost, deadline, late_deadline, stop}, {closed}},
      {closed, {handshake, close_packet, ping, message, idle_packet, refused}, {closed}},

      {opening, transport_opened, {handshaking}},
      {opening, transport_closed, {closed, end_or_next, TRANSPORT_FAILED}},
      {opening, {deadline, late_deadline}, {closed, close_or_next, CONNECT_TIMEOUT}},
      // No packet can arrive before the transport opens.
      {opening, {handshake, close_packet, ping, message, idle_packet}, {closed, close_or_next, ENGINE_BAD_PACKET}},
      {opening, refused, {closed, close_or_next, ENGINE_BAD_PACKET}},
      {opening, stop, {closed, close, CLIENT_DISCONNECTED}},
      {opening, {start, next_transport, network_lost}, {opening}},

      {handshaking, handshake, {open, begin_session}},
      {handshaking, transport_closed, {closed, end_or_next, TRANSPORT_FAILED}},
      {handshaking, {deadline, late_deadline}, {closed, close_or_next, CONNECT_TIMEOUT}},
      {handshaking, close_packet, {closed, close_or_next, SERVER_CLOSED}},
      // The open packet must come first. A proxy may be in the way, which the next transport may pass.
      {handshaking, {ping, message, refused}, {closed, close_or_next, ENGINE_BAD_PACKET}},
      {handshaking, stop, {closed, close, CLIENT_DISCONNECTED}},
      {handshaking, {start, next_transport, transport_opened, idle_packet, network_lost}, {handshaking}},

      {open, ping, {open, answer_ping}},
      {open, message, {open, deliver}},
      {open, transport_closed, {closed, end, TRANSPORT_CLOSED}},
      {open, network_lost, {closed, close, TRANSPORT_CLOSED}},
      {open, close_packet, {closed, close, SERVER_CLOSED}},
      {open, deadline, {closed, close, PING_TIMEOUT}},
      // Frames that arrived during the sleep may still be unread.
      {open, late_deadline, {open, extend_deadline}},
      {open, {handshake, refused}, {closed, close, ENGINE_BAD_PACKET}},
      {open, stop, {closed, send_close, CLIENT_DISCONNECTED}},
      {open, {start, next_transport, transport_opened, idle_packet}, {open}},
  });
}
static_assert(missing_pairs(engine_transitions()) == 0 && doubled_pairs(engine_transitions()) == 0);

}  // namespace raclette
