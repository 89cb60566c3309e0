#include "data/due_reads.h"

#include <algorithm>

namespace raclette {

DueReads::Due* DueReads::find(Handle query) {
  const auto found = std::find_if(due_.begin(), due_.end(), [&](const Due& due) { return due.query == query; });
  return found == due_.end() ? nullptr : &*found;
}

void DueReads::failed(Handle query, std::uint32_t entity, bool may_pass, double not_before, double now) {
  Due* due = find(query);
  if (due == nullptr) {
    due_.push_back({query, entity, {}});
    due = &due_.back();
  }
  due->trying = false;
  due->not_before = not_before;
  timers_.cancel(due->timer);
  if (may_pass) {
    due->timer = timers_.set(std::max(now + retries_.delay(due->tries), not_before), DataTimer::due, query);
  }
}

void DueReads::executed(Handle query) {
  Due* due = find(query);
  if (due == nullptr) return;
  due->trying = true;
  timers_.cancel(due->timer);
}

void DueReads::over(Handle query) {
  Due* due = find(query);
  if (due == nullptr) return;
  timers_.cancel(due->timer);
  *due = due_.back();
  due_.pop_back();
}

void DueReads::retry_now(Due& due) {
  if (due.trying) return;
  timers_.cancel(due.timer);
  // A deadline in the past fires with the next tick. By then, the same signal may already have executed the query.
  due.timer = timers_.set(due.not_before, DataTimer::due, due.query);
}

void DueReads::retry_query(Handle query) {
  if (Due* due = find(query)) retry_now(*due);
}

void DueReads::retry_entity(std::uint32_t entity) {
  for (Due& due : due_) {
    if (due.entity == entity) retry_now(due);
  }
}

void DueReads::retry_all() {
  for (Due& due : due_) retry_now(due);
}

void DueReads::clear() {
  for (Due& due : due_) timers_.cancel(due.timer);
  due_.clear();
}

void DueReads::fired(Handle query) {
  if (Due* due = find(query)) due->timer = 0;
}

}  // namespace raclette
