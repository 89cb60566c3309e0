// All deadlines of the core in one table, so the host needs a single timer: it asks for the next deadline and returns
// with a Tick. Equal deadlines fire in the order in which they were set. Times are milliseconds of a monotonic clock;
// the core never reads a clock.
//
// Each owner has an enum of its timers. Owners switch over it without `default:`, and the runtime distinguishes
// owners by type, so a new timer or owner does not compile until it is handled.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/slot_map.h"

namespace raclette {

enum class SocketTimer : std::uint8_t {
  engine,        // opening, handshake, or the next ping; one at a time
  upgrade,       // the probe of a second transport
  reconnect,     // the next attempt to connect
  retry,         // the next CONNECT; subject: the namespace
  connect,       // the answer to CONNECT; subject: the namespace
  attachments,   // the rest of a binary packet
  emit_answer,   // the answer to an emit; subject: the emit
  emit_expiry,   // subject: the emit that has waited for a session for too long
  emit_ordered,  // the next of those that are sent one after the other; subject: the namespace
  hidden,        // the page has not been looked at for a while
};

enum class DataTimer : std::uint8_t {
  request,   // subject: the fetch
  read,      // subject: the cached read that goes stale
  refetch,   // subject: the query to execute again, after a gap
  interval,  // subject: the query to execute again, since its user wants that
  due,       // subject: the read that failed and is tried again
  debounce,  // subject: the query whose executions have waited for more of them
  retry,     // subject: the fetch that failed and is made again
  queue,     // the mutations that wait for the network
  persist,   // subject: the fetch of a mutation that has no answer yet
  retire,    // subject: the query that nobody looks at
};

enum class BusTimer : std::uint8_t {
  once,  // subject: the listener
};

enum class TimerOwner : std::uint8_t { socket, data, bus };

constexpr TimerOwner owner_of(SocketTimer) { return TimerOwner::socket; }
constexpr TimerOwner owner_of(DataTimer) { return TimerOwner::data; }
constexpr TimerOwner owner_of(BusTimer) { return TimerOwner::bus; }

/// A timer that fired.
struct TimerEvent {
  TimerOwner owner;
  /// The number of the owner's timer.
  std::uint8_t timer;
  std::uint32_t subject;
  /// How long ago its deadline was, in milliseconds.
  double late;

  /// Calls `visit` with the owner's timer, by its own type.
  template <class Visit>
  void visit(Visit visit) const {
    switch (owner) {
      case TimerOwner::socket:
        return visit(static_cast<SocketTimer>(timer));
      case TimerOwner::data:
        return visit(static_cast<DataTimer>(timer));
      case TimerOwner::bus:
        return visit(static_cast<BusTimer>(timer));
    }
  }
};

using TimerId = std::uint32_t;

class TimerTable {
 public:
  /// Sets a timer and returns its id. `subject`: the object concerned, where an owner has several of them. 0: there are
  /// kMaxObjects, and it never fires; who takes what comes in asks for `has_room` before.
  template <class Timer>
  TimerId set(double deadline, Timer timer, std::uint32_t subject = 0) {
    return add(deadline, owner_of(timer), static_cast<std::uint8_t>(timer), subject);
  }
  /// Takes a timer back and zeroes the id; an id that is 0 or has fired is fine.
  void cancel(TimerId& id);
  /// Takes the earliest timer if its deadline is not after `now`.
  std::optional<TimerEvent> pop_due(double now);
  /// The earliest deadline, or infinity.
  [[nodiscard]] double next() const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  /// A new object that needs a timer may be taken in: some room is kept for the timers of those that are there.
  [[nodiscard]] bool has_room() const { return heap_.size() + kReserved <= kMaxObjects; }

 private:
  // What the heap moves about is kept small; what a timer is for stays where it is.
  struct Entry {
    double deadline;
    std::uint32_t order;  // comes round
    TimerId id;
  };
  static constexpr std::size_t kReserved = 65536;
  struct Timer {
    std::uint32_t position;  // in the heap
    std::uint32_t subject;
    TimerOwner owner;
    std::uint8_t timer;
  };
  // Each cached read has one.
  static_assert(sizeof(Entry) == 16 && sizeof(Timer) == 12);

  static bool earlier(const Entry& a, const Entry& b) {
    if (a.deadline != b.deadline) return a.deadline < b.deadline;
    return static_cast<std::int32_t>(a.order - b.order) < 0;
  }
  TimerId add(double deadline, TimerOwner owner, std::uint8_t timer, std::uint32_t subject);
  void place(std::size_t position, const Entry& entry);
  void sift(std::size_t position);
  void remove_at(std::size_t position);

  std::vector<Entry> heap_;
  SlotMap<Timer> timers_;
  std::uint32_t order_ = 0;
};

}  // namespace raclette
