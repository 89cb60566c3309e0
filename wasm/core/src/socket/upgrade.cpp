#include "socket/upgrade.h"

#include "protocol/engine_packet.h"

namespace raclette {
namespace {

enum class Action : std::uint8_t { stay, ask_transport, probe, pause, take_over, give_up, drop, fail, drop_and_fail };

struct Transition {
  UpgradeState next;
  Action action = Action::stay;
};

using enum UpgradeState;
using enum Action;

// Rows: states. Columns, as in UpgradeInput: start, up, down, answer, other_packet, paused, deadline, stop.
constexpr Transition kTable[kUpgradeStates][kUpgradeInputs] = {
    // none
    {{opening, ask_transport}, {none}, {none}, {none}, {none}, {none}, {none}, {none}},
    // opening: nothing can have been said yet
    {{opening}, {probing, probe}, {none, give_up}, {none, drop}, {none, drop}, {opening}, {none, drop}, {none, drop}},
    // probing
    {{probing}, {probing}, {none, give_up}, {pausing, pause}, {none, drop}, {probing}, {none, drop}, {none, drop}},
    // pausing
    {{pausing},
     {pausing},
     {none, fail},
     {pausing},
     {none, drop_and_fail},
     {none, take_over},
     {none, drop_and_fail},
     {none, drop}},
};

}  // namespace

void Upgrade::start(ConnectionId current, ConnectionId next, std::string url, double now) {
  current_ = current;
  next_ = next;
  url_ = std::move(url);
  step(UpgradeInput::start, now);
}

UpgradeSignal Upgrade::step(UpgradeInput input, double now) {
  const Transition& transition = kTable[static_cast<std::size_t>(state_)][static_cast<std::size_t>(input)];
  state_ = transition.next;
  switch (transition.action) {
    case stay:
      return UpgradeSignal::none;
    case ask_transport:
      timer_ = timers_.set(now + options_.timeout, SocketTimer::upgrade);
      effects_.push_back(OpenTransport{next_, TransportKind::websocket, url_});
      return UpgradeSignal::none;
    case probe:
      effects_.push_back(SendPacket{next_, std::string(1, engine_digit(EnginePacketType::ping)) + "probe", 0});
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
