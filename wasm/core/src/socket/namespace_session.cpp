#include "socket/namespace_session.h"

#include "base/text.h"
#include "protocol/socket_packet.h"

namespace raclette {
namespace {

enum class Action : std::uint8_t {
  none,
  ask_auth,
  send_connect,
  welcome,
  count_refusal,
  leave,
  end_it,
  end_and_return,
  wait_for_answer,
  report_late
};

struct Transition {
  NamespaceState next;
  Action action = Action::none;
};

using enum NamespaceState;
using enum Action;

// Rows: states. Columns, as in NamespaceInput: attach, detach, part, auth_ready, refused, connect, disconnect,
// deadline, retry. `count_refusal` goes on to authenticating, waiting or rejected by the number of refusals.
constexpr Transition kTable[kNamespaceStates][kNamespaceInputs] = {
    // detached
    {{authenticating, ask_auth},
     {detached},
     {detached},
     {detached},
     {detached},
     {detached},
     {detached},
     {detached},
     {detached}},
    // authenticating
    {{authenticating},
     {detached},
     {detached},
     {connecting, send_connect},
     {authenticating, count_refusal},
     {authenticating},
     {detached, leave},
     {authenticating},
     {authenticating}},
    // connecting
    {{connecting},
     {detached},
     {parting},
     {connecting},
     {authenticating, count_refusal},
     {connected, welcome},
     {detached, leave},
     {detached, report_late},
     {connecting}},
    // connected
    {{connected},
     {detached},
     {detached, end_it},
     {connected},
     {connected},
     {connected},
     {detached, leave},
     {connected},
     {connected}},
    // waiting
    {{waiting},
     {detached},
     {detached},
     {waiting},
     {waiting},
     {waiting},
     {waiting},
     {waiting},
     {authenticating, ask_auth}},
    // parting: whatever the server answers, it is the end
    {{returning, wait_for_answer},
     {detached},
     {parting},
     {parting},
     {detached},
     {detached, end_it},
     {detached},
     {parting},
     {parting}},
    // returning: whatever the server answers, the next one begins
    {{returning},
     {detached},
     {parting},
     {returning},
     {authenticating, ask_auth},
     {detached, end_and_return},
     {authenticating, ask_auth},
     {detached, report_late},
     {returning}},
    // rejected: left by forgive() alone
    {{rejected}, {rejected}, {rejected}, {rejected}, {rejected}, {rejected}, {rejected}, {rejected}, {rejected}},
};

}  // namespace

NamespaceSignal NamespaceSession::step(NamespaceInput input, double now, Failure refusal) {
  const Transition& transition = kTable[static_cast<std::size_t>(state_)][static_cast<std::size_t>(input)];
  if (transition.next != state_) timers_.cancel(timer_);
  state_ = transition.next;
  switch (transition.action) {
    case none:
      return NamespaceSignal::none;
    case end_and_return:
      send_disconnect(now);
      return NamespaceSignal::again;
    case ask_auth:
      return ask();
    case send_connect:
      send_credentials();
      arm(now);
      return NamespaceSignal::none;
    case welcome:
      forgive();
      return NamespaceSignal::connected;
    case count_refusal:
      return refused(std::move(refusal));
    case leave:
      return NamespaceSignal::disconnected;
    case end_it:
      send_disconnect(now);
      return NamespaceSignal::none;
    case wait_for_answer:
      arm(now);
      return NamespaceSignal::none;
    case report_late:
      return NamespaceSignal::late;
  }
  return NamespaceSignal::none;
}

NamespaceSignal NamespaceSession::ask() {
  auth_request_ = ++auth_requests_;
  effects_.push_back(AskAuth{auth_request_, space_, refusal_.detail});
  return NamespaceSignal::none;
}

/// The first refusal is answered at once with fresh credentials (a token may just have expired); the next ones wait.
NamespaceSignal NamespaceSession::refused(Failure refusal) {
  refusal_ = std::move(refusal);
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

void NamespaceSession::send_disconnect(double now) {
  quiet_until_ = now + kQuiet;
  engine_.send(encode_socket_head(SocketPacketType::disconnect, nsp_, 0, kNoAck), 0);
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
  timer_ = timers_.set(now + options_.timeout, SocketTimer::connect, space_);
}

}  // namespace raclette
