#include "socket/upgrade.h"

#include "protocol/engine_packet.h"

namespace raclette {
namespace {

constexpr TransitionTable kTransitions(upgrade_transitions());

}  // namespace

void Upgrade::start(ConnectionId current, ConnectionId next, std::string url, double now) {
  current_ = current;
  next_ = next;
  url_ = std::move(url);
  step(UpgradeInput::start, now);
}

UpgradeSignal Upgrade::step(UpgradeInput input, double now) {
  const UpgradeTransition& transition = kTransitions.of(state_, input);
  state_ = transition.next;
  using enum UpgradeAction;
  switch (transition.action) {
    case nothing:
      return UpgradeSignal::none;
    case ask_transport:
      timer_ = timers_.set(now + options_.timeout, SocketTimer::upgrade);
      effects_.push_back(OpenTransport{next_, TransportKind::websocket, url_});
      return UpgradeSignal::none;
    case probe:
      effects_.push_back(SendPacket{next_, encode_engine_packet(EnginePacketType::ping, "probe"), 0});
      return UpgradeSignal::none;
    case pause:
      effects_.push_back(PauseTransport{current_});
      return UpgradeSignal::none;
    case take_over:
      timers_.cancel(timer_);
      return UpgradeSignal::switched;
    case drop:
    case drop_and_fail:
      effects_.push_back(CloseTransport{next_});
      [[fallthrough]];
    case give_up:
    case fail:
      end();
      return transition.action == fail || transition.action == drop_and_fail ? UpgradeSignal::broken
                                                                             : UpgradeSignal::none;
  }
  return UpgradeSignal::none;
}

void Upgrade::end() {
  timers_.cancel(timer_);
  next_ = 0;
}

}  // namespace raclette
