// The part of the data client that executes queries anew: after a gap, when the page is looked at again, at an
// interval.
#include "data/data_client.h"

namespace raclette {

/// Executes a read for news: an answer that could be reused would be none.
void DataClient::again(Handle handle, double now) {
  const Query& query = *queries_.find(handle);
  if (const Handle read = reads_.find(key_of(query), query.read); read != 0) reads_.drop_answer(read);
  execute(handle, 0, now);
}

void DataClient::refetch_active(double now) {
  reads_.invalidate_all();
  queries_.for_each([&](Handle handle, Query& query) {
    if (query.options.refetch_on_reconnect) spread_refetch(query, handle, now);
  });
}

void DataClient::refetch_on_focus(double now) {
  queries_.for_each([&](Handle handle, Query& query) {
    if (query.options.refetch_on_focus) spread_refetch(query, handle, now);
  });
}

/// Queries that all execute again do not do so in the same instant.
void DataClient::spread_refetch(Query& query, Handle handle, double now) {
  const bool active = operations_[query.operation].config.is_read() && query.machine.used();
  if (!active || query.refetch_timer != 0) return;
  query.refetch_timer = timers_.set(now + kRefetchSpread * random_.fraction(), DataTimer::refetch, handle);
}

}  // namespace raclette
