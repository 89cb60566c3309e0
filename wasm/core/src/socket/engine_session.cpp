#include "socket/engine_session.h"

namespace raclette {
namespace {

enum class Action : std::uint8_t {
  none,
  ask_transport,
  start,
  answer_ping,
  deliver,
  lose,   // the transport is gone already
  drop,   // close the transport
  leave,  // tell the server, then close the transport
};

struct Transition {
  EngineState next;
  Action action = Action::none;
  /// Why the session ends, unless the input brings a better reason.
  ErrorCode reason = ErrorCode::OK;
};

using enum EngineState;
using enum Action;
using enum ErrorCode;

constexpr Transition kStay{closed};
constexpr Transition kOutOfOrder{closed, drop, ENGINE_BAD_PACKET};
constexpr Transition kRefused{closed, drop, ENGINE_BAD_PACKET};
constexpr Transition kLost{closed, lose, TRANSPORT_CLOSED};

// Rows: states. Columns, as in EngineInput: open, transport_up, transport_down, handshake, close_packet, ping,
// message, idle_packet, bad_packet, deadline, close.
constexpr Transition kTable[kEngineStates][kEngineInputs] = {
    // closed: only a wish to open matters; what is late from an earlier session is ignored
    {{opening, ask_transport}, kStay, kStay, kStay, kStay, kStay, kStay, kStay, kStay, kStay, kStay},
    // opening: nothing can be said yet
    {{opening},
     {handshaking},
     {closed, lose, TRANSPORT_FAILED},
     kOutOfOrder,
     kOutOfOrder,
     kOutOfOrder,
     kOutOfOrder,
     kOutOfOrder,
     kRefused,
     {closed, drop, CONNECT_TIMEOUT},
     {closed, drop, CLIENT_DISCONNECTED}},
    // handshaking: the open packet comes first
    {{handshaking},
     {handshaking},
     kLost,
     {open, start},
     {closed, drop, SERVER_CLOSED},
     kOutOfOrder,
     kOutOfOrder,
     {handshaking},
     kRefused,
     {closed, drop, CONNECT_TIMEOUT},
     {closed, drop, CLIENT_DISCONNECTED}},
    // open
    {{open},
     {open},
     kLost,
     kOutOfOrder,
     {closed, drop, SERVER_CLOSED},
     {open, answer_ping},
     {open, deliver},
     {open},
     kRefused,
     {closed, drop, PING_TIMEOUT},
     {closed, leave, CLIENT_DISCONNECTED}},
};

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

}  // namespace

EngineSignal EngineSession::step(EngineInput input, double now, Failure why) {
  const Transition& transition = kTable[static_cast<std::size_t>(state_)][static_cast<std::size_t>(input)];
  state_ = transition.next;
  if (why.code == OK) why.code = transition.reason;
  switch (transition.action) {
    case none:
      return EngineSignal::none;
    case ask_transport:
      return begin(now);
    case start:
      arm(now + patience_);
      return EngineSignal::opened;
    case answer_ping:
      send(EnginePacketType::pong);
      arm(now + patience_);
      return EngineSignal::none;
    case deliver:
      return EngineSignal::message;
    case leave:
      send(EnginePacketType::close);
      [[fallthrough]];
    case drop:
      effects_.push_back(CloseTransport{connection_});
      [[fallthrough]];
    case lose:
      return end(std::move(why));
  }
  return EngineSignal::none;
}

EngineSignal EngineSession::begin(double now) {
  ++connection_;
  patience_ = 0;
  arm(now + options_.timeout);
  effects_.push_back(OpenTransport{connection_, url()});
  return EngineSignal::none;
}

EngineSignal EngineSession::end(Failure why) {
  timers_.cancel(timer_);
  reason_ = std::move(why);
  return EngineSignal::closed;
}

EngineSignal EngineSession::open(double now) { return step(EngineInput::open, now); }
EngineSignal EngineSession::transport_up(double now) { return step(EngineInput::transport_up, now); }

EngineSignal EngineSession::transport_down(std::string_view detail, double now) {
  return step(EngineInput::transport_down, now, {OK, std::string(detail)});
}

EngineSignal EngineSession::packet(const EnginePacket& packet, double now) {
  const EngineInput input = input_of(packet.type);
  if (input == EngineInput::handshake && state_ == handshaking) {
    auto handshake = decode_handshake(packet.data);
    if (!handshake.ok()) return refuse(handshake.failure(), now);
    patience_ = handshake.value().ping_interval + handshake.value().ping_timeout;
  }
  return step(input, now);
}

EngineSignal EngineSession::refuse(Failure why, double now) {
  return step(EngineInput::bad_packet, now, std::move(why));
}

EngineSignal EngineSession::deadline(double now) {
  timers_.cancel(timer_);
  return step(EngineInput::deadline, now);
}

EngineSignal EngineSession::close(double now) { return step(EngineInput::close, now); }

void EngineSession::send(EnginePacketType type) {
  effects_.push_back(SendPacket{connection_, std::string(1, engine_digit(type)), 0});
}

void EngineSession::arm(double deadline) {
  timers_.cancel(timer_);
  timer_ = timers_.set(deadline, {TimerKind::engine, 0});
}

std::string EngineSession::url() const {
  const bool secure = options_.origin.starts_with("https:");
  std::string url = secure ? "wss" : "ws";
  url.append(options_.origin, secure ? 5 : 4);
  url.append(options_.path);
  url.append("?EIO=4&transport=websocket");
  url.append(options_.query);
  return url;
}

}  // namespace raclette
