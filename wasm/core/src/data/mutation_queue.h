// Mutations of entities with `offlineMode`, in the order in which they were made: only the first one is on the wire,
// and the next goes out once that one has its answer. A try that failed for want of a network leaves its mutation
// where it is and halts the queue; so nothing overtakes, and nothing is lost.
//
//            add, answered    try failed     network gone    network back, or time to try
//   flowing  next goes out    halted         halted          -
//   halted   waits            halted         -               flowing: next goes out
//
// A mutation that is on the wire when the network goes stays there: its own failure halts the queue. An answer,
// whatever it says, proves the network: the queue flows. While it is halted a timer runs: "no network" is only what the
// platform believes, and a backend may be back without any sign. A queue that is empty halts only where the network is
// gone.
#pragma once

#include <vector>

#include "base/slot_map.h"
#include "base/timers.h"
#include "data/retry_policy.h"

namespace raclette {

class MutationQueue {
 public:
  MutationQueue(RetryPolicy& retries, TimerTable& timers) : retries_(retries), timers_(timers) {}

  /// Puts a request at the end.
  void add(Handle flight, double now);
  /// The request that goes out now, or 0: there is none, one is under way, or the queue is halted.
  Handle next();
  /// The first one's try failed, and it is to be tried again.
  void failed(double now);
  /// A request is over: answered, or taken back.
  void remove(Handle flight, bool answered);
  void network_gone(double now);
  void network_back();
  /// The timer fired.
  void time_to_try();

 private:
  void halt(double now);
  void set_timer(double now);

  RetryPolicy& retries_;
  TimerTable& timers_;
  std::vector<Handle> waiting_;
  bool halted_ = false;
  bool gone_ = false;       // the platform says that there is no network
  bool under_way_ = false;  // the first one is on the wire
  Backoff tries_;
  TimerId timer_ = 0;
};

}  // namespace raclette
