// Queries, mutations, and the reads that they share. Equal reads (same operation, URL, variant, retries and
// timeout) that run at the same time make one request, and for kReuse afterwards its answer is reused. What keeps this
// from ever being stale is `invalidate`: a mutation that ended, or an event on a channel of the entity, drops the
// entity's settled reads and marks those in flight; whoever executes after that shares one trailing request, which
// starts when the one in flight has ended. So a burst of events costs one request beyond the one in flight and ends on
// the newest state.
//
// A query belongs to one user of the API; an execution to one call of its `execute`; a flight is one request on
// the wire, with all executions that wait for it. Every execution ends in exactly one QuerySettled.
// Mutations of an entity with `offlineMode` go through a queue (mutation_queue.h): they wait for the network instead of
// failing without it, and outlive the query that made them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.h"
#include "base/random.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "data/answer.h"
#include "data/mutation_queue.h"
#include "data/operation_table.h"
#include "data/query_machine.h"
#include "data/request.h"
#include "data/retry_policy.h"
#include "data/shared_reads.h"
#include "raclette/input.h"
#include "raclette/query.h"

namespace raclette {

/// Reads that are repeated after a reconnect are spread over this many milliseconds.
inline constexpr double kRefetchSpread = 500;

/// A mutation of an entity with `offlineMode` that has no answer for so long is kept, in milliseconds: the network may
/// hang.
inline constexpr double kGrace = 1000;

class DataClient {
 public:
  DataClient(std::string origin, std::string client, Random& random, TimerTable& timers, Effects& effects)
      : origin_(std::move(origin)),
        client_(std::move(client)),
        random_(random),
        timers_(timers),
        effects_(effects),
        reads_(timers, effects),
        retries_(random),
        queue_(retries_, timers) {}

  /// See OperationTable.
  void add_plugin(PluginConfig config) { operations_.add_plugin(std::move(config)); }
  [[nodiscard]] std::uint32_t entities() const { return operations_.entities(); }
  Result<std::uint32_t> find_operation(const std::string_view& plugin_key, const std::string_view& entity,
                                       const std::string_view& operation) const {
    return operations_.find(plugin_key, entity, operation);
  }
  [[nodiscard]] const OperationConfig& operation(std::uint32_t index) const { return operations_[index].config; }
  [[nodiscard]] bool has_operation(std::uint32_t index) const { return operations_.has(index); }

  Handle create_query(std::uint32_t operation, const QuerySettings& options);
  /// Says what the next executions ask for. `path`: of a target that is a function, else empty. `params`: JSON of
  /// the params that are not in the body. `variant`: tells apart reads that differ in more than their URL.
  /// BAD_ARGUMENT, MISSING_PARAM, DISPOSED.
  Result<bool> set_request(Handle query, const std::string_view& path, const std::string_view& params,
                           const std::string_view& variant);
  /// Executes what `set_request` said. Returns the execution, or 0 for a query that is gone.
  Handle execute(Handle query, ValueHandle body, double now);
  /// See Runtime::reuse.
  ValueHandle reuse(Handle query, double now);
  /// See Runtime::restore.
  Handle restore(Handle query, ValueHandle body, std::string key, double now);
  void abort(Handle query, double now) { end_executions(query, ErrorCode::ABORTED, now); }
  void dispose_query(Handle query, double now);

  void handle(const FetchDone& input, double now);
  void handle(const FetchFailed& input, double now);
  void fire(DataTimer kind, Handle subject, double now);

  /// What was read of this entity, and what is being read, is stale from now on.
  void invalidate(std::uint32_t entity) { reads_.invalidate(entity); }
  /// Events may have been missed: every read is stale, and the queries in use are executed again.
  void refetch_active(double now);
  /// The page is looked at again: the queries in use are executed again, unless what they show is fresh.
  void refetch_on_focus(double now);
  /// What the platform says of the network; a new session of the socket proves it, too.
  void network_gone(double now) { queue_.network_gone(now); }
  void network_back(double now);

  [[nodiscard]] std::size_t queries() const { return queries_.size(); }
  [[nodiscard]] std::size_t flights() const { return flights_.size(); }
  [[nodiscard]] std::size_t reads() const { return reads_.size(); }

 private:
  struct Query {
    std::uint32_t operation;
    QuerySettings options;
    QueryMachine machine;
    Target target;
    Handle read = 0;  // the one it shared last, while that is known
    std::vector<Handle> executions;
    TimerId refetch_timer = 0;
    TimerId interval_timer = 0;
    TimerId debounce_timer = 0;
    std::vector<Handle> debounced;  // executions that wait for more of them
    ValueHandle debounced_body = 0;
    bool disposed = false;  // its user is gone, but a mutation of it still waits
  };
  struct Execution {
    Handle query;
    std::uint64_t number;
    Handle flight = 0;  // 0 while it waits for a trailing request
    Handle read = 0;    // 0 for a mutation, and for a read that shares nothing
  };
  struct Flight {
    std::uint32_t operation;
    Handle query;     // the first one to ask: its config goes with the request
    std::string url;  // unless it is that of `read`
    ValueHandle body = 0;
    Handle read = 0;
    std::vector<Handle> executions;
    bool auth_renewed = false;
    std::uint32_t order = 0;
    std::string key;      // Idempotency-Key, or empty
    bool queued = false;  // one of those that wait for the network, in their order
    bool asked = false;   // it went out at least once
    bool kept = false;    // the outside keeps it
    TimerId keep_timer = 0;
    double tries_left = 0;
    double timeout = 0;
    Backoff tries;
    TimerId timer = 0;  // for the answer, or for the next try
  };

  Handle begin_execution(Handle query);
  void begin(Handle query, std::vector<Handle> executions, ValueHandle body, double now);
  void debounce(Handle query, Handle execution, ValueHandle body, double now);
  void again(Handle query, double now);
  void spread_refetch(Query& query, Handle handle, double now);
  bool retry_later(Handle flight, const Answer& answer, double now);
  void join_read(Handle execution, Query& query, double now);
  void start_read(Handle read, std::vector<Handle> executions, double now);
  void complete_read(Handle read, const Answer& answer, double now);
  [[nodiscard]] static ReadKey key_of(const Query& query);
  Handle take_off(Handle read, std::vector<Handle> executions, ValueHandle body, double now, std::string kept_key = {});
  void ask(Handle flight, bool renew_auth, double now);
  void enqueue(Handle flight, double now);
  void send_queued(double now);
  void keep(Handle flight);
  void leave_queue(Handle handle, Flight& flight, bool answered);
  bool wait_for_network(Handle flight, const Answer& answer, double now);
  [[nodiscard]] std::string key_of(std::uint32_t mutation) const;
  [[nodiscard]] Query* find_query(Handle query);
  [[nodiscard]] bool outlives_query(Handle execution);
  void answered(Handle flight, const Answer& answer, double now);
  void land(Handle flight, const Answer& answer, double now);
  void settle(Handle execution, const Answer& answer, double now);
  void end_executions(Handle query, ErrorCode code, double now);
  void leave(Handle execution, double now);

  std::string origin_;
  std::string client_;
  Random& random_;
  TimerTable& timers_;
  Effects& effects_;
  OperationTable operations_;
  SlotMap<Query> queries_;
  SlotMap<Execution> executions_;
  SlotMap<Flight> flights_;
  SharedReads reads_;
  RetryPolicy retries_;
  MutationQueue queue_;
  std::uint32_t mutations_ = 0;
};

}  // namespace raclette
