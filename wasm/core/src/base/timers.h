// Every deadline of the core, in one table, so that the outside needs a single timer: it asks for the next
// deadline and comes back when it has passed. Deadlines that are equal fire in the order in which they were set.
// Times are milliseconds of a clock that never goes back; the core itself never reads one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/slot_map.h"

namespace raclette {

/// Who asked for a deadline. Machines tell their timers apart by kind and by the handle of the object concerned.
enum class TimerKind : std::uint8_t {
  engine,       // opening, handshake, or the next ping; one at a time
  upgrade,      // the probe of a second transport
  reconnect,    // the next attempt to connect
  retry,        // the next CONNECT; subject: the namespace
  connect,      // the answer to CONNECT; subject: the namespace
  attachments,  // the rest of a binary packet
  emit_answer,  // the answer to an emit; subject: the emit
  emit_life,    // subject: the emit that has waited for a session for too long
  bus_once,     // subject: the listener
  request,      // subject: the fetch
  read,         // subject: the cached read that goes stale
  refetch,      // subject: the query to execute again, after a gap
  interval,     // subject: the query to execute again, since its user wants that
  debounce,     // subject: the query whose executions have waited for more of them
  try_again,    // subject: the fetch that failed and is made again
  queue,        // the mutations that wait for the network
  keep,         // subject: the fetch of a mutation that has no answer yet
};

struct TimerEvent {
  TimerKind kind = TimerKind::engine;
  std::uint32_t subject = 0;
  /// How long ago the deadline was, in milliseconds; told when it fires.
  double late = 0;
};

using TimerId = std::uint32_t;

class TimerTable {
 public:
  /// Sets a timer and returns its id (never 0).
  TimerId set(double deadline, TimerEvent event);
  /// Takes a timer back and zeroes the id; an id that is 0 or has fired is fine.
  void cancel(TimerId& id);
  /// Takes the earliest timer if its deadline is not after `now`.
  std::optional<TimerEvent> pop_due(double now);
  /// The earliest deadline, or infinity.
  [[nodiscard]] double next() const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  // What the heap moves about is kept small; what a timer is for stays where it is.
  struct Entry {
    double deadline;
    std::uint32_t order;  // comes round
    TimerId id;
  };
  struct Timer {
    std::uint32_t position;  // in the heap
    TimerKind kind;
    std::uint32_t subject;
  };

  static bool earlier(const Entry& a, const Entry& b) {
    if (a.deadline != b.deadline) return a.deadline < b.deadline;
    return static_cast<std::int32_t>(a.order - b.order) < 0;
  }
  void place(std::size_t position, const Entry& entry);
  void sift(std::size_t position);
  void remove_at(std::size_t position);

  std::vector<Entry> heap_;
  SlotMap<Timer> timers_;
  std::uint32_t order_ = 0;
};

}  // namespace raclette
