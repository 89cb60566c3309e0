// One Engine.IO session: from the wish to open it to its end, over the first transport that can be opened, and from
// polling to WebSocket where the server offers that. It knows packets of the engine only; a message goes up to
// whoever owns the session.
//
//   closed ──start─▶ opening ──transport up──▶ handshaking ──open packet──▶ open
//     ▲  ▲              │                          │                         │
//     │  └ next ◀───────┴── it cannot be opened ◀──┘                         │
//     └── no transport is left, a close packet, a late ping, the user's close ◀┘
//
// What happens in which state stands in one table (engine_transitions.h). In every state but `closed` one deadline
// runs: `timeout` until the handshake is there, then pingInterval + pingTimeout from ping to ping. A deadline that is
// met late by a clock that jumped (a machine that slept) is given one more turn, since what the server said meanwhile
// may still wait to be read. Until a frame comes the session is in doubt: what is sent might never arrive.
// Source: Engine.IO protocol v4, "Handshake", "Heartbeat" and "Upgrade".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/timers.h"
#include "protocol/engine_packet.h"
#include "raclette/effect.h"
#include "socket/engine_transitions.h"
#include "socket/options.h"
#include "socket/upgrade.h"

namespace raclette {

/// The codes that say that a peer, not the network, is at fault: nobody should have to look for them.
constexpr bool is_protocol_error(ErrorCode code) {
  return code >= ErrorCode::ENGINE_BAD_PACKET && code <= ErrorCode::FRAME_TOO_LARGE;
}

/// What the owner has to do after an input.
enum class EngineSignal : std::uint8_t { none, opened, message, closed };

class EngineSession {
 public:
  EngineSession(const SocketOptions& options, TimerTable& timers, Effects& effects)
      : options_(options), timers_(timers), effects_(effects), upgrade_(options, timers, effects) {}

  /// Begins a session: asks for a transport.
  EngineSignal open(double now);
  EngineSignal transport_opened(ConnectionId connection, double now);
  EngineSignal transport_closed(ConnectionId connection, const std::string_view& detail, double now);
  EngineSignal transport_paused(ConnectionId connection, double now);
  /// A text frame's packet. With EngineSignal::message the packet's data is for the layer above.
  EngineSignal packet(const EnginePacket& packet, double now);
  /// A text frame of the transport that is being probed.
  EngineSignal probe_frame(const std::u16string_view& frame, double now);
  /// A frame that was refused, here or above: the session is not to be trusted any more.
  EngineSignal refuse(Failure why, double now);
  /// `late`: milliseconds since the deadline.
  EngineSignal deadline(double late, double now);
  EngineSignal upgrade_deadline(double now);
  /// Ends the session on the owner's wish: a close packet, then the transport.
  EngineSignal close(double now);
  /// The platform says that there is no network.
  EngineSignal network_lost(double now);
  /// The machine's clock says `wall`, milliseconds since 1970; 0: it is not known.
  void set_clock(double wall, double now);
  /// True: the machine slept for so long that the connection may be dead. A turn begins in which a frame has to come.
  bool has_ping_expired(double wall, double now);
  /// A frame came, at `wall` by the machine's clock (0: not known). True: the session was in doubt until now.
  bool frame_received(double wall, double now);

  /// Sends `head`, followed by the payload; while an upgrade takes over, when that is done.
  void send(std::string head, ValueHandle payload);
  /// Releases a payload once everything that was sent before is out.
  void release(ValueHandle payload);

  /// True if a message on `connection` goes up and nothing else happens, as the table says of an open session that had
  /// one before.
  [[nodiscard]] bool delivers(ConnectionId connection) const {
    return delivers_ && state_ == EngineState::open && connection == connection_;
  }

  [[nodiscard]] EngineState state() const { return state_; }
  /// The time of now by the machine's clock, as of the last frame that was not just an event.
  [[nodiscard]] double wall() const { return last_frame_at_ + clock_; }
  /// True if the attempt that is under way began `age` milliseconds ago or earlier.
  [[nodiscard]] bool connecting_longer_than(double age, double now) const {
    return (state_ == EngineState::opening || state_ == EngineState::handshaking) && now - began_ >= age;
  }
  /// True if a request to the server is always under way.
  [[nodiscard]] bool holds_poll() const { return state_ != EngineState::closed && polls() && !took_over_; }
  [[nodiscard]] ConnectionId connection() const { return connection_; }
  /// The transport that is being probed, 0 while there is none.
  [[nodiscard]] ConnectionId probe() const { return upgrade_.next(); }
  /// Why the last session ended.
  [[nodiscard]] const Failure& reason() const { return reason_; }
  /// Longest time between two pings, in milliseconds; 0 before the handshake.
  [[nodiscard]] double ping_window() const { return ping_window_; }

 private:
  /// `why`: what the input says about the end that it brings, if it brings one.
  EngineSignal step(EngineInput input, double now, Failure* why = nullptr);
  void list_candidates();
  void begin(double now);
  EngineSignal lost(EngineState from, const EngineTransition& how, Failure why, double now);
  void start(double now);
  void take_over();
  void note_failure(const Failure& why);
  EngineSignal end(Failure why);
  EngineSignal apply(UpgradeSignal signal, double now);
  void send_digit(EnginePacketType type);
  void arm(double deadline);
  [[nodiscard]] Effects& outgoing();
  [[nodiscard]] bool polls() const;
  [[nodiscard]] bool may_use(TransportKind kind) const;
  [[nodiscard]] bool may_upgrade() const;
  [[nodiscard]] std::string url(TransportKind kind) const;

  const SocketOptions& options_;
  TimerTable& timers_;
  Effects& effects_;
  Upgrade upgrade_;
  EngineState state_ = EngineState::closed;
  ConnectionId last_connection_ = 0;
  ConnectionId connection_ = 0;
  std::vector<TransportKind> candidates_;
  std::size_t candidate_ = 0;
  std::string failures_;                      // of the candidates before this one
  ErrorCode protocol_error_ = ErrorCode::OK;  // what greeted one of them instead of a server
  bool websocket_failed_ = false;             // in the last session that opened: begin with polling next time
  bool upgraded_ = false;                     // an upgrade worked before
  bool took_over_ = false;                    // one did in this session
  bool served_ = false;                       // this session brought a message, or an upgrade
  bool polling_useless_ = false;              // the last session that polled ended without one
  bool delivers_ = false;                     // it did, and is not in doubt
  Handshake handshake_;
  Effects held_;
  TimerId timer_ = 0;
  double ping_window_ = 0;
  double deadline_ = 0;
  double began_ = 0;          // when the transport was asked for
  double last_frame_at_ = 0;  // when a frame came last, but for events
  double clock_ = 0;          // the machine's clock, less the time of inputs
  bool in_grace_ = false;
  Failure reason_;
};

}  // namespace raclette
