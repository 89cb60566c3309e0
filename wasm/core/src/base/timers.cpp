#include "base/timers.h"

#include <limits>

namespace raclette {

TimerId TimerTable::add(double deadline, TimerOwner owner, std::uint8_t timer, std::uint32_t subject) {
  const auto position = static_cast<std::uint32_t>(heap_.size());
  const TimerId id = timers_.insert({position, subject, owner, timer});
  if (id == 0) return 0;
  heap_.push_back({deadline, order_++, id});
  sift(heap_.size() - 1);
  return id;
}

void TimerTable::cancel(TimerId& id) {
  if (const Timer* timer = timers_.find(id)) remove_at(timer->position);
  id = 0;
}

std::optional<TimerEvent> TimerTable::pop_due(double now) {
  if (heap_.empty() || heap_.front().deadline > now) return std::nullopt;
  const Timer& timer = *timers_.find(heap_.front().id);
  const TimerEvent event{timer.owner, timer.timer, timer.subject, now - heap_.front().deadline};
  remove_at(0);
  return event;
}

double TimerTable::next() const {
  return heap_.empty() ? std::numeric_limits<double>::infinity() : heap_.front().deadline;
}

void TimerTable::place(std::size_t position, const Entry& entry) {
  heap_[position] = entry;
  timers_.find(entry.id)->position = static_cast<std::uint32_t>(position);
}

/// Moves the entry at `position` up or down until the heap is in order.
void TimerTable::sift(std::size_t position) {
  const Entry entry = heap_[position];
  while (position > 0 && earlier(entry, heap_[(position - 1) / 2])) {
    place(position, heap_[(position - 1) / 2]);
    position = (position - 1) / 2;
  }
  for (std::size_t child = position * 2 + 1; child < heap_.size(); child = position * 2 + 1) {
    if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child])) ++child;
    if (!earlier(heap_[child], entry)) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, entry);
}

void TimerTable::remove_at(std::size_t position) {
  timers_.erase(heap_[position].id);
  const Entry last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  heap_[position] = last;
  sift(position);
}

}  // namespace raclette
