// The shared reads of DataClient: which executions need no request of their own. See data_client.h.
#include "data/data_client.h"

namespace raclette {

/// Whether an execution would only ask for an answer: it waits for nothing, and replaces no refetch that is due.
bool DataClient::only_asks(const Query& query) {
  return query.options->use_cache && query.refetch.soon == 0 && !query.refetch.due && query.options->debounce == 0;
}

/// Answers only an idle query with nothing due, so that no pending execution is overtaken and no refetch is delayed.
/// All other queries must be executed.
ValueHandle DataClient::reuse(Handle handle, double now) {
  Query* query = find_query(handle);
  if (query == nullptr || !query->executions.empty() || !only_asks(*query) || query->options->refetch_interval > 0) {
    return 0;
  }
  query->read = reads_.find(key_of(*query), query->read);
  const ValueHandle response = reads_.reusable(query->read, now);
  if (response == 0) return 0;
  query->as_of = reads_.as_of(query->read);
  query->machine.settle(query->machine.execute(), QueryOutcome::answered);
  idle(handle, *query, now);
  return response;
}

/// Only the latest execution is shared: a later outcome replaces the outcomes of all earlier ones. A request that waits
/// for its next try is made at once for a further execution.
Handle DataClient::joined(Handle handle) {
  const Query* query = find_query(handle);
  if (query == nullptr || query->executions.empty() || !only_asks(*query)) return 0;
  const Handle latest = query->executions.back();
  const Execution& execution = *executions_.find(latest);
  if (is_part(execution.caller) || !reads_.shares(execution.read, key_of(*query))) return 0;
  const Flight* flight = flights_.find(execution.flight);
  return flight != nullptr && flight->on_wire ? latest : 0;
}

/// Joins a shared read: the execution gets the last answer, that of the request in flight, or that of the trailing one.
void DataClient::join_read(Handle read, Handle execution, Caller caller, double now) {
  const Joined joined = reads_.join(read, execution, now);
  switch (joined.how) {
    case Join::answered:
      return settle(execution, joined.answer, now);
    case Join::starts:
      return reads_.started(read, start(read, {&execution, 1}, 0, caller, now));
    case Join::shares:
      wait_for(joined.flight, execution);
      break;
    case Join::trails:
      break;
  }
  const bool retries_now = caller != Caller::event && Flights::may_retry_now(*flights_.find(joined.flight), now);
  if (retries_now) retry(joined.flight, now);
}

/// Ends the request of a read. The first trailing execution makes the next request for all of them.
void DataClient::complete_read(Handle read, const Answer& answer, double now) {
  for (const Handle execution : reads_.complete(read, answer, now)) join_read(read, execution, Caller::event, now);
}

}  // namespace raclette
