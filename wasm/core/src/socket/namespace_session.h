// One Socket.IO namespace on top of an open engine session: credentials, CONNECT, and the server's answer.
//
//   detached ──engine open──▶ authenticating ──credentials──▶ connecting ──CONNECT──▶ connected
//                                  ▲                              │
//                                  │ asked again, with the reason │ CONNECT_ERROR, or an auth that failed
//                                  └──── at once, then ◀──────────┤
//                                        after a wait (waiting)   └──▶ rejected, after `authAttempts` of them
//
// Missing credentials (the network is down, or `auth` does not answer within `timeout`) are no refusal. The session
// asks for them again after a wait, as for a connection.
//
// A session that the user leaves before the server has answered its CONNECT is `leaving`. The answer will still arrive,
// and must not count for a later CONNECT. If the server accepts, the session sends DISCONNECT. If the user connects
// again before the answer (`rejoining`), the next session begins after it. After a DISCONNECT, the next CONNECT waits
// for a pause: a Socket.IO server that receives both together still has the old session, and closes the connection.
//
// Recovery: a server with connection state recovery gives the session a `pid` and appends an offset to the arguments of
// its events (session_offsets.h). The next CONNECT contains both. A server that still has the missed events sends them
// (before its CONNECT) and answers with the same pid.
//
// One table (namespace_transitions.h) holds all transitions. A session that is rejected, disconnected by the server, or
// without an engine session is `detached` or `rejected`; the client decides what happens next. Source: Socket.IO
// protocol v5, "Connection to a namespace"; for pid and offset, the server's documentation of connection state
// recovery.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/timers.h"
#include "raclette/effect.h"
#include "socket/engine_session.h"
#include "socket/namespace_transitions.h"
#include "socket/options.h"
#include "socket/session_offsets.h"

namespace raclette {

enum class NamespaceSignal : std::uint8_t {
  none,
  connected,
  wait,              // set the retry timer
  auth_unavailable,  // set the retry timer: there are no credentials
  rejected,          // refused `authAttempts` times
  disconnected,      // the server ended the session
  timed_out,         // no answer to CONNECT: close the connection
  reattach,          // the session that the user left has ended: attach again
};

/// The pause between a DISCONNECT and the next CONNECT of a namespace on one connection, in milliseconds.
inline constexpr double kReconnectPause = 100;

class NamespaceSession {
 public:
  /// `nsp_id`: the namespace's number in effects. `nsp`: its name, with the slash. `auth_requests`: counts the
  /// credentials requests of all namespaces.
  NamespaceSession(std::uint32_t nsp_id, std::string nsp, const SocketOptions& options, EngineSession& engine,
                   std::uint32_t& auth_requests, TimerTable& timers, Effects& effects)
      : nsp_id_(nsp_id),
        nsp_(std::move(nsp)),
        options_(options),
        engine_(engine),
        auth_requests_(auth_requests),
        timers_(timers),
        effects_(effects) {}

  NamespaceSignal attach(double now) { return step(NamespaceInput::attach, now); }
  void detach(double now) {
    connect_after_ = 0;
    step(NamespaceInput::detach, now);
  }
  /// Ends the session for the user. DISCONNECT is sent now, or after the server's answer to CONNECT.
  void leave(double now) { step(NamespaceInput::leave, now); }
  /// `request`: the number from AskAuth. An older request is ignored, and its payload released.
  NamespaceSignal auth_ready(std::uint32_t request, ValueHandle payload, double now);
  NamespaceSignal auth_failed(std::uint32_t request, std::string detail, double now, bool is_transient = false);
  /// `pid`: from the server; empty without recovery.
  NamespaceSignal connect_packet(const std::string_view& pid, double now);
  NamespaceSignal connect_error(std::string reason, double now);
  NamespaceSignal disconnect_packet(double now) { return step(NamespaceInput::disconnect, now); }
  NamespaceSignal deadline(double now);
  NamespaceSignal retry(double now) { return step(NamespaceInput::retry, now); }
  /// The user connects again: earlier refusals no longer count.
  void restart(double now);
  /// The offsets of its events.
  [[nodiscard]] SessionOffsets& offsets() { return offsets_; }
  /// Drops the recovery data, so the session will not be recovered.
  void forget();

  /// When the last answered CONNECT was sent.
  [[nodiscard]] double asked_at() const { return asked_at_; }
  /// The earliest time at which it may be attached.
  [[nodiscard]] double connect_after() const { return connect_after_; }
  /// The number of the last credentials request, or 0.
  [[nodiscard]] std::uint32_t auth_request() const { return auth_request_; }
  [[nodiscard]] const std::string& nsp() const { return nsp_; }
  /// Whether the server appends offsets to events.
  [[nodiscard]] bool has_offsets() const { return !pid_.empty(); }
  /// Whether the server recovered the lost session, and all missed events have arrived.
  [[nodiscard]] bool recovered() const { return recovered_; }
  [[nodiscard]] NamespaceState state() const { return state_; }
  /// Why the server or the user's `auth` last refused.
  [[nodiscard]] const Failure& refusal() const { return refusal_; }
  /// Why there are no credentials; OK while the session does not wait for them.
  [[nodiscard]] const Failure& auth_failure() const { return auth_failure_; }

 private:
  /// `refusal`: the reason, for inputs that are refusals.
  NamespaceSignal step(NamespaceInput input, double now, Failure* refusal = nullptr);
  NamespaceSignal ask(double now);
  NamespaceSignal refused(Failure refusal, double now);
  void note(Failure& refusal);
  void clear_refusals();
  void send_credentials();
  void send_disconnect(double now);
  void arm(double now);

  const std::uint32_t nsp_id_;
  const std::string nsp_;
  const SocketOptions& options_;
  EngineSession& engine_;
  std::uint32_t& auth_requests_;
  TimerTable& timers_;
  Effects& effects_;
  NamespaceState state_ = NamespaceState::detached;
  std::uint32_t auth_request_ = 0;
  ValueHandle credentials_ = 0;
  double refusals_ = 0;
  Failure refusal_;
  Failure auth_failure_;
  bool auth_timed_out_ = false;  // the user's `auth` did not answer
  std::string pid_;
  SessionOffsets offsets_;
  bool recovered_ = false;
  double connect_after_ = 0;
  double asked_at_ = 0;
  TimerId timer_ = 0;
};

}  // namespace raclette
