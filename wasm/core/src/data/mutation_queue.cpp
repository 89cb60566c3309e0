#include "data/mutation_queue.h"

namespace raclette {

void MutationQueue::add(Handle flight, double now) {
  waiting_.push_back(flight);
  if (halted_ && timer_ == 0) set_timer(now);
}

Handle MutationQueue::next() {
  if (halted_ || under_way_ || waiting_.empty()) return 0;
  under_way_ = true;
  return waiting_.front();
}

void MutationQueue::failed(double now) {
  under_way_ = false;
  halt(now);
}

void MutationQueue::remove(Handle flight, bool answered) {
  if (!waiting_.empty() && waiting_.front() == flight) under_way_ = false;
  std::erase(waiting_, flight);
  if (answered || (waiting_.empty() && !gone_)) return network_back();
  if (waiting_.empty()) timers_.cancel(timer_);
}

void MutationQueue::network_gone(double now) {
  gone_ = true;
  if (!halted_) halt(now);
}

void MutationQueue::network_back() {
  gone_ = false;
  halted_ = false;
  tries_.reset();
  timers_.cancel(timer_);
}

void MutationQueue::time_to_try() {
  timer_ = 0;
  halted_ = false;
}

void MutationQueue::halt(double now) {
  halted_ = true;
  timers_.cancel(timer_);
  if (!waiting_.empty()) set_timer(now);
}

void MutationQueue::set_timer(double now) { timer_ = timers_.set(now + retries_.delay(tries_), DataTimer::queue); }

}  // namespace raclette
