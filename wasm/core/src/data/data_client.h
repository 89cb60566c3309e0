// Queries, their executions, and the requests behind them. A query belongs to one user of the API. An execution is one
// call of its `execute`. A flight is one request, with all executions that wait for it. Every execution ends with
// exactly one QuerySettled.
//
//   execute ─▶ Debouncer, for queries with `debounce`
//           ─▶ a read that may be shared: SharedReads answers it, or names the request it waits for
//           ─▶ a request: Flights; MutationQueue decides when a mutation with `offlineMode` is sent
//   answer, timeout ─▶ Flights ─▶ MutationQueue ─▶ SharedReads become stale ─▶ executions settle ─▶ SharedReads
//   gap, focus, interval ─▶ Refetcher ─▶ execute
//   a failed read whose query may be stale ─▶ DueReads ─▶ execute
//
// Each of these objects owns its part of the record of a query or a flight.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/handles.h"
#include "base/random.h"
#include "base/shared.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "data/answer.h"
#include "data/debouncer.h"
#include "data/due_reads.h"
#include "data/flights.h"
#include "data/mutation_queue.h"
#include "data/operation_table.h"
#include "data/query_machine.h"
#include "data/refetcher.h"
#include "data/request.h"
#include "data/retry_policy.h"
#include "data/shared_reads.h"
#include "raclette/input.h"
#include "raclette/query.h"

namespace raclette {

class DataClient {
 public:
  DataClient(std::string origin, std::string client, Random& random, TimerTable& timers, Effects& effects)
      : origin_(std::move(origin)),
        timers_(timers),
        effects_(effects),
        retries_(random),
        reads_(timers, effects),
        queue_(std::move(client), retries_, timers, effects),
        flights_(operations_, reads_, retries_, timers, effects),
        debouncer_(timers, effects),
        refetcher_(random, timers),
        due_(retries_, timers) {}

  /// See OperationTable.
  void add_plugin(PluginConfig config) { operations_.add_plugin(std::move(config)); }
  [[nodiscard]] std::uint32_t entities() const { return operations_.entities(); }
  Result<std::uint32_t> find_operation(const std::string_view& plugin_key, const std::string_view& entity,
                                       const std::string_view& operation) const {
    return operations_.find(plugin_key, entity, operation);
  }
  [[nodiscard]] const OperationConfig& operation(std::uint32_t index) const { return *operations_[index].config; }
  [[nodiscard]] bool has_operation(std::uint32_t index) const { return operations_.has(index); }

  Handle create_query(std::uint32_t operation, const QuerySettings& options);
  /// Sets the request of the next executions. `path`: the result of a target function, else empty. `params`: the
  /// params that are not in the body, as JSON. `variant`: distinguishes reads that differ in more than their URL.
  /// Fails with BAD_ARGUMENT, MISSING_PARAM or DISPOSED.
  Result<bool> set_request(Handle query, const std::string_view& path, const std::string_view& params,
                           const std::string_view& variant);
  /// Executes the query with the request of `set_request`. Returns the execution, or 0 if the query is disposed or
  /// there is no room for another execution (limit: a million).
  Handle execute(Handle query, ValueHandle body, Caller caller, double now, bool quiet = false);
  /// See Runtime::reuse.
  ValueHandle reuse(Handle query, double now);
  /// See Runtime::joined.
  [[nodiscard]] Handle joined(Handle query);
  /// See Runtime::restore.
  Handle restore(Handle query, ValueHandle body, const std::string_view& key, double now);
  /// See Runtime::configure_query.
  void configure_query(Handle query, const QuerySettings& options, double now);
  /// See Runtime::resume_query.
  void resume_query(Handle query, bool due, std::uint32_t seen, double now);
  /// See Runtime::reset.
  void reset(bool discard, double now);
  /// See Runtime::drop_mutation and retry_mutation.
  void drop_mutation(std::uint32_t order, double now);
  void retry_mutation(std::uint32_t order, double now);
  void abort(Handle query, double now) { end_executions(query, ErrorCode::ABORTED, now); }
  void dispose_query(Handle query, double now);

  void handle(const FetchDone& input, double now);
  void handle(const FetchFailed& input, double now);
  void fire(DataTimer kind, Handle subject, double now);
  /// Holds back a due read until went_online.
  void defer(Handle query) { due_.fired(query); }

  /// Makes the entity's cached answers and its reads in flight stale, and retries its due reads.
  void invalidate(std::uint32_t entity);
  /// Refetches a query for an event that it follows, once for all events before the next tick. `stale`: the entities
  /// that the event has already made stale.
  void refetch_on_event(Handle query, std::span<const std::uint32_t> stale);
  /// Begins a new session after events may have been missed. Every read is stale, and active queries refetch, except
  /// those that provably missed nothing.
  void refetch_active(double now);
  /// Whether the session still waits for `complete_above`.
  [[nodiscard]] bool gap_is_open() const { return reads_.gaps.is_open(); }
  /// This session hears all events numbered higher than `commit`; 0: the backend has no numbers. See gaps.h.
  void complete_above(double commit) { reads_.gaps.complete_above(commit); }
  /// The page is visible again: active queries refetch, unless their answers are fresh.
  void refetch_on_focus(double now);
  /// The platform reported that the network is gone.
  void went_offline(double now);
  /// The platform reported a network, or the socket has a new session.
  void went_online(double now);
  /// The page is hidden, until refetch_on_focus.
  void page_hidden() { refetcher_.hidden = true; }

  [[nodiscard]] std::size_t queries() const { return queries_.size(); }
  [[nodiscard]] std::size_t flights() const { return flights_.size(); }
  [[nodiscard]] std::size_t reads() const { return reads_.size(); }

 private:
  struct Query {
    QueryMachine machine;
    AsOf as_of;  // of the shown answer
    RefetchTimers refetch;
    std::uint32_t operation = 0;
    Shared<QuerySettings> options;
    Target target;
    Handle read = 0;  // the last shared read; may be forgotten by now
    Handles executions;
    Debounced debounced;
    bool disposed = false;  // by its user; the record stays for a pending mutation
  };
  struct Execution {
    std::uint64_t number;
    Handle query;
    Handle flight = 0;       // 0 while it waits for a trailing request
    Handle read = 0;         // 0 for a mutation or an unshared read
    bool abandoned = false;  // began before a reset: its outcome shows nowhere
    Caller caller = Caller::user;
  };

  // Queries.
  [[nodiscard]] Query* find_query(Handle query);
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] bool is_read(const Query& query) const { return operation(query.operation).is_read(); }
  [[nodiscard]] static ReadKey key_of(const Query& query);
  [[nodiscard]] const Shared<QuerySettings>& shared(const QuerySettings& options);
  void refetch_soon(Handle handle, Query& query, double now, bool gap = false);
  void refetch(Handle handle, Query& query, double now);
  void refetch_due(double now);
  void idle(Handle handle, Query& query, double now);
  void retire(Handle handle, double now);
  [[nodiscard]] bool may_be_stale(const Query& query) const;
  [[nodiscard]] std::uint32_t seen(const Query& query) const;

  // Executions.
  /// Whether the execution reads only a part of the shown pages.
  [[nodiscard]] static bool is_part(Caller caller) { return caller == Caller::next || caller == Caller::rest; }
  Handle begin_execution(Handle query, bool quiet = false, Caller caller = Caller::user);
  void begin_debounced(Handle query, double now);
  void begin(Query& query, std::span<const Handle> executions, ValueHandle body, Caller caller, double now);
  void settle(Handle execution, const Answer& answer, double now);
  void end_executions(Handle query, ErrorCode code, double now);
  void withdraw(std::vector<Handle> executions, ErrorCode code, double now);
  void leave(Handle execution, double now);
  [[nodiscard]] bool outlives_query(Handle execution);

  // Reads.
  [[nodiscard]] static bool only_asks(const Query& query);
  void join_read(Handle read, Handle execution, Caller caller, double now);
  void note_answer(const Execution& execution, Query& query, const Answer& answer, bool shows, double now);
  void complete_read(Handle read, const Answer& answer, double now);

  // Requests.
  Handle start(Handle read, std::span<const Handle> executions, ValueHandle body, Caller caller, double now,
               const std::string_view& persisted_key = {});
  void retry(Handle flight, double now);
  void changed(std::uint32_t entity, double now);
  void wait_for(Handle flight, Handle execution);
  void answered(Handle flight, const Answer& answer, double now);
  void complete(Handle flight, Answer answer, double now);
  [[nodiscard]] bool retry_or_persist(Handle flight, const Answer& answer, double now);
  void end(Flight& flight, Handle handle, bool has_answer, double now);
  void persist(Flight& flight, const Answer& answer = {});
  void send(Handle flight, double now);
  void abandon(Flight& flight, bool discard);
  [[nodiscard]] Handle find_mutation(std::uint32_t order);
  void send_queued(double now);

  std::string origin_;
  TimerTable& timers_;
  Effects& effects_;
  OperationTable operations_;
  SlotMap<Query> queries_;
  Shared<QuerySettings> active_settings_;  // the last ones, for the next query with equal settings
  Shared<QuerySettings> other_settings_;
  SlotMap<Execution> executions_;
  RetryPolicy retries_;
  SharedReads reads_;
  MutationQueue queue_;
  Flights flights_;
  Debouncer debouncer_;
  Refetcher refetcher_;
  DueReads due_;
  std::uint32_t focus_count_ = 0;  // calls of refetch_on_focus
};

}  // namespace raclette
