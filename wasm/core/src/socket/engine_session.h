// One Engine.IO session, from opening to its end. It runs over the first transport that can be opened, and upgrades
// from polling to WebSocket if the server offers that. It knows only packets of the engine; messages go to the owner of
// the session.
//
//   closed ──start─▶ opening ──transport up──▶ handshaking ──open packet──▶ open
//     ▲  ▲              │                          │                         │
//     │  └ next ◀───────┴── it cannot be opened ◀──┘                         │
//     └── no transport is left, a close packet, a late ping, the user's close ◀┘
//
// One table (engine_transitions.h) holds all transitions. In every state but `closed` one deadline runs: `timeout`
// until the handshake, then pingInterval + pingTimeout from ping to ping. A deadline that fires late because the
// machine slept is extended once, since frames that arrived during the sleep may still be unread. Until a frame arrives
// the session is in doubt: emits might never reach the server. Source: Engine.IO protocol v4, "Handshake", "Heartbeat"
// and "Upgrade".
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

/// Whether the code means that a peer, not the network, is at fault. Such errors are reported.
constexpr bool is_protocol_error(ErrorCode code) {
  return code >= ErrorCode::ENGINE_BAD_PACKET && code <= ErrorCode::FRAME_TOO_LARGE;
}

/// What the owner must handle after an input.
enum class EngineSignal : std::uint8_t { none, opened, message, closed };

class EngineSession {
 public:
  EngineSession(const SocketOptions& options, TimerTable& timers, Effects& effects)
      : options_(options), timers_(timers), effects_(effects), upgrade_(options, timers, effects) {}

  /// Begins a session: requests a transport.
  EngineSignal open(double now);
  EngineSignal transport_opened(ConnectionId connection, double now);
  EngineSignal transport_closed(ConnectionId connection, const std::string_view& detail, double now);
  EngineSignal transport_paused(ConnectionId connection, double now);
  /// Handles a packet of a text frame. EngineSignal::message: the packet's data is for the owner.
  EngineSignal packet(const EnginePacket& packet, double now);
  /// Handles a text frame of the transport that is being probed.
  EngineSignal probe_frame(const std::u16string_view& frame, double now);
  /// Ends the session because a frame is invalid, here or for the owner.
  EngineSignal refuse(Failure why, double now);
  /// `late`: milliseconds since the deadline.
  EngineSignal deadline(double late, double now);
  EngineSignal upgrade_deadline(double now);
  /// Ends the session for the owner: sends a close packet, then closes the transport.
  EngineSignal close(double now);
  /// Ends the session because the platform reports that there is no network.
  EngineSignal network_lost(double now);
  /// Sets the machine's clock to `wall`, milliseconds since 1970; 0: unknown.
  void set_clock(double wall, double now);
  /// Whether the machine slept so long that the connection may be dead. If so, a deadline begins by which a frame must
  /// arrive.
  bool has_ping_expired(double wall, double now);
  /// Notes a frame, received at `wall` by the machine's clock (0: unknown). Returns whether the session was in doubt
  /// until now.
  bool frame_received(double wall, double now);

  /// Sends `head`, followed by the payload. During an upgrade's switch, packets wait until it is done.
  void send(std::string head, ValueHandle payload);
  /// Releases a payload after all earlier packets are sent.
  void release(ValueHandle payload);

  /// Whether a message on `connection` only goes to the owner and changes nothing else, as in an open session that had
  /// a message before.
  [[nodiscard]] bool delivers(ConnectionId connection) const {
    return delivers_ && state_ == EngineState::open && connection == connection_;
  }

  [[nodiscard]] EngineState state() const { return state_; }
  /// The current time by the machine's clock, as of the last frame that was not just an event.
  [[nodiscard]] double wall() const { return last_frame_at_ + clock_; }
  /// Whether the current attempt began at least `age` milliseconds ago.
  [[nodiscard]] bool connecting_longer_than(double age, double now) const {
    return (state_ == EngineState::opening || state_ == EngineState::handshaking) && now - began_ >= age;
  }
  /// Whether the session always has a poll request in flight.
  [[nodiscard]] bool holds_poll() const { return state_ != EngineState::closed && polls() && !took_over_; }
  [[nodiscard]] ConnectionId connection() const { return connection_; }
  /// The transport that is being probed, or 0.
  [[nodiscard]] ConnectionId probe() const { return upgrade_.next(); }
  /// Why the last session ended.
  [[nodiscard]] const Failure& reason() const { return reason_; }
  /// The longest time between two pings, in milliseconds; 0 before the handshake.
  [[nodiscard]] double ping_window() const { return ping_window_; }

 private:
  /// `why`: the input's own reason for ending the session, or null.
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
  std::string failures_;                      // messages of the transports that failed before this one
  ErrorCode protocol_error_ = ErrorCode::OK;  // the protocol error of one of them, if any
  bool websocket_failed_ = false;             // in the last session that opened: try polling first next time
  bool upgraded_ = false;                     // an earlier upgrade succeeded
  bool took_over_ = false;                    // this session was upgraded
  bool served_ = false;                       // this session had a message or an upgrade
  bool polling_useless_ = false;              // the last polling session ended without a message
  bool delivers_ = false;                     // this session had a message and is not in doubt
  Handshake handshake_;
  Effects held_;
  TimerId timer_ = 0;
  double ping_window_ = 0;
  double deadline_ = 0;
  double began_ = 0;          // when the transport was requested
  double last_frame_at_ = 0;  // time of the last frame that was not just an event
  double clock_ = 0;          // the machine's clock minus the time of inputs
  bool in_grace_ = false;
  Failure reason_;
};

}  // namespace raclette
