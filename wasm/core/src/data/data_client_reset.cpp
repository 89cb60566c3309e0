// The reset of DataClient at the end of a user's session; see data_client.h. Results of the previous user do not show.
// Mutations that were not sent yet are not sent, because they would use the next user's credentials.
#include "data/data_client.h"

namespace raclette {

void DataClient::reset(bool discard, double now) {
  queue_.clear();
  flights_.for_each([&](Handle, Flight& flight) {
    // Its session ended with an earlier reset.
    if (flight.abandoned) return;
    const bool goes_on = flight.on_wire && !operations_[flight.operation].config->is_read();
    if (goes_on) {
      abandon(flight, discard);
    } else if (!discard) {
      flight.mutation.persisted = false;
    }
  });
  std::vector<Handle> over;
  executions_.for_each([&](Handle handle, Execution& execution) {
    const Flight* flight = flights_.find(execution.flight);
    execution.abandoned = flight != nullptr && flight->abandoned;
    if (!execution.abandoned) over.push_back(handle);
  });
  withdraw(std::move(over), ErrorCode::ABORTED, now);
  due_.clear();
  for (std::uint32_t entity = 0; entity < entities(); ++entity) reads_.invalidate(entity);
  queries_.for_each([&](Handle handle, Query& query) {
    refetcher_.stop(query.refetch);
    query.machine.reset();
    query.refetch.due = is_read(query) && query.machine.used() && !query.options->active;
    idle(handle, query, now);
  });
}

/// Leaves a mutation on the wire, where it ends without a retry. One that is queued or stored stays stored, unless
/// `discard`.
void DataClient::abandon(Flight& flight, bool discard) {
  const bool is_kept = flight.mutation.queued || flight.mutation.persisted;
  Flights::abandon(flight);
  queue_.abandoned(flight.mutation);
  if (is_kept && !discard) persist(flight);
}

}  // namespace raclette
