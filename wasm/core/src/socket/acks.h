// Emits that wait for the server's answer. Each ends exactly once: answered, timed out, or disconnected; after
// that its id is unknown and a late answer falls through. The id on the wire is the handle itself.
#pragma once

#include "base/slot_map.h"
#include "base/timers.h"
#include "raclette/effect.h"

namespace raclette {

class Acks {
 public:
  Acks(TimerTable& timers, Effects& effects) : timers_(timers), effects_(effects) {}

  /// Registers an ack. `timeout`: milliseconds from now until it fails with ACK_TIMEOUT; 0: no limit.
  Handle add(double timeout, double now) {
    const Handle ack = pending_.insert({});
    if (timeout > 0) *pending_.find(ack) = {timers_.set(now + timeout, {TimerKind::ack, ack}), false};
    return ack;
  }

  /// The packet went out: from here on the session's end ends the ack, too.
  void mark_sent(Handle ack) {
    if (Pending* pending = pending_.find(ack)) pending->sent = true;
  }

  /// The server answered. False for an id that nobody waits for.
  bool answer(Handle ack) {
    Pending* pending = pending_.find(ack);
    if (pending == nullptr) return false;
    timers_.cancel(pending->timer);
    return pending_.erase(ack);
  }

  /// Ends one ack as failed.
  void fail(Handle ack, ErrorCode code) {
    if (answer(ack)) effects_.push_back(AckFailed{ack, code});
  }

  /// The session is over: what was sent in it will not be answered.
  void fail_sent(ErrorCode code) {
    std::vector<Handle> sent;
    pending_.for_each([&](Handle ack, const Pending& pending) {
      if (pending.sent) sent.push_back(ack);
    });
    for (const Handle ack : sent) fail(ack, code);
  }

  [[nodiscard]] bool pending(Handle ack) { return pending_.find(ack) != nullptr; }
  [[nodiscard]] std::size_t size() const { return pending_.size(); }

 private:
  struct Pending {
    TimerId timer = 0;
    bool sent = false;
  };

  TimerTable& timers_;
  Effects& effects_;
  SlotMap<Pending> pending_;
};

}  // namespace raclette
