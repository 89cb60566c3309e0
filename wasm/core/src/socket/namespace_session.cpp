#include "socket/namespace_session.h"

#include "base/text.h"
#include "protocol/socket_packet.h"

namespace raclette {
namespace {

enum class Action : std::uint8_t { none, ask_auth, send_connect, welcome, count_refusal, leave, report_late, stop };

struct Transition {
  NamespaceState next;
  Action action = Action::none;
};

using enum NamespaceState;
using enum Action;

// Rows: states. Columns, as in NamespaceInput: attach, detach, auth_ready, refused, connect, disconnect, deadline,
// retry. `count_refusal` goes on to authenticating, waiting or rejected by the number of refusals.
constexpr Transition kTable[kNamespaceStates][kNamespaceInputs] = {
    // detached
    {{authenticating, ask_auth}, {detached}, {detached}, {detached}, {detached}, {detached}, {detached}, {detached}},
    // authenticating
    {{authenticating},
     {detached, stop},
     {connecting, send_connect},
     {authenticating, count_refusal},
     {authenticating},
     {detached, leave},
     {authenticating},
     {authenticating}},
    // connecting
    {{connecting},
     {detached, stop},
     {connecting},
     {authenticating, count_refusal},
     {connected, welcome},
     {detached, leave},
     {detached, report_late},
     {connecting}},
    // connected
    {{connected}, {detached, stop}, {connected}, {connected}, {connected}, {detached, leave}, {connected}, {connected}},
    // waiting
    {{waiting}, {detached, stop}, {waiting}, {waiting}, {waiting}, {waiting}, {waiting}, {authenticating, ask_auth}},
    // rejected: left by forgive() alone
    {{rejected}, {rejected}, {rejected}, {rejected}, {rejected}, {rejected}, {rejected}, {rejected}},
};

}  // namespace

NamespaceSignal NamespaceSession::step(NamespaceInput input, double now, Failure refusal) {
  const Transition& transition = kTable[static_cast<std::size_t>(state_)][static_cast<std::size_t>(input)];
  state_ = transition.next;
  switch (transition.action) {
    case none:
      return NamespaceSignal::none;
    case ask_auth:
      return ask();
    case send_connect:
      send_credentials();
      arm(now);
      return NamespaceSignal::none;
    case welcome:
      timers_.cancel(timer_);
      forgive();
      return NamespaceSignal::connected;
    case count_refusal:
      return refused(std::move(refusal));
    case leave:
      timers_.cancel(timer_);
      return NamespaceSignal::disconnected;
    case report_late:
      return NamespaceSignal::late;
    case stop:
      timers_.cancel(timer_);
      return NamespaceSignal::none;
  }
  return NamespaceSignal::none;
}

NamespaceSignal NamespaceSession::ask() {
  auth_request_ += auth_request_ == 0 ? kMostSpaces + space_ : kMostSpaces;
  effects_.push_back(AskAuth{auth_request_, space_, refusal_.detail});
  return NamespaceSignal::none;
}

/// The first refusal is answered at once with fresh credentials (a token may just have expired); the next ones wait.
NamespaceSignal NamespaceSession::refused(Failure refusal) {
  refusal_ = std::move(refusal);
  timers_.cancel(timer_);
  ++refusals_;
  if (refusals_ >= options_.auth_attempts) {
    state_ = rejected;
    forget();
    return NamespaceSignal::rejected;
  }
  if (refusals_ == 1) return ask();
  state_ = waiting;
  return NamespaceSignal::wait;
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

NamespaceSignal NamespaceSession::auth_failed(std::uint32_t request, std::string detail, double now) {
  if (request != auth_request_) return NamespaceSignal::none;
  return step(NamespaceInput::refused, now, {ErrorCode::AUTH_FAILED, std::move(detail)});
}

NamespaceSignal NamespaceSession::connect_error(std::string reason, double now) {
  return step(NamespaceInput::refused, now, {ErrorCode::CONNECT_REJECTED, std::move(reason)});
}

NamespaceSignal NamespaceSession::deadline(double now) {
  timers_.cancel(timer_);
  return step(NamespaceInput::deadline, now);
}

void NamespaceSession::forgive() {
  refusals_ = 0;
  refusal_ = {};
  if (state_ == rejected) state_ = detached;
}

void NamespaceSession::forget() {
  pid_.clear();
  offset_.clear();
}

/// The credentials' text begins behind its opening brace, so that pid and offset can stand before it.
void NamespaceSession::send_credentials() {
  std::string head = encode_socket_head(SocketPacketType::connect, nsp_, 0, kNoAck);
  const bool recovers = !pid_.empty() && !offset_.empty();
  if (recovers || credentials_ != 0) head.push_back('{');
  if (recovers) {
    append_json_string(head.append("\"pid\":"), pid_);
    append_json_string(head.append(",\"offset\":"), offset_);
    head.push_back(credentials_ == 0 ? '}' : ',');
  }
  engine_.send(std::move(head), credentials_);
}

NamespaceSignal NamespaceSession::connect_packet(const std::string_view& pid, double now) {
  if (state_ == connecting) {
    recovered_ = !pid.empty() && pid == pid_;
    if (!recovered_) forget();
    pid_ = std::string(pid);
  }
  return step(NamespaceInput::connect, now);
}

void NamespaceSession::arm(double now) {
  timers_.cancel(timer_);
  timer_ = timers_.set(now + options_.timeout, {TimerKind::connect, space_});
}

}  // namespace raclette
