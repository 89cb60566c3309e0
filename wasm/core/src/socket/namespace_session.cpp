#include "socket/namespace_session.h"

#include "base/text.h"
#include "protocol/socket_packet.h"

namespace raclette {
namespace {

constexpr TransitionTable kTransitions(namespace_transitions());

}  // namespace

NamespaceSignal NamespaceSession::step(NamespaceInput input, double now, Failure* refusal) {
  const NamespaceTransition& transition = kTransitions.of(state_, input);
  if (transition.next != state_) timers_.cancel(timer_);
  state_ = transition.next;
  using enum NamespaceAction;
  switch (transition.action) {
    case nothing:
      return NamespaceSignal::none;
    case ask_auth:
      return ask(now);
    case send_connect:
      send_credentials();
      asked_at_ = now;
      arm(now);
      return NamespaceSignal::none;
    case accept:
      clear_refusals();
      return NamespaceSignal::connected;
    case ask_again:
      note(*refusal);
      return ask(now);
    case back_off:
      note(*refusal);
      return NamespaceSignal::wait;
    case wait_for_auth:
      auth_failure_ = std::move(*refusal);
      return NamespaceSignal::auth_unavailable;
    case give_up:
      note(*refusal);
      forget();
      return NamespaceSignal::rejected;
    case end:
      send_disconnect(now);
      return NamespaceSignal::none;
    case end_and_rejoin:
      send_disconnect(now);
      return NamespaceSignal::reattach;
    case wait_for_answer:
      arm(now);
      return NamespaceSignal::none;
    case report_end:
      return NamespaceSignal::disconnected;
    case report_timeout:
      return NamespaceSignal::timed_out;
  }
  return NamespaceSignal::none;
}

NamespaceSignal NamespaceSession::ask(double now) {
  auth_request_ = ++auth_requests_;
  effects_.push_back(AskAuth{auth_request_, nsp_id_, refusal_.detail, auth_timed_out_});
  auth_timed_out_ = false;
  auth_failure_ = {};
  arm(now);
  return NamespaceSignal::none;
}

void NamespaceSession::note(Failure& refusal) {
  refusal_ = std::move(refusal);
  ++refusals_;
}

NamespaceSignal NamespaceSession::auth_ready(std::uint32_t request, ValueHandle payload, double now) {
  NamespaceSignal signal = NamespaceSignal::none;
  if (request == auth_request_) {
    credentials_ = payload;
    signal = step(NamespaceInput::auth_ready, now);
    credentials_ = 0;
  }
  engine_.release(payload);
  return signal;
}

NamespaceSignal NamespaceSession::auth_failed(std::uint32_t request, std::string detail, double now,
                                              bool is_transient) {
  if (request != auth_request_) return NamespaceSignal::none;
  Failure why{ErrorCode::AUTH_FAILED, std::move(detail)};
  return is_transient ? step(NamespaceInput::auth_unavailable, now, &why) : refused(std::move(why), now);
}

NamespaceSignal NamespaceSession::deadline(double now) {
  auth_timed_out_ = state_ == NamespaceState::authenticating;
  Failure why{ErrorCode::AUTH_FAILED, "no answer within `socket.timeout`"};
  return step(NamespaceInput::deadline, now, &why);
}

NamespaceSignal NamespaceSession::connect_error(std::string reason, double now) {
  return refused({ErrorCode::CONNECT_REJECTED, std::move(reason)}, now);
}

NamespaceSignal NamespaceSession::refused(Failure refusal, double now) {
  NamespaceInput input = refusals_ == 0 ? NamespaceInput::refused : NamespaceInput::refused_again;
  if (refusals_ + 1 >= options_.auth_attempts) input = NamespaceInput::refused_last;
  return step(input, now, &refusal);
}

void NamespaceSession::restart(double now) {
  clear_refusals();
  step(NamespaceInput::restart, now);
}

void NamespaceSession::clear_refusals() {
  refusals_ = 0;
  refusal_ = {};
}

void NamespaceSession::forget() {
  pid_.clear();
  offsets_.forget();
}

/// The credentials' text begins after its opening brace, so `pid` and `offset` can precede it.
void NamespaceSession::send_credentials() {
  std::string head = encode_socket_head(SocketPacketType::connect, nsp_, 0, kNoAck);
  const bool recovers = !pid_.empty() && !offsets_.last().empty();
  if (recovers || credentials_ != 0) head.push_back('{');
  if (recovers) {
    append_json_string(head.append("\"pid\":"), pid_);
    append_json_string(head.append(",\"offset\":"), offsets_.last());
    head.push_back(credentials_ == 0 ? '}' : ',');
  }
  engine_.send(std::move(head), credentials_);
}

void NamespaceSession::send_disconnect(double now) {
  connect_after_ = now + kReconnectPause;
  engine_.send(encode_socket_head(SocketPacketType::disconnect, nsp_, 0, kNoAck), 0);
}

NamespaceSignal NamespaceSession::connect_packet(const std::string_view& pid, double now) {
  if (state_ == NamespaceState::connecting) {
    recovered_ = !pid.empty() && pid == pid_;
    if (recovered_) offsets_.prove();
    if (!recovered_) forget();
    pid_ = std::string(pid);
  }
  return step(NamespaceInput::connect, now);
}

void NamespaceSession::arm(double now) {
  timers_.cancel(timer_);
  timer_ = timers_.set(now + options_.timeout, SocketTimer::connect, nsp_id_);
}

}  // namespace raclette
