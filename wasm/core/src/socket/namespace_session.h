// One Socket.IO namespace on top of an open engine session: credentials, CONNECT, and what the server answers.
//
//   detached ──engine open──▶ authenticating ──credentials──▶ connecting ──CONNECT──▶ connected
//                                  ▲                              │
//                                  │ asked again, with the reason │ CONNECT_ERROR, or an auth that failed
//                                  └──── at once, then ◀──────────┤
//                                        after a wait (waiting)   └──▶ rejected, after `authAttempts` of them
//
// That there are no credentials to be had now (a network that is down, an `auth` that does not answer in `timeout`) is
// no refusal: it is tried again after a wait, as a connection is.
//
// A session that the user leaves before the server has answered its CONNECT is `leaving`: the answer will come, and
// must not be taken for that of a later CONNECT. If the server accepts, it is told DISCONNECT. Where the user connects
// again meanwhile (rejoining), the next session begins once the answer is there. After a DISCONNECT that is some time
// later: a Socket.IO server that gets it and the next CONNECT together still has the old session, and closes the
// connection.
//
// Recovery: a server with connection state recovery gives the session a `pid` and puts an offset behind the
// arguments of its events (session_offsets.h). Both go into the next CONNECT; a server that still has what was missed
// sends it (before its CONNECT) and answers with the same pid.
//
// The transitions stand in one table (namespace_transitions.h). A session that is rejected, disconnected by the
// server, or without its engine is `detached` or `rejected`; what then follows is the client's decision.
// Source: Socket.IO protocol v5, "Connection to a namespace"; for pid and offset, the server's documents on
// connection state recovery.
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
  auth_unavailable,  // likewise: there are no credentials
  rejected,          // `authAttempts` used up
  disconnected,      // the server ended the session
  timed_out,         // no answer to CONNECT: the connection is of no use
  reattach,          // what the user had left is over: attach, since it is wanted
};

/// Between a DISCONNECT and the next CONNECT of a namespace on one connection, in milliseconds.
inline constexpr double kReconnectPause = 100;

class NamespaceSession {
 public:
  /// `nsp_id`: the number that the effects of this session carry; `nsp`: its name, from the slash on;
  /// `auth_requests`: how often credentials were asked for, by all namespaces together.
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
  /// The user leaves: the server is told, now or once it has answered.
  void leave(double now) { step(NamespaceInput::leave, now); }
  /// `request`: what AskAuth named; an older one is ignored, its payload released.
  NamespaceSignal auth_ready(std::uint32_t request, ValueHandle payload, double now);
  NamespaceSignal auth_failed(std::uint32_t request, std::string detail, double now, bool is_transient = false);
  /// `pid`: the server's, or empty where it does not recover.
  NamespaceSignal connect_packet(const std::string_view& pid, double now);
  NamespaceSignal connect_error(std::string reason, double now);
  NamespaceSignal disconnect_packet(double now) { return step(NamespaceInput::disconnect, now); }
  NamespaceSignal deadline(double now);
  NamespaceSignal retry(double now) { return step(NamespaceInput::retry, now); }
  /// The user starts anew: earlier rejections no longer count.
  void restart(double now);
  /// What its events end with.
  [[nodiscard]] SessionOffsets& offsets() { return offsets_; }
  /// The session is not to be recovered.
  void forget();

  /// When the CONNECT went out that was answered last.
  [[nodiscard]] double asked_at() const { return asked_at_; }
  /// Before then it may not be attached.
  [[nodiscard]] double connect_after() const { return connect_after_; }
  /// The number under which this session asked for credentials last, or 0.
  [[nodiscard]] std::uint32_t auth_request() const { return auth_request_; }
  [[nodiscard]] const std::string& nsp() const { return nsp_; }
  /// The server puts offsets behind the arguments of its events.
  [[nodiscard]] bool has_offsets() const { return !pid_.empty(); }
  /// The session goes on where the one before was lost: what was missed has come.
  [[nodiscard]] bool recovered() const { return recovered_; }
  [[nodiscard]] NamespaceState state() const { return state_; }
  /// Why the server, or the user's `auth`, refused last.
  [[nodiscard]] const Failure& refusal() const { return refusal_; }
  /// Why there were no credentials to be had; nothing while the session does not wait for that.
  [[nodiscard]] const Failure& auth_failure() const { return auth_failure_; }

 private:
  /// `refusal`: with the inputs that are one.
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
