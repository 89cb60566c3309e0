#include "socket/client.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace raclette {
namespace {

/// A session that ends sooner and brought no event or answer does not reset the backoff: it will probably end the same
/// way again.
constexpr double kSuccess = 10'000;
/// An attempt of this age, in milliseconds, counts as stuck when the page becomes visible or is restored.
constexpr double kHangs = 1000;
/// How long a hidden page continues to poll, in milliseconds.
constexpr double kPollsHidden = 10'000;

}  // namespace

SocketClient::SocketClient(SocketOptions options, Random& random, TimerTable& timers, Effects& effects)
    : options_(std::move(options)),
      waits_(options_.backoff()),
      random_(random),
      timers_(timers),
      effects_(effects),
      engine_(options_, timers, effects),
      outbox_(options_, engine_, timers, effects),
      round_trips_(effects) {
  open_namespace(options_.nsp);
}

void SocketClient::connect(std::uint32_t nsp_id, double now) {
  if (!has(nsp_id) || namespaces_[nsp_id]->wanted) return;
  const bool first = !is_wanted();
  Namespace& one = *namespaces_[nsp_id];
  one.wanted = true;
  one.was_connected = one.gave_up_offline = false;
  one.backoff.reset();
  one.session.restart(now);
  set_status(nsp_id, SocketStatus::connecting);
  if (engine_.state() == EngineState::open) return attach(nsp_id, now);
  if (first) backoff_.reset();
  open(now);
}

/// Begins a session of the namespace, now or when the pause after a DISCONNECT is over.
void SocketClient::attach(std::uint32_t nsp_id, double now) {
  Namespace& one = *namespaces_[nsp_id];
  if (now >= one.session.connect_after()) return apply(nsp_id, one.session.attach(now), now);
  one.retry_timer = timers_.set(one.session.connect_after(), SocketTimer::retry, nsp_id);
}

/// Begins an engine session, unless one is open or opening or an attempt is scheduled.
void SocketClient::open(double now) {
  if (suspended_ || engine_.state() != EngineState::closed || reconnect_timer_ != 0) return;
  apply(engine_.open(now), now);
  report_attempt();
}

void SocketClient::disconnect(std::uint32_t nsp_id, double now) {
  if (!has(nsp_id)) return;
  Namespace& one = *namespaces_[nsp_id];
  one.gave_up_offline = false;
  one.restores = false;
  one.session.forget();
  give_up(nsp_id, SocketStatus::closed, {ErrorCode::CLIENT_DISCONNECTED, {}}, now);
}

/// Gives up a namespace, and with the last one the connection.
void SocketClient::give_up(std::uint32_t nsp_id, SocketStatus status, Failure why, double now) {
  Namespace& one = *namespaces_[nsp_id];
  one.wanted = false;
  one.session.leave(now);
  timers_.cancel(one.retry_timer);
  forget_early(nsp_id);
  forget_assembled(nsp_id);
  outbox_.lost(nsp_id, now);
  if (!is_wanted()) {
    timers_.cancel(reconnect_timer_);
    apply(engine_.close(now), now);
  }
  set_status(nsp_id, status, std::move(why));
  report_attempt();
}

void SocketClient::handle(const TransportOpened& input, double now) {
  engine_.set_clock(input.wall, now);
  apply(engine_.transport_opened(input.connection, now), now);
}

void SocketClient::handle(const TransportClosed& input, double now) {
  apply(engine_.transport_closed(input.connection, input.detail, now), now);
}

void SocketClient::handle(const TransportPaused& input, double now) {
  apply(engine_.transport_paused(input.connection, now), now);
}

void SocketClient::handle(const PayloadRefused& input, double now) {
  if (input.connection == engine_.connection()) refuse({ErrorCode::SOCKET_BAD_PAYLOAD, input.detail}, now);
}

void SocketClient::handle(const AuthReady& input, double now) {
  const std::uint32_t nsp_id = asked_by(input.request);
  if (!has(nsp_id)) return engine_.release(input.payload);
  apply(nsp_id, namespaces_[nsp_id]->session.auth_ready(input.request, input.payload, now), now);
}

void SocketClient::handle(const AuthFailed& input, double now) {
  const std::uint32_t nsp_id = asked_by(input.request);
  if (!has(nsp_id)) return;
  apply(nsp_id, namespaces_[nsp_id]->session.auth_failed(input.request, input.detail, now, input.is_transient), now);
}

void SocketClient::handle(const ConnectError& input, double now) {
  if (!has(input.nsp_id)) return;
  forget_early(input.nsp_id);
  std::string why = input.message.empty() ? "the server refused the connection" : input.message;
  apply(input.nsp_id, namespaces_[input.nsp_id]->session.connect_error(std::move(why), now), now);
}

/// Returns the namespace whose session made this credentials request last, or the number of namespaces if there is
/// none.
std::uint32_t SocketClient::asked_by(std::uint32_t auth_request) const {
  std::uint32_t nsp_id = 0;
  while (nsp_id < namespaces_.size() && !(has(nsp_id) && namespaces_[nsp_id]->session.auth_request() == auth_request))
    ++nsp_id;
  return nsp_id;
}

void SocketClient::handle(const LifecycleChanged& input, double now) {
  switch (input.life) {
    case LifecycleEvent::online:
      return went_online(now);
    case LifecycleEvent::visible:
      hidden_ = suspended_ = false;
      timers_.cancel(hidden_timer_);
      return reconnect_now(now, kHangs);
    case LifecycleEvent::offline:
      offline_ = true;
      return apply(engine_.network_lost(now), now);
    case LifecycleEvent::hide:
      return suspend(now);
    case LifecycleEvent::show:
      suspended_ = false;
      return reconnect_now(now, kHangs);
    case LifecycleEvent::hidden:
      hidden_ = true;
      return watch_hidden(now);
  }
}

/// Over HTTP/1.1 a browser allows six connections per origin, for all pages together. A hidden page that polls frees
/// its connection for the others after a while.
void SocketClient::watch_hidden(double now) {
  if (!hidden_ || hidden_timer_ != 0 || options_.open_when_hidden || !engine_.holds_poll()) return;
  hidden_timer_ = timers_.set(now + kPollsHidden, SocketTimer::hidden);
}

/// Suspends a hidden page that polls. Unfinished emits postpone this.
void SocketClient::hidden_for_long(double now) {
  hidden_timer_ = 0;
  if (!engine_.holds_poll()) return;
  if (outbox_.size() > 0) return watch_hidden(now);
  suspend(now);
}

/// Attempts without a network do not count. A connection attempt that began without one will hardly succeed, so it
/// starts anew.
void SocketClient::went_online(double now) {
  offline_ = false;
  backoff_.reset();
  each([](std::uint32_t, Namespace& one) { one.backoff.reset(); });
  reconnect_now(now, 0);
  each([&](std::uint32_t nsp_id, Namespace& one) {
    if (one.gave_up_offline) connect(nsp_id, now);
  });
}

/// Makes the next attempt to connect at once, in place of an attempt that is at least `least_age` old. Also retries
/// `auth` at once if it failed.
void SocketClient::reconnect_now(double now, double least_age) {
  timers_.cancel(reconnect_timer_);
  if (!is_wanted()) return;
  if (engine_.connecting_longer_than(least_age, now)) engine_.close(now);
  open(now);
  each([&](std::uint32_t nsp_id, Namespace& one) {
    if (one.retry_timer != 0 && one.session.auth_failure().code != ErrorCode::OK) retry_now(nsp_id, now);
  });
}

/// Closes the connection of a page that is in the back/forward cache, or is hidden and polls. A server with connection
/// state recovery keeps the session.
void SocketClient::suspend(double now) {
  suspended_ = true;
  apply(engine_.close(now), now);
  timers_.cancel(reconnect_timer_);
  report_attempt();
}

void SocketClient::fire(SocketTimer kind, std::uint32_t subject, double late, double now) {
  switch (kind) {
    case SocketTimer::engine:
      return apply(engine_.deadline(late, now), now);
    case SocketTimer::upgrade:
      return apply(engine_.upgrade_deadline(now), now);
    case SocketTimer::connect:
      return apply(subject, namespaces_[subject]->session.deadline(now), now);
    case SocketTimer::hidden:
      return hidden_for_long(now);
    case SocketTimer::reconnect:
      reconnect_timer_ = 0;
      return open(now);
    case SocketTimer::retry: {
      namespaces_[subject]->retry_timer = 0;
      if (namespaces_[subject]->is_closing) return free_if_closed(subject, now);
      return retry_now(subject, now);
    }
    case SocketTimer::attachments:
      attachments_timer_ = 0;
      refuse({ErrorCode::SOCKET_BAD_ATTACHMENTS, "the attachments did not arrive in time"}, now);
      return;
    case SocketTimer::emit_expiry:
      return outbox_.expire(subject);
    case SocketTimer::emit_answer:
      if (!outbox_.answer_timed_out(subject)) return;
      return send(subject, *outbox_.find(subject), now);
    case SocketTimer::emit_ordered:
      outbox_.ordered_fired(subject);
      if (is_connected(subject)) send_waiting(subject, now);
      return;
  }
}

void SocketClient::apply(EngineSignal signal, double now) {
  if (signal == EngineSignal::closed) return lost(engine_.reason(), now);
  if (signal != EngineSignal::opened) return;
  watch_hidden(now);
  round_trips_.forget();
  each([&](std::uint32_t nsp_id, Namespace& one) {
    if (one.wanted) apply(nsp_id, one.session.attach(now), now);
  });
  report_attempt();
}

void SocketClient::apply(std::uint32_t nsp_id, NamespaceSignal signal, double now) {
  switch (signal) {
    case NamespaceSignal::none:
      return free_if_closed(nsp_id, now);
    case NamespaceSignal::connected:
      return;
    case NamespaceSignal::wait:
      forget_early(nsp_id);
      return retry_later(nsp_id, now, false);
    case NamespaceSignal::auth_unavailable:
      set_status(nsp_id, namespaces_[nsp_id]->was_connected ? SocketStatus::reconnecting : SocketStatus::connecting,
                 namespaces_[nsp_id]->session.auth_failure());
      return retry_later(nsp_id, now, true);
    case NamespaceSignal::rejected:
      return give_up(nsp_id, SocketStatus::rejected, namespaces_[nsp_id]->session.refusal(), now);
    case NamespaceSignal::disconnected:
      session_over(nsp_id, now);
      outbox_.lost(nsp_id, now);
      if (!options_.reconnect_after_server) {
        return give_up(nsp_id, SocketStatus::closed, {ErrorCode::SERVER_DISCONNECTED, {}}, now);
      }
      set_status(nsp_id, SocketStatus::reconnecting, {ErrorCode::SERVER_DISCONNECTED, {}});
      return retry_later(nsp_id, now, true);
    case NamespaceSignal::reattach:
      return attach(nsp_id, now);
    case NamespaceSignal::timed_out:
      refuse({ErrorCode::CONNECT_TIMEOUT, {}}, now);
      return;
  }
}

/// Handles the end of the engine session: resets its state, and schedules the next attempt if a namespace is wanted.
void SocketClient::lost(Failure why, double now) {
  assembly_.reset();
  held_offset_.reset();
  early_ = 0;
  timers_.cancel(attachments_timer_);
  timers_.cancel(reconnect_timer_);
  if (is_protocol_error(why.code)) effects_.push_back(ReportError{why.code, why.detail});
  each([&](std::uint32_t nsp_id, Namespace& one) {
    session_over(nsp_id, now);
    one.session.detach(now);
    timers_.cancel(one.retry_timer);
    forget_early(nsp_id);
    outbox_.lost(nsp_id, now);
    if (one.wanted) set_status(nsp_id, one.was_connected ? SocketStatus::reconnecting : SocketStatus::connecting, why);
    free_if_closed(nsp_id, now);
  });
  if (is_wanted() && !suspended_) schedule_reconnect(now);
}

/// Resets the backoff if the namespace's session was a success.
void SocketClient::session_over(std::uint32_t nsp_id, double now) {
  Namespace& one = *namespaces_[nsp_id];
  const bool is_success = one.served || (one.since > 0 && now - one.since >= kSuccess);
  one.served = false;
  one.since = 0;
  if (!is_success) return;
  one.backoff.reset();
  backoff_.reset();
}

void SocketClient::schedule_reconnect(double now) {
  if (options_.reconnection && !backoff_.exhausted(options_.reconnection_attempts)) {
    const double wait = backoff_.next(waits_, random_);
    reconnect_timer_ = timers_.set(now + wait, SocketTimer::reconnect);
    return report_attempt(wait);
  }
  each([&](std::uint32_t nsp_id, Namespace& one) {
    if (!one.wanted) return;
    one.gave_up_offline = offline_ && options_.reconnection && options_.reconnection_attempts >= 1;
    give_up(nsp_id, SocketStatus::closed, {ErrorCode::RECONNECT_FAILED, {}}, now);
  });
}

/// Schedules the next CONNECT of the namespace over the same connection. `counts`: whether this is a reconnection
/// attempt, which the options limit or disable.
void SocketClient::retry_later(std::uint32_t nsp_id, double now, bool counts) {
  Namespace& one = *namespaces_[nsp_id];
  if (counts && (!options_.reconnection || one.backoff.exhausted(options_.reconnection_attempts))) {
    return give_up(nsp_id, SocketStatus::closed, {ErrorCode::RECONNECT_FAILED, {}}, now);
  }
  timers_.cancel(one.retry_timer);
  const double wait = one.backoff.next(waits_, random_);
  one.retry_timer = timers_.set(now + wait, SocketTimer::retry, nsp_id);
  if (nsp_id == 0) report_attempt(wait);
}

void SocketClient::retry_now(std::uint32_t nsp_id, double now) {
  Namespace& one = *namespaces_[nsp_id];
  timers_.cancel(one.retry_timer);
  const bool waits = one.session.state() == NamespaceState::waiting;
  apply(nsp_id, waits ? one.session.retry(now) : one.session.attach(now), now);
  if (nsp_id == 0) report_attempt();
}

/// Reports the state of reconnection: of the connection, and of the main namespace's session if it is wanted. `wait`:
/// milliseconds until an attempt that was scheduled just now.
void SocketClient::report_attempt(double wait) {
  const Namespace& main = *namespaces_.front();
  if (wait == 0 && (reconnect_timer_ != 0 || main.retry_timer != 0)) return;
  const bool is_there = engine_.state() == EngineState::open && (!main.wanted || is_connected(0));
  const std::uint32_t attempt = is_there || !is_wanted() ? 0 : backoff_.attempts() + main.backoff.attempts();
  const AttemptChanged changed{attempt, static_cast<std::uint32_t>(std::min(std::ceil(wait), 4294967295.0))};
  if (changed.wait == 0 && changed.attempt == reported_.attempt && reported_.wait == 0) return;
  reported_ = changed;
  effects_.push_back(changed);
}

/// The server violated the protocol or did not answer CONNECT: closes the connection, and reconnects as after any loss.
/// After an invalid packet, sessions are not recovered: the server would send the same packet at each recovery. Events
/// since then count as missed.
Incoming SocketClient::refuse(Failure why, double now) {
  if (why.code >= ErrorCode::SOCKET_BAD_PACKET && is_protocol_error(why.code)) {
    each([](std::uint32_t, Namespace& one) { one.session.forget(); });
  }
  apply(engine_.refuse(std::move(why), now), now);
  return {};
}

/// Drops the events that arrived before CONNECT. The server will send them again, or they belong to another session.
void SocketClient::forget_early(std::uint32_t nsp_id) { effects_.push_back(EarlyFrames{nsp_id, 0, false}); }

/// Drops a binary packet that waits for attachments, because its session has ended.
void SocketClient::forget_assembled(std::uint32_t nsp_id) {
  if (assembled_.nsp_id != nsp_id) return;
  assembled_.kind = IncomingKind::nothing;
  held_offset_.reset();
}

void SocketClient::set_status(std::uint32_t nsp_id, SocketStatus status, Failure why, bool recovered) {
  effects_.push_back(StatusChanged{nsp_id, status, why.code, std::move(why.detail), recovered});
}

}  // namespace raclette
