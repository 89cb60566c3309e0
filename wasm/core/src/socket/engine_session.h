// One Engine.IO session over one transport: from the wish to open it to its end. It knows packets of the engine
// only; a message goes up to whoever owns the session.
//
//   closed ──open──▶ opening ──transport up──▶ handshaking ──open packet──▶ open
//     ▲                 │                          │                         │
//     └── any failure, a close packet, a late ping, the user's close ◀───────┘
//
// What happens in which state stands in one table (engine_session.cpp). In every state but `closed` one deadline
// runs: `timeout` until the handshake is there, then pingInterval + pingTimeout from ping to ping.
// Source: Engine.IO protocol v4, "Handshake" and "Heartbeat".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/timers.h"
#include "protocol/engine_packet.h"
#include "raclette/effect.h"
#include "socket/options.h"

namespace raclette {

enum class EngineState : std::uint8_t { closed, opening, handshaking, open };
inline constexpr std::size_t kEngineStates = 4;

enum class EngineInput : std::uint8_t {
  open,            // the owner wants a session
  transport_up,    // the transport opened
  transport_down,  // the transport closed or could not be opened
  handshake,       // open packet
  close_packet,    // the server ends the session
  ping,            // the server asks for a sign of life
  message,         // a packet for the layer above
  idle_packet,     // pong, upgrade, noop: nothing to do on an established WebSocket
  bad_packet,      // a frame that is none of these
  deadline,        // the running deadline has passed
  close,           // the owner ends the session
};
inline constexpr std::size_t kEngineInputs = 11;

/// What the owner has to do after an input.
enum class EngineSignal : std::uint8_t { none, opened, message, closed };

class EngineSession {
 public:
  EngineSession(const SocketOptions& options, TimerTable& timers, Effects& effects)
      : options_(options), timers_(timers), effects_(effects) {}

  /// Begins a session: asks for a transport.
  EngineSignal open(double now);
  EngineSignal transport_up(double now);
  EngineSignal transport_down(std::string_view detail, double now);
  /// A text frame's packet. With EngineSignal::message the packet's data is for the layer above.
  EngineSignal packet(const EnginePacket& packet, double now);
  /// A frame that was refused, here or above: the session is not to be trusted any more.
  EngineSignal refuse(Failure why, double now);
  EngineSignal deadline(double now);
  /// Ends the session on the owner's wish: a close packet, then the transport.
  EngineSignal close(double now);

  [[nodiscard]] EngineState state() const { return state_; }
  [[nodiscard]] ConnectionId connection() const { return connection_; }
  /// Why the last session ended.
  [[nodiscard]] const Failure& reason() const { return reason_; }
  /// Longest time between two pings, in milliseconds; 0 before the handshake.
  [[nodiscard]] double patience() const { return patience_; }

 private:
  EngineSignal step(EngineInput input, double now, Failure why = {});
  EngineSignal begin(double now);
  EngineSignal end(Failure why);
  void send(EnginePacketType type);
  void arm(double deadline);
  [[nodiscard]] std::string url() const;

  const SocketOptions& options_;
  TimerTable& timers_;
  Effects& effects_;
  EngineState state_ = EngineState::closed;
  ConnectionId connection_ = 0;
  TimerId timer_ = 0;
  double patience_ = 0;
  Failure reason_;
};

}  // namespace raclette
