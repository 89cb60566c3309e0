// The part of the data client that shares reads: who joins which, what is stale, and what is still of use. The reads of
// one entity are chained, newest first, so that making them stale costs what they cost, whatever else there is.
#include "data/data_client.h"

namespace raclette {

/// A read that may be shared: answered from the last answer, with the one in flight, or with the one after it.
void DataClient::join_read(Handle execution, Query& query, double now) {
  const Handle handle = read_of(query);
  Read& read = *reads_.find(handle);
  executions_.find(execution)->read = handle;
  if (read.response != 0 && now >= read.fresh_until) drop_response(read);
  if (read.response != 0) {
    settle(execution, {ErrorCode::OK, read.status, read.response}, now);
  } else if (read.flight == 0) {
    read.stale = false;
    read.flight = take_off(handle, {execution}, 0, now);
  } else if (read.stale) {
    read.trailing.push_back(execution);
  } else {
    executions_.find(execution)->flight = read.flight;
    flights_.find(read.flight)->executions.push_back(execution);
  }
}

/// Nothing under way may be overtaken, and nothing due may be put off: all else goes the long way.
ValueHandle DataClient::reuse(Handle handle, double now) {
  Query* query = find_query(handle);
  if (query == nullptr || !query->options.use_cache || !query->executions.empty() || query->refetch_timer != 0 ||
      query->options.debounce > 0 || query->options.refetch_interval > 0) {
    return 0;
  }
  const Read* read = reads_.find(known_read(*query));
  if (read == nullptr || read->response == 0 || now >= read->fresh_until) return 0;
  query->machine.settle(query->machine.execute(), QueryOutcome::answered);
  return read->response;
}

bool DataClient::serves(const Read& read, const Query& query) {
  return read.operation == query.operation && read.retry == query.options.retry &&
         read.timeout == query.options.timeout && read.target.url_size == query.target.url_size &&
         read.target.key == query.target.key;
}

Handle DataClient::find_read(const Query& query) const {
  return reads_by_key_.find(hash_of(query.target.key),
                            [&](Handle handle) { return serves(*reads_.find(handle), query); });
}

/// The read of what the query asks, 0 if there is none.
Handle DataClient::known_read(Query& query) {
  // Handles come round: the read that has this number may by now be another one.
  const Read* known = reads_.find(query.read);
  if (known == nullptr || !serves(*known, query)) query.read = find_read(query);
  return query.read;
}

Handle DataClient::read_of(Query& query) {
  if (known_read(query) != 0) return query.read;
  Handle& newest = newest_reads_[operations_[query.operation].entity];
  Read read{};
  read.target = query.target;
  read.operation = query.operation;
  read.retry = query.options.retry;
  read.timeout = query.options.timeout;
  read.older = newest;
  query.read = reads_.insert(std::move(read));
  if (Read* older = reads_.find(newest)) older->newer = query.read;
  newest = query.read;
  reads_by_key_.insert(hash_of(query.target.key), query.read);
  return query.read;
}

void DataClient::land_read(Handle handle, const Answer& answer, double now) {
  Read& read = *reads_.find(handle);
  read.flight = 0;
  if (answer.code == ErrorCode::OK && !read.stale && answer.response != 0) {
    read.response = answer.response;
    read.status = answer.status;
    read.fresh_until = now + kReuse;
    read.expiry = timers_.set(read.fresh_until, DataTimer::read, handle);
  } else if (answer.response != 0) {
    effects_.push_back(ReleaseResponse{answer.response});
  }
  if (!read.trailing.empty()) {
    read.stale = false;
    const Handle flight = take_off(handle, std::exchange(read.trailing, {}), 0, now);
    reads_.find(handle)->flight = flight;
  }
  forget_if_unused(handle);
}

void DataClient::invalidate(std::uint32_t entity) {
  for (Handle handle = newest_reads_[entity]; handle != 0;) {
    Read& read = *reads_.find(handle);
    const Handle older = read.older;
    read.stale = true;
    drop_response(read);
    forget_if_unused(handle);
    handle = older;
  }
}

void DataClient::drop_response(Read& read) {
  timers_.cancel(read.expiry);
  if (read.response != 0) effects_.push_back(ReleaseResponse{read.response});
  read.response = 0;
}

void DataClient::forget_if_unused(Handle handle) {
  const Read* read = reads_.find(handle);
  if (read->response != 0 || read->flight != 0 || !read->trailing.empty()) return;
  if (Read* older = reads_.find(read->older)) older->newer = read->newer;
  if (Read* newer = reads_.find(read->newer)) {
    newer->older = read->older;
  } else {
    newest_reads_[operations_[read->operation].entity] = read->older;
  }
  reads_by_key_.erase(hash_of(read->target.key), handle);
  reads_.erase(handle);
}

}  // namespace raclette
