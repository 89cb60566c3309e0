// All deadlines of the core in one table, so the host needs a single timer: it reads the next deadline and returns with
// a Tick. Equal deadlines fire in the order in which they were set. Times are milliseconds of a monotonic clock; the
// core never reads a clock.
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
  emit_expiry,   // the limit of waiting for a session; subject: the emit
  emit_ordered,  // the next ordered emit; subject: the namespace
  hidden,        // the page has been hidden for a while
};

enum class DataTimer : std::uint8_t {
  request,   // subject: the fetch
  read,      // subject: the cached read that goes stale
  refetch,   // subject: the query to refetch after a gap
  interval,  // subject: the query to refetch periodically
  due,       // subject: the failed read to retry
  debounce,  // subject: the query whose debounced execution is due
  retry,     // subject: the failed fetch to retry
  queue,     // the mutations that wait for the network
  persist,   // subject: the fetch of a mutation that has no answer yet
  retire,    // subject: the query without observers
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
  /// Milliseconds since its deadline.
  double late;

  /// Calls `visit` with the owner's timer, in the owner's enum type.
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
  /// Sets a timer and returns its id. `subject`: the object concerned, if the owner has several. Returns 0 if there are
  /// kMaxObjects timers; such a timer never fires, so check `has_room` before you accept an object.
  template <class Timer>
  TimerId set(double deadline, Timer timer, std::uint32_t subject = 0) {
    return add(deadline, owner_of(timer), static_cast<std::uint8_t>(timer), subject);
  }
  /// Cancels a timer and sets the id to 0. An id that is 0 or whose timer has fired is ignored.
  void cancel(TimerId& id);
  /// Removes and returns the earliest timer if its deadline is not after `now`.
  std::optional<TimerEvent> pop_due(double now);
  /// The earliest deadline, or infinity if there is none.
  [[nodiscard]] double next() const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  /// Whether a new object that needs a timer may be accepted. Some room is reserved for timers of existing objects.
  [[nodiscard]] bool has_room() const { return heap_.size() + kReserved <= kMaxObjects; }

 private:
  // The heap moves only these small entries; the rest of a timer stays in place.
  struct Entry {
    double deadline;
    std::uint32_t order;  // wraps around
    TimerId id;
  };
  static constexpr std::size_t kReserved = 65536;
  struct Timer {
    std::uint32_t position;  // in the heap
    std::uint32_t subject;
    TimerOwner owner;
    std::uint8_t timer;
  };
  // Each cached read has a timer, so both are kept small.
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
