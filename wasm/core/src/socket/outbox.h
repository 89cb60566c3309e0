// The user's emits: those that wait for a session, and those that wait for the server's acknowledgement. Each ends
// exactly once: sent (if it wants no acknowledgement), acknowledged, timed out, disconnected, cancelled, or expired.
// After that its number is unknown, and a late acknowledgement is ignored. Ack ids on the wire increase and are never
// reused.
//
//   add ──▶ waiting ──session──▶ sent ──answer──▶ gone
//             ▲                   │
//             └── a loss, or no answer in time, while there are tries left
//
// An emit with retries is sent again under the same number, independently of other emits, so a slow answer delays no
// other emit. Only emits with `is_ordered` form a queue, one for each namespace: all but the first wait.
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

  /// Whether an emit of that size may wait.
  [[nodiscard]] bool has_room(const OutgoingEvent& event) const;
  /// Whether no further emit can be stored, waiting or not.
  [[nodiscard]] bool is_full() const;
  /// Adds an emit that `waits` for a session or is sent now. Call `mark_sent` once it is sent.
  Handle add(const OutgoingEvent& event, bool waits, double now);
  /// The waiting emits of `nsp_id` that can be sent in a session, oldest first.
  [[nodiscard]] std::vector<Handle> sendable(std::uint32_t nsp_id) const;
  /// Whether `nsp_id` has ordered emits.
  [[nodiscard]] bool has_ordered(std::uint32_t nsp_id) const;
  /// Returns the emit, or null if it has ended.
  [[nodiscard]] const OutgoingEvent* find(Handle emit);
  /// Marks an emit as sent. From here on an answer, its timeout, or the session's end ends it.
  void mark_sent(Handle emit, double now);

  /// When the emit was sent, if it is the one that is timed. At most one emit in flight is timed, and only if it was
  /// sent once.
  [[nodiscard]] std::optional<double> timed(Handle emit) const;
  /// Ends an emit that the server acknowledged. Returns false if none waits under this number.
  bool answer(std::uint32_t nsp_id, Handle emit);
  /// The emit's ack id on the wire.
  [[nodiscard]] std::int64_t ack_id(Handle emit) const;
  /// Returns the emit in `nsp_id` that waits for an answer under `ack_id`, or 0.
  [[nodiscard]] Handle awaiting(std::uint32_t nsp_id, std::int64_t ack_id) const;
  /// Handles a missing answer. Returns whether to send the emit again.
  bool answer_timed_out(Handle emit);
  /// Call this when the timer of a namespace's queue fires.
  void ordered_fired(std::uint32_t nsp_id) { ordered_timers_[nsp_id] = 0; }
  /// Ends an emit that waited for too long.
  void expire(Handle emit);
  /// Handles the end of a session. Emits in flight wait again if they have retries left; the others fail.
  void lost(std::uint32_t nsp_id, double now);
  /// Fails an emit. Returns false if it has ended.
  bool fail(Handle emit, ErrorCode code);
  /// Cancels the waiting emits of `nsp_id`.
  void clear(std::uint32_t nsp_id);
  /// Fails all emits of `nsp_id` with DISPOSED.
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
  std::vector<TimerId> ordered_timers_;  // by namespace: sends the next ordered emit
};

}  // namespace raclette
