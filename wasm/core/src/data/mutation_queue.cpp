#include "data/mutation_queue.h"

#include <algorithm>

#include "base/text.h"

namespace raclette {

void MutationQueue::begin(Mutation& mutation, const std::string_view& persisted_key, bool queued, bool repeats) {
  mutation.queued = queued;
  mutation.persisted = !persisted_key.empty();
  if (!mutation.persisted && !queued && !repeats) return;
  mutation.order = ++mutations_;
  if (mutation.persisted) {
    mutation.key = persisted_key;
  } else {
    mutation.key = client_;
    append_number(mutation.key.append("-"), mutation.order);
  }
}

void MutationQueue::add(Handle flight, double now) {
  waiting_.push_back(flight);
  if (!halted_) return;
  // A new mutation by the user ends the wait for the next try.
  if (!gone_ && now >= not_before_) {
    flow();
  } else if (timer_ == 0) {
    set_timer(now);
  }
}

Handle MutationQueue::next() {
  if (halted_ || under_way_ || waiting_.empty()) return 0;
  under_way_ = true;
  return waiting_.front();
}

void MutationQueue::sent(Mutation& mutation, Handle flight, double now) {
  if (mutation.persisted || mutation.persist_timer != 0) return;
  mutation.persist_timer = timers_.set(now + kPersistAfter, DataTimer::persist, flight);
}

void MutationQueue::persist(Mutation& mutation, Handle query, Handle execution, const Answer& answer) {
  timers_.cancel(mutation.persist_timer);
  mutation.persisted = true;
  effects_.push_back(PersistMutation{query, execution, mutation.order, mutation.key, mutation.tries, answer.code,
                                     answer.status, answer.response});
}

void MutationQueue::abandoned(Mutation& mutation) {
  timers_.cancel(mutation.persist_timer);
  mutation.queued = false;
}

bool MutationQueue::has_time(Mutation& mutation, const Answer& answer, double now) {
  if (answer.status == 0 || RetryPolicy::classify(answer) == FailureKind::credentials) return true;
  if (mutation.undecided_since < 0) mutation.undecided_since = now;
  return now - mutation.undecided_since < kMaxUndecided;
}

void MutationQueue::failed(const Answer& answer, double now) {
  if (RetryPolicy::classify(answer) == FailureKind::credentials) {
    effects_.push_back(ReportError{ErrorCode::AUTH_FAILED, "queued mutations wait until the server accepts them"});
  }
  under_way_ = false;
  not_before_ = answer.retry_after > 0 ? now + answer.retry_after : 0;
  halt(now);
}

void MutationQueue::remove(Mutation& mutation, Handle flight, bool answered) {
  timers_.cancel(mutation.persist_timer);
  if (mutation.persisted) effects_.push_back(RemoveMutation{mutation.key});
  if (!mutation.queued) return;
  if (!waiting_.empty() && waiting_.front() == flight) under_way_ = false;
  std::erase(waiting_, flight);
  if (answered) gone_ = false;
  if (answered || (waiting_.empty() && !gone_)) {
    tries_.reset();
    return flow();
  }
  if (waiting_.empty()) timers_.cancel(timer_);
}

void MutationQueue::clear() {
  waiting_.clear();
  under_way_ = false;
  not_before_ = 0;
  tries_.reset();
  flow();
  halted_ = gone_;
}

void MutationQueue::went_offline(double now) {
  gone_ = true;
  if (!halted_) halt(now);
}

void MutationQueue::went_online(double now) {
  gone_ = false;
  tries_.reset();
  if (now >= not_before_) flow();
}

void MutationQueue::flow() {
  halted_ = false;
  timers_.cancel(timer_);
}

void MutationQueue::retry_now() {
  timers_.cancel(timer_);
  halted_ = false;
}

void MutationQueue::halt(double now) {
  halted_ = true;
  timers_.cancel(timer_);
  if (!waiting_.empty()) set_timer(now);
}

void MutationQueue::set_timer(double now) {
  timer_ = timers_.set(std::max(now + retries_.delay(tries_), not_before_), DataTimer::queue);
}

}  // namespace raclette
