// From polling to WebSocket without losing a packet: a second transport is opened beside the first and probed; when
// the server answers the probe, the first one is paused (what is on its way still arrives), and only then the second
// takes over.
//
//   none ──start──▶ opening ──up──▶ probing ──3probe──▶ pausing ──paused──▶ none, switched
//
// Until `pausing` a failure costs nothing: the session goes on as it is. From there on the first transport takes no
// more packets, so a failure ends the session.
// What happens in which state stands in one table (upgrade_transitions.h).
// Source: Engine.IO protocol v4, "Upgrade".
#pragma once

#include <cstdint>
#include <string>

#include "base/timers.h"
#include "raclette/effect.h"
#include "socket/options.h"
#include "socket/upgrade_transitions.h"

namespace raclette {

enum class UpgradeSignal : std::uint8_t { none, switched, broken };

class Upgrade {
 public:
  Upgrade(const SocketOptions& options, TimerTable& timers, Effects& effects)
      : options_(options), timers_(timers), effects_(effects) {}

  /// Begins: `current` is the transport in use, `next` the number of the second one, to be opened at `url`.
  void start(ConnectionId current, ConnectionId next, std::string url, double now);
  UpgradeSignal step(UpgradeInput input, double now);

  /// The second transport is taken over: it is nobody's second any more.
  void release() { next_ = 0; }

  [[nodiscard]] UpgradeState state() const { return state_; }
  /// The second transport, 0 while there is none.
  [[nodiscard]] ConnectionId next() const { return next_; }

 private:
  void end();

  const SocketOptions& options_;
  TimerTable& timers_;
  Effects& effects_;
  UpgradeState state_ = UpgradeState::none;
  ConnectionId current_ = 0;
  ConnectionId next_ = 0;
  std::string url_;
  TimerId timer_ = 0;
};

}  // namespace raclette
