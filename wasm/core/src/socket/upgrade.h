// Upgrades from polling to WebSocket without losing a packet. A second transport opens beside the first and is probed.
// When the server answers the probe, the first transport is paused (packets in flight still arrive), and then the
// second takes over.
//
//   none ──start──▶ opening ──up──▶ probing ──3probe──▶ pausing ──paused──▶ none, switched
//
// Until `pausing` a failure costs nothing: the session continues over the first transport. From then on the first
// transport accepts no more packets, so a failure ends the session. One table (upgrade_transitions.h) holds all
// transitions. Source: Engine.IO protocol v4, "Upgrade".
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

  /// Begins an upgrade. `current`: the transport in use; `next`: the number of the second one, which is opened at
  /// `url`.
  void start(ConnectionId current, ConnectionId next, std::string url, double now);
  UpgradeSignal step(UpgradeInput input, double now);

  /// Gives up the second transport, which the session has taken over.
  void release() { next_ = 0; }

  [[nodiscard]] UpgradeState state() const { return state_; }
  /// The second transport, or 0.
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
