// What the user sends: emits that wait for a session, and emits that wait for the server's answer. Each ends exactly
// once: sent (where no answer is wanted), answered, timed out, disconnected, cancelled, or expired; after that its
// number is unknown, and a late answer falls through. Ack ids on the wire count up and never come again.
//
//   add ──▶ waiting ──session──▶ sent ──answer──▶ gone
//             ▲                   │
//             └── a loss, or no answer in time, while there are tries left
//
// An emit with tries is sent again under the same number, each on its own, so that one slow answer holds up no other.
// Only those that are `is_ordered` stand in line, one for each namespace: of them all but the first wait.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ordered.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "raclette/effect.h"
#include "raclette/emit.h"
#include "socket/engine_session.h"

namespace raclette {

class Outbox {
 public:
  Outbox(const SocketOptions& options, EngineSession& engine, TimerTable& timers, Effects& effects)
      : options_(options), engine_(engine), timers_(timers), effects_(effects) {}

  /// True if an emit of that size may wait.
  [[nodiscard]] bool has_room(const OutgoingEvent& event) const;
  /// No further emit can be kept, whatever it waits for.
  [[nodiscard]] bool is_full() const;
  /// Takes an emit that `waits` for a session, or goes out now; `mark_sent` tells when it did.
  Handle add(const OutgoingEvent& event, bool waits, double now);
  /// What waits for a session of `nsp_id` and may go out in one, oldest first.
  [[nodiscard]] std::vector<Handle> sendable(std::uint32_t nsp_id) const;
  /// Whether an emit of `nsp_id` stands in line.
  [[nodiscard]] bool has_ordered(std::uint32_t nsp_id) const;
  /// The emit, or null for one that is gone.
  [[nodiscard]] const OutgoingEvent* find(Handle emit);
  /// It went out. From here on an answer, its time, or the session's end ends it.
  void mark_sent(Handle emit, double now);

  /// When the emit went out, if it is the one that is timed: of those on their way one is, and none that was sent
  /// twice.
  [[nodiscard]] std::optional<double> timed(Handle emit) const;
  /// The server answered. False for a number that nobody waits for.
  bool answer(std::uint32_t nsp_id, Handle emit);
  /// The ack id under which the emit goes out.
  [[nodiscard]] std::int64_t ack_id(Handle emit) const;
  /// The emit that was sent in `nsp_id` under `ack_id` and wants an answer, or 0.
  [[nodiscard]] Handle awaiting(std::uint32_t nsp_id, std::int64_t ack_id) const;
  /// No answer in time. True: it is to be sent again.
  bool answer_timed_out(Handle emit);
  /// The timer of a namespace's line fired.
  void ordered_fired(std::uint32_t nsp_id) { ordered_timers_[nsp_id] = 0; }
  /// It waited for longer than it may.
  void expire(Handle emit);
  /// The session of `nsp_id` is over: what was sent in it waits again where it has tries left, else it fails.
  void lost(std::uint32_t nsp_id, double now);
  /// Ends an emit as failed. False for one that is gone.
  bool fail(Handle emit, ErrorCode code);
  /// Cancels all that waits in `nsp_id`.
  void clear(std::uint32_t nsp_id);
  /// Ends all that was emitted in `nsp_id`: nobody waits for it any more.
  void end(std::uint32_t nsp_id);

  [[nodiscard]] std::size_t size() const { return emits_.size(); }

 private:
  struct Emit {
    OutgoingEvent event;
    std::uint64_t order = 0;
    bool sent = false;
    double tries_left = 0;
    TimerId answer_timer = 0;
    TimerId expiry_timer = 0;
  };

  [[nodiscard]] bool awaits(std::uint32_t nsp_id, Handle handle) const;
  void wait(Handle handle, Emit& emit, double now);
  void end_wait(Handle handle, Emit& emit);
  void erase(Handle handle, Emit& emit);
  void schedule_ordered(std::uint32_t nsp_id);
  void report_buffer();
  void time(Handle handle, const Emit& emit, double now);
  template <class Which>
  [[nodiscard]] std::vector<Handle> select(std::uint32_t nsp_id, Which which) const;

  const SocketOptions& options_;
  EngineSession& engine_;
  TimerTable& timers_;
  Effects& effects_;
  SlotMap<Emit> emits_;
  Ordered in_order_;
  std::uint64_t order_ = 0;
  std::uint32_t waiting_count_ = 0;
  double waiting_bytes_ = 0;
  std::uint32_t ordered_count_ = 0;
  Handle timed_ = 0;
  double timed_since_ = 0;
  std::vector<TimerId> ordered_timers_;  // by namespace: the next in line goes out
};

}  // namespace raclette
