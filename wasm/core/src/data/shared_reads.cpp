#include "data/shared_reads.h"

#include <utility>

#include "data/release.h"

namespace raclette {

bool SharedReads::serves(const Read& read, const ReadKey& key) {
  return read.operation == key.operation && read.retry == key.retry && read.timeout == key.timeout &&
         read.target == key.target;
}

Handle SharedReads::find(const ReadKey& key, Handle known) const {
  // Handles are reused: `known` may refer to another read by now.
  if (const Read* read = reads_.find(known); read != nullptr && serves(*read, key)) return known;
  return by_key_.find(hash_of(key.target.key()), [&](Handle handle) { return serves(*reads_.find(handle), key); });
}

Handle SharedReads::find_or_add(const ReadKey& key, std::uint32_t entity, Handle known) {
  if (const Handle found = find(key, known); found != 0) return found;
  if (newest_.size() <= entity) newest_.resize(entity + 1, 0);
  const Handle handle = reads_.emplace();
  Read& read = *reads_.find(handle);
  read.target = key.target;
  read.operation = key.operation;
  read.entity = entity;
  read.retry = key.retry;
  read.timeout = key.timeout;
  read.older = newest_[entity];
  if (Read* older = reads_.find(read.older)) older->newer = handle;
  newest_[entity] = handle;
  by_key_.insert(hash_of(key.target.key()), handle);
  return handle;
}

Joined SharedReads::join(Handle handle, Handle execution, double now) {
  Read& read = *reads_.find(handle);
  if (read.response != 0 && reusable(handle, now) == 0) drop_response(read);
  if (read.response != 0) {
    return {Join::answered, 0, {ErrorCode::OK, read.status, read.response, true, 0, read.as_of}};
  }
  if (read.flight == 0) return {Join::starts};
  if (is_current(read)) return {Join::shares, read.flight};
  read.trailing.push_back(execution);
  return {Join::trails, read.flight};
}

bool SharedReads::shares(Handle handle, const ReadKey& key) const {
  const Read* read = reads_.find(handle);
  return read != nullptr && read->flight != 0 && is_current(*read) && serves(*read, key);
}

void SharedReads::started(Handle handle, Handle flight) {
  Read& read = *reads_.find(handle);
  read.flight = flight;
  read.as_of = now(read.entity);
}

std::vector<Handle> SharedReads::complete(Handle handle, const Answer& answer, double now) {
  Read& read = *reads_.find(handle);
  read.flight = 0;
  if (answer.code == ErrorCode::OK && !read.stale && answer.response != 0 && !gaps.may_have_missed(answer.as_of)) {
    read.response = answer.response;
    read.status = answer.status;
    read.as_of = answer.as_of;
    read.fresh_until = now + kReuse;
    read.expiry = timers_.set(read.fresh_until, DataTimer::read, handle);
  } else {
    release_response(effects_, answer.response);
  }
  std::vector<Handle> trailing;
  trailing.swap(read.trailing);
  if (trailing.empty()) {
    forget_if_unused(handle);
  } else {
    read.stale = false;
  }
  return trailing;
}

void SharedReads::leave(Handle handle, Handle execution) {
  if (Read* read = reads_.find(handle)) std::erase(read->trailing, execution);
}

ValueHandle SharedReads::reusable(Handle handle, double now) const {
  const Read* read = reads_.find(handle);
  return read == nullptr || now >= read->fresh_until || gaps.may_have_missed(read->as_of) ? 0 : read->response;
}

std::vector<Handle> SharedReads::restarted(Handle handle) {
  Read& read = *reads_.find(handle);
  read.stale = false;
  read.as_of = now(read.entity);
  return std::exchange(read.trailing, {});
}

void SharedReads::invalidate(std::uint32_t entity) {
  if (entity >= changes_.size()) changes_.resize(entity + 1);
  ++changes_[entity];
  if (entity >= newest_.size()) return;
  for (Handle handle = newest_[entity]; handle != 0;) {
    Read& read = *reads_.find(handle);
    const Handle older = read.older;
    read.stale = true;
    drop_response(read);
    forget_if_unused(handle);
    handle = older;
  }
}

void SharedReads::drop_answer(Handle handle) {
  drop_response(*reads_.find(handle));
  forget_if_unused(handle);
}

void SharedReads::drop_response(Read& read) {
  timers_.cancel(read.expiry);
  release_response(effects_, std::exchange(read.response, 0));
}

void SharedReads::forget_if_unused(Handle handle) {
  const Read* read = reads_.find(handle);
  if (read->response != 0 || read->flight != 0 || !read->trailing.empty()) return;
  if (Read* older = reads_.find(read->older)) older->newer = read->newer;
  if (Read* newer = reads_.find(read->newer)) {
    newer->older = read->older;
  } else {
    newest_[read->entity] = read->older;
  }
  by_key_.erase(hash_of(read->target.key()), handle);
  reads_.erase(handle);
}

}  // namespace raclette
