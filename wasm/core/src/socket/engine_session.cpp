#include "socket/engine_session.h"

#include <algorithm>

#include "base/text.h"

namespace raclette {
namespace {

/// A deadline that fires later than this, in milliseconds, was delayed by sleep: the server is not at fault.
constexpr double kLate = 1000;
/// How long after sleep frames that arrived during it may take to be read, in milliseconds.
constexpr double kGrace = 2000;

constexpr TransitionTable kTransitions(engine_transitions());

EngineInput input_of(EnginePacketType type) {
  switch (type) {
    case EnginePacketType::open:
      return EngineInput::handshake;
    case EnginePacketType::close:
      return EngineInput::close_packet;
    case EnginePacketType::ping:
      return EngineInput::ping;
    case EnginePacketType::message:
      return EngineInput::message;
    case EnginePacketType::pong:
    case EnginePacketType::upgrade:
    case EnginePacketType::noop:
      break;
  }
  return EngineInput::idle_packet;
}

/// Names of the reasons that need no detail: the codes of the transition table. (`error_name` would bring the names of
/// all codes into the module.)
struct Reason {
  ErrorCode code;
  std::string_view name;
};
constexpr Reason kReasons[] = {
    {ErrorCode::ENGINE_BAD_PACKET, "ENGINE_BAD_PACKET"}, {ErrorCode::TRANSPORT_FAILED, "TRANSPORT_FAILED"},
    {ErrorCode::TRANSPORT_CLOSED, "TRANSPORT_CLOSED"},   {ErrorCode::CONNECT_TIMEOUT, "CONNECT_TIMEOUT"},
    {ErrorCode::PING_TIMEOUT, "PING_TIMEOUT"},           {ErrorCode::CLIENT_DISCONNECTED, "CLIENT_DISCONNECTED"},
    {ErrorCode::SERVER_CLOSED, "SERVER_CLOSED"},
};

constexpr std::string_view name_of(ErrorCode code) {
  for (const Reason& reason : kReasons) {
    if (reason.code == code) return reason.name;
  }
  return {};
}

constexpr bool are_named(const auto& transitions) {
  for (const auto& row : transitions) {
    if (row.to.reason != ErrorCode::OK && name_of(row.to.reason).empty()) return false;
  }
  return true;
}
static_assert(are_named(engine_transitions()));

std::string_view name_of(TransportKind kind) { return kind == TransportKind::websocket ? "websocket" : "polling"; }

}  // namespace

EngineSignal EngineSession::step(EngineInput input, double now, Failure* why) {
  const EngineState from = state_;
  const EngineTransition& transition = kTransitions.of(from, input);
  state_ = transition.next;
  using enum EngineAction;
  switch (transition.action) {
    case nothing:
      return EngineSignal::none;
    case ask_transport:
      list_candidates();
      [[fallthrough]];
    case ask_next_transport:
      begin(now);
      return EngineSignal::none;
    case begin_session:
      start(now);
      return EngineSignal::opened;
    case answer_ping:
      send_digit(EnginePacketType::pong);
      in_grace_ = false;
      arm(now + ping_window_);
      return EngineSignal::none;
    case deliver:
      served_ = delivers_ = true;
      if (polls()) polling_useless_ = false;
      return EngineSignal::message;
    case extend_deadline:
      in_grace_ = true;
      delivers_ = false;
      arm(now + std::min(kGrace, ping_window_));
      return EngineSignal::none;
    case send_close:
      send_digit(EnginePacketType::close);
      [[fallthrough]];
    case close:
    case close_or_next:
      effects_.push_back(CloseTransport{connection_});
      [[fallthrough]];
    case end:
    case end_or_next:
      return lost(from, transition, why == nullptr ? Failure{} : std::move(*why), now);
  }
  return EngineSignal::none;
}

/// Lists the transports to try, in order. Polling comes first if WebSocket failed and polling worked last time.
/// WebSocket comes first after a successful upgrade (with `rememberUpgrade`), and if the last polling session ended
/// before it brought a message, as it does behind load balancers without sticky sessions.
void EngineSession::list_candidates() {
  candidate_ = 0;
  failures_.clear();
  protocol_error_ = ErrorCode::OK;
  const bool begins_with_websocket = polling_useless_ || (options_.remember_upgrade && upgraded_);
  const TransportKind first = begins_with_websocket ? TransportKind::websocket : TransportKind::polling;
  const bool has_first = (begins_with_websocket || websocket_failed_) && may_use(first);
  candidates_.clear();
  if (has_first) candidates_.push_back(first);
  for (const TransportKind kind : options_.transports) {
    if (!has_first || kind != first) candidates_.push_back(kind);
  }
}

void EngineSession::begin(double now) {
  connection_ = ++last_connection_;
  handshake_ = {};
  ping_window_ = 0;
  in_grace_ = false;
  began_ = now;
  arm(now + options_.timeout);
  effects_.push_back(OpenTransport{connection_, candidates_[candidate_], url(candidates_[candidate_])});
}

/// Handles the loss of the transport. A transport that could not be opened is no failure while there is another to try.
EngineSignal EngineSession::lost(EngineState from, const EngineTransition& how, Failure why, double now) {
  if (why.code == ErrorCode::OK) why.code = how.reason;
  const bool may_go_on = how.action == EngineAction::end_or_next || how.action == EngineAction::close_or_next;
  if (may_go_on && candidate_ + 1 < candidates_.size()) {
    note_failure(why);
    failures_.append("; ");
    if (protocol_error_ == ErrorCode::OK && is_protocol_error(why.code)) protocol_error_ = why.code;
    ++candidate_;
    return step(EngineInput::next_transport, now);
  }
  if (from == EngineState::open && polls() && !served_) polling_useless_ = true;
  return end(std::move(why));
}

void EngineSession::start(double now) {
  arm(now + ping_window_);
  served_ = delivers_ = took_over_ = false;
  websocket_failed_ = polls() && candidate_ > 0 ? true : websocket_failed_ && polls();
  if (!polls()) return;
  effects_.push_back(IdentifyTransport{connection_, url(TransportKind::polling), handshake_.max_payload});
  if (may_upgrade()) upgrade_.start(connection_, ++last_connection_, url(TransportKind::websocket), now);
}

bool EngineSession::polls() const { return candidates_[candidate_] == TransportKind::polling; }

bool EngineSession::may_use(TransportKind kind) const {
  const auto& kinds = options_.transports;
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool EngineSession::may_upgrade() const {
  return options_.upgrade && handshake_.can_upgrade && may_use(TransportKind::websocket);
}

/// Switches to the second transport. It first sends the packets that the upgrade held back.
void EngineSession::take_over() {
  effects_.push_back(CloseTransport{connection_});
  connection_ = upgrade_.next();
  upgrade_.release();
  websocket_failed_ = false;
  upgraded_ = took_over_ = served_ = true;
  effects_.push_back(SendPacket{connection_, encode_engine_packet(EnginePacketType::upgrade), 0});
  for (Effect& held : held_) {
    if (SendPacket* const packet = std::get_if<SendPacket>(&held)) packet->connection = connection_;
    effects_.push_back(std::move(held));
  }
  held_.clear();
}

/// Adds this transport's failure to the message for the case that all of them fail.
void EngineSession::note_failure(const Failure& why) {
  failures_.append(name_of(candidates_[candidate_])).append(": ");
  failures_.append(why.detail.empty() ? name_of(why.code) : why.detail);
}

EngineSignal EngineSession::end(Failure why) {
  timers_.cancel(timer_);
  upgrade_.step(UpgradeInput::stop, 0);
  for (Effect& held : held_) {
    if (std::holds_alternative<ReleasePayload>(held)) effects_.push_back(std::move(held));
  }
  held_.clear();
  if (!failures_.empty()) {
    note_failure(why);
    why.detail = std::move(failures_);
    failures_.clear();
    // A peer that is no server is a better reason than no answer at all.
    if (protocol_error_ != ErrorCode::OK && why.code != ErrorCode::CLIENT_DISCONNECTED) why.code = protocol_error_;
  }
  reason_ = std::move(why);
  return EngineSignal::closed;
}

EngineSignal EngineSession::apply(UpgradeSignal signal, double now) {
  if (signal == UpgradeSignal::switched) take_over();
  if (signal == UpgradeSignal::broken) {
    return refuse({ErrorCode::TRANSPORT_CLOSED, "the connection was lost during the upgrade"}, now);
  }
  return EngineSignal::none;
}

EngineSignal EngineSession::open(double now) { return step(EngineInput::start, now); }

void EngineSession::set_clock(double wall, double now) {
  last_frame_at_ = now;
  if (wall > 0) clock_ = wall - now;
}

EngineSignal EngineSession::transport_opened(ConnectionId connection, double now) {
  if (connection == connection_) return step(EngineInput::transport_opened, now);
  return connection == probe() ? apply(upgrade_.step(UpgradeInput::up, now), now) : EngineSignal::none;
}

EngineSignal EngineSession::transport_closed(ConnectionId connection, const std::string_view& detail, double now) {
  if (connection == connection_) {
    Failure why{ErrorCode::OK, std::string(detail)};
    return step(EngineInput::transport_closed, now, &why);
  }
  return connection == probe() ? apply(upgrade_.step(UpgradeInput::down, now), now) : EngineSignal::none;
}

EngineSignal EngineSession::transport_paused(ConnectionId connection, double now) {
  return connection == connection_ ? apply(upgrade_.step(UpgradeInput::paused, now), now) : EngineSignal::none;
}

EngineSignal EngineSession::packet(const EnginePacket& packet, double now) {
  const EngineInput input = input_of(packet.type);
  if (input == EngineInput::handshake && state_ == EngineState::handshaking) {
    auto handshake = decode_handshake(packet.data);
    if (!handshake.ok()) return refuse(handshake.failure(), now);
    handshake_ = std::move(handshake.value());
    ping_window_ = handshake_.ping_interval + handshake_.ping_timeout;
  }
  return step(input, now);
}

EngineSignal EngineSession::probe_frame(const std::u16string_view& frame, double now) {
  const auto packet = decode_engine_packet(frame);
  const bool answers = packet.ok() && packet.value().type == EnginePacketType::pong && packet.value().data == u"probe";
  return apply(upgrade_.step(answers ? UpgradeInput::answer : UpgradeInput::other_packet, now), now);
}

EngineSignal EngineSession::refuse(Failure why, double now) { return step(EngineInput::refused, now, &why); }

EngineSignal EngineSession::deadline(double late, double now) {
  timers_.cancel(timer_);
  return step(late > kLate && !in_grace_ ? EngineInput::late_deadline : EngineInput::deadline, now);
}

EngineSignal EngineSession::upgrade_deadline(double now) {
  return apply(upgrade_.step(UpgradeInput::deadline, now), now);
}

EngineSignal EngineSession::close(double now) { return step(EngineInput::stop, now); }

bool EngineSession::has_ping_expired(double wall, double now) {
  if (state_ != EngineState::open) return false;
  // The monotonic clock may stop while the machine sleeps.
  const double slept = wall == 0 || clock_ == 0 ? 0 : std::max(wall - now - clock_, 0.0);
  if (!in_grace_ && now + slept > deadline_) {
    clock_ += slept;
    step(EngineInput::late_deadline, now);
  }
  return in_grace_;
}

bool EngineSession::frame_received(double wall, double now) {
  set_clock(wall, now);
  if (!in_grace_) return false;
  in_grace_ = false;
  arm(now + ping_window_);
  return true;
}

EngineSignal EngineSession::network_lost(double now) {
  Failure why{ErrorCode::TRANSPORT_CLOSED, "the network is offline"};
  return step(EngineInput::network_lost, now, &why);
}

/// The queue for packets. While an upgrade switches transports, packets wait, so that they stay in order.
Effects& EngineSession::outgoing() { return upgrade_.state() == UpgradeState::pausing ? held_ : effects_; }

void EngineSession::send(std::string head, ValueHandle payload) {
  outgoing().push_back(SendPacket{connection_, std::move(head), payload});
}

void EngineSession::release(ValueHandle payload) {
  if (payload != 0) outgoing().push_back(ReleasePayload{payload});
}

void EngineSession::send_digit(EnginePacketType type) { send(encode_engine_packet(type), 0); }

void EngineSession::arm(double deadline) {
  timers_.cancel(timer_);
  deadline_ = deadline;
  timer_ = timers_.set(deadline, SocketTimer::engine);
}

std::string EngineSession::url(TransportKind kind) const {
  const bool secure = options_.origin.starts_with("https:");
  const bool is_websocket = kind == TransportKind::websocket;
  std::string url = is_websocket ? (secure ? "wss" : "ws") : (secure ? "https" : "http");
  url.append(std::string_view(options_.origin).substr(secure ? 5 : 4));
  url.append(options_.path).append("?EIO=4&transport=").append(name_of(kind));
  if (!handshake_.sid.empty()) append_percent_encoded(url.append("&sid="), handshake_.sid);
  url.append(options_.query);
  return url;
}

}  // namespace raclette
