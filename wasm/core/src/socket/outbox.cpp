#include "socket/outbox.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace raclette {
namespace {

/// The largest number of bytes that BufferChanged can report.
constexpr double kMaxBytes = std::numeric_limits<std::uint32_t>::max();

/// The size of an emit, limited to valid numbers. NaN, negative or huge sizes would spoil the sum permanently.
double size_of(const OutgoingEvent& event) { return std::min(std::max(0.0, event.bytes), kMaxBytes); }

}  // namespace

bool Outbox::has_room(const OutgoingEvent& event) const {
  return waiting_count_ < options_.buffer_count && waiting_bytes_ + size_of(event) <= options_.buffer_bytes;
}

bool Outbox::is_full() const { return emits_.is_full() || !timers_.has_room(); }

Handle Outbox::add(const OutgoingEvent& event, bool waits, double now) {
  const Handle handle = emits_.insert({event, ++order_, true, static_cast<double>(event.retries), 0, 0});
  in_order_.add(order_, handle);
  ordered_count_ += event.is_ordered ? 1 : 0;
  Emit& emit = *emits_.find(handle);
  if (event.wants_ack && event.timeout > 0 && event.retries == 0) {
    emit.answer_timer = timers_.set(now + event.timeout, SocketTimer::emit_answer, handle);
  }
  if (waits) wait(handle, emit, now);
  return handle;
}

void Outbox::wait(Handle handle, Emit& emit, double now) {
  emit.sent = false;
  ++waiting_count_;
  waiting_bytes_ += size_of(emit.event);
  if (options_.buffer_time_to_live < kNoLimit && emit.expiry_timer == 0) {
    emit.expiry_timer = timers_.set(now + options_.buffer_time_to_live, SocketTimer::emit_expiry, handle);
  }
  report_buffer();
}

void Outbox::end_wait(Handle handle, Emit& emit) {
  --waiting_count_;
  waiting_bytes_ -= size_of(emit.event);
  timers_.cancel(emit.expiry_timer);
  if (!emit.event.wants_ack) effects_.push_back(EmitOver{handle});
  report_buffer();
}

void Outbox::report_buffer() {
  effects_.push_back(BufferChanged{waiting_count_, static_cast<std::uint32_t>(std::min(waiting_bytes_, kMaxBytes))});
}

/// Returns the emits of a namespace for which `which` is true, oldest first.
template <class Which>
std::vector<Handle> Outbox::select(std::uint32_t nsp_id, Which which) const {
  std::vector<Handle> handles;
  in_order_.for_each([&](Handle handle) {
    const Emit& emit = *emits_.find(handle);
    if (emit.event.nsp_id == nsp_id && which(emit)) handles.push_back(handle);
  });
  return handles;
}

std::vector<Handle> Outbox::sendable(std::uint32_t nsp_id) const {
  bool has_first = false;
  return select(nsp_id, [&](const Emit& emit) {
    const bool is_behind = emit.event.is_ordered && std::exchange(has_first, true);
    return !emit.sent && !is_behind;
  });
}

bool Outbox::has_ordered(std::uint32_t nsp_id) const {
  return ordered_count_ > 0 && !select(nsp_id, [](const Emit& emit) { return emit.event.is_ordered; }).empty();
}

const OutgoingEvent* Outbox::find(Handle handle) {
  const Emit* emit = emits_.find(handle);
  return emit == nullptr ? nullptr : &emit->event;
}

void Outbox::mark_sent(Handle handle, double now) {
  Emit* emit = emits_.find(handle);
  if (emit == nullptr) return;
  if (!emit->sent) end_wait(handle, *emit);
  emit->sent = true;
  const OutgoingEvent& event = emit->event;
  if (!event.wants_ack) return erase(handle, *emit);
  time(handle, *emit, now);
  if (event.retries > 0 && event.timeout > 0) {
    timers_.cancel(emit->answer_timer);
    emit->answer_timer = timers_.set(now + event.timeout, SocketTimer::emit_answer, handle);
  }
}

/// Starts timing the emit if none is timed. An emit that was sent twice is not timed: its answer does not tell to which
/// attempt it belongs.
void Outbox::time(Handle handle, const Emit& emit, double now) {
  if (timed_ == handle) {
    timed_ = 0;
  } else if (timed_ == 0 && emit.tries_left == emit.event.retries) {
    timed_ = handle;
    timed_since_ = now;
  }
}

std::optional<double> Outbox::timed(Handle handle) const {
  return handle == timed_ ? std::optional(timed_since_) : std::nullopt;
}

void Outbox::erase(Handle handle, Emit& emit) {
  if (!emit.sent) end_wait(handle, emit);
  timers_.cancel(emit.answer_timer);
  timers_.cancel(emit.expiry_timer);
  engine_.release(emit.event.payload);
  in_order_.remove(emit.order);
  if (timed_ == handle) timed_ = 0;
  if (emit.event.is_ordered && --ordered_count_ > 0) schedule_ordered(emit.event.nsp_id);
  emits_.erase(handle);
}

/// Sets one timer for all ordered emits that end before the next tick.
void Outbox::schedule_ordered(std::uint32_t nsp_id) {
  if (ordered_timers_.size() <= nsp_id) ordered_timers_.resize(nsp_id + 1);
  if (ordered_timers_[nsp_id] == 0) ordered_timers_[nsp_id] = timers_.set(0, SocketTimer::emit_ordered, nsp_id);
}

std::int64_t Outbox::ack_id(Handle handle) const {
  const Emit* emit = emits_.find(handle);
  return emit == nullptr ? 0 : static_cast<std::int64_t>(emit->order);
}

Handle Outbox::awaiting(std::uint32_t nsp_id, std::int64_t ack_id) const {
  const Handle handle = in_order_.find(static_cast<std::uint64_t>(ack_id));
  return awaits(nsp_id, handle) ? handle : 0;
}

bool Outbox::awaits(std::uint32_t nsp_id, Handle handle) const {
  const Emit* emit = emits_.find(handle);
  return emit != nullptr && emit->event.wants_ack && emit->sent && emit->event.nsp_id == nsp_id;
}

bool Outbox::answer(std::uint32_t nsp_id, Handle handle) {
  if (!awaits(nsp_id, handle)) return false;
  erase(handle, *emits_.find(handle));
  return true;
}

bool Outbox::fail(Handle handle, ErrorCode code) {
  Emit* emit = emits_.find(handle);
  if (emit == nullptr) return false;
  const bool wants_ack = emit->event.wants_ack;
  erase(handle, *emit);
  if (wants_ack) effects_.push_back(AckFailed{handle, code});
  return true;
}

bool Outbox::answer_timed_out(Handle handle) {
  Emit* emit = emits_.find(handle);
  if (emit == nullptr) return false;
  emit->answer_timer = 0;
  if (emit->tries_left > 0) {
    --emit->tries_left;
    return true;
  }
  fail(handle, ErrorCode::ACK_TIMEOUT);
  return false;
}

void Outbox::expire(Handle handle) {
  Emit* emit = emits_.find(handle);
  if (emit == nullptr) return;
  emit->expiry_timer = 0;
  const bool has_caller = emit->event.wants_ack;
  fail(handle, ErrorCode::EMIT_EXPIRED);
  if (!has_caller) effects_.push_back(ReportError{ErrorCode::EMIT_EXPIRED, {}});
}

void Outbox::lost(std::uint32_t nsp_id, double now) {
  for (const Handle handle : select(nsp_id, [](const Emit& emit) { return emit.sent; })) {
    Emit& emit = *emits_.find(handle);
    if (emit.tries_left > 0) {
      --emit.tries_left;
      timers_.cancel(emit.answer_timer);
      wait(handle, emit, now);
    } else {
      fail(handle, ErrorCode::SOCKET_DISCONNECTED);
    }
  }
}

void Outbox::clear(std::uint32_t nsp_id) {
  for (const Handle handle : select(nsp_id, [](const Emit& emit) { return !emit.sent; }))
    fail(handle, ErrorCode::ABORTED);
}

void Outbox::end(std::uint32_t nsp_id) {
  for (const Handle handle : select(nsp_id, [](const Emit&) { return true; })) fail(handle, ErrorCode::DISPOSED);
}

}  // namespace raclette
