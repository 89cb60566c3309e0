// One Socket.IO namespace on top of an open engine session: credentials, CONNECT, and what the server answers.
//
//   detached ──engine open──▶ authenticating ──credentials──▶ connecting ──CONNECT──▶ connected
//                                  ▲                              │
//                                  │ asked again, with the reason │ CONNECT_ERROR, or the user's auth failed
//                                  └──── at once, then ◀──────────┤
//                                        after a wait (waiting)   └──▶ rejected, after `authAttempts` of them
//
// The transitions stand in one table (namespace_session.cpp). A session that is rejected, disconnected by the
// server, or without its engine is `detached` or `rejected`; what then follows is the client's decision.
// Source: Socket.IO protocol v5, "Connection to a namespace".
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/timers.h"
#include "raclette/effect.h"
#include "socket/options.h"

namespace raclette {

enum class NamespaceState : std::uint8_t { detached, authenticating, connecting, connected, waiting, rejected };
inline constexpr std::size_t kNamespaceStates = 6;

enum class NamespaceInput : std::uint8_t {
  attach,      // the engine session is open
  detach,      // it is gone
  auth_ready,  // the user's credentials are there
  refused,     // CONNECT_ERROR, or no credentials to be had
  connect,     // CONNECT: the server accepts
  disconnect,  // DISCONNECT: the server ends the session
  deadline,    // no answer to CONNECT in time
  retry,       // the wait before the next try is over
};
inline constexpr std::size_t kNamespaceInputs = 8;

enum class NamespaceSignal : std::uint8_t {
  none,
  connected,
  wait,          // set the retry timer
  rejected,      // `authAttempts` used up
  disconnected,  // the server ended the session
  late,          // no answer to CONNECT: the connection is of no use
};

class NamespaceSession {
 public:
  NamespaceSession(const SocketOptions& options, TimerTable& timers, Effects& effects)
      : options_(options), timers_(timers), effects_(effects) {}

  NamespaceSignal attach(ConnectionId connection, double now);
  void detach(double now) { step(NamespaceInput::detach, now); }
  /// `request`: what AskAuth named; an older one is ignored, its payload released.
  NamespaceSignal auth_ready(std::uint32_t request, ValueHandle payload, double now);
  NamespaceSignal auth_failed(std::uint32_t request, std::string detail, double now);
  NamespaceSignal connect_packet(double now) { return step(NamespaceInput::connect, now); }
  NamespaceSignal connect_error(std::string reason, double now);
  NamespaceSignal disconnect_packet(double now) { return step(NamespaceInput::disconnect, now); }
  NamespaceSignal deadline(double now);
  NamespaceSignal retry(double now) { return step(NamespaceInput::retry, now); }
  /// The user starts anew: earlier rejections no longer count.
  void forgive();

  [[nodiscard]] NamespaceState state() const { return state_; }
  /// Why the server, or the user's `auth`, refused last.
  [[nodiscard]] const Failure& refusal() const { return refusal_; }

 private:
  NamespaceSignal step(NamespaceInput input, double now, Failure refusal = {});
  NamespaceSignal ask();
  NamespaceSignal refused(Failure refusal);
  void arm(double now);

  const SocketOptions& options_;
  TimerTable& timers_;
  Effects& effects_;
  NamespaceState state_ = NamespaceState::detached;
  ConnectionId connection_ = 0;
  std::uint32_t auth_request_ = 0;
  ValueHandle credentials_ = 0;
  double refusals_ = 0;
  Failure refusal_;
  TimerId timer_ = 0;
};

}  // namespace raclette
