#include "eventbus/bus.h"

#include <algorithm>

namespace raclette {
namespace {

Result<Pattern> compile(const std::string_view& text) {
  auto compiled = Pattern::compile(text);
  if (compiled.ok()) return compiled;
  std::string detail = compiled.failure().detail;
  detail.append(" in \"").append(text).append("\"");
  return Failure{compiled.code(), std::move(detail)};
}

}  // namespace

Result<bool> EventBus::allow(const std::string_view& pattern) {
  auto compiled = compile(pattern);
  if (!compiled.ok()) return compiled.failure();
  whitelist_.push_back(std::move(compiled.value()));
  ++version_;
  return true;
}

Handle EventBus::find(NameId bus, const std::string_view& name) const {
  return by_name_.find(hash_of(name, bus), [&](Handle handle) {
    const Named& named = *named_.find(handle);
    return named.bus == bus && named.name == name;
  });
}

Handle EventBus::find_or_make(NameId bus, const std::string_view& name) {
  if (const Handle known = find(bus, name); known != 0) return known;
  const Handle named = named_.insert({bus, std::string(name), {}});
  by_name_.insert(hash_of(name, bus), named);
  return named;
}

Result<Handle> EventBus::add(NameId bus, const std::string_view& pattern, double lifetime, double now) {
  if (pattern.empty()) return Failure{ErrorCode::BAD_ARGUMENT, "the event's name is empty"};
  if (listeners_.is_full()) return Failure{ErrorCode::BUFFER_FULL, {}};
  Listener listener{order_++, 0, {}};
  const bool is_wildcard = is_pattern(pattern);
  if (is_wildcard) {
    auto compiled = compile(pattern);
    if (!compiled.ok()) return compiled.failure();
    listener.pattern = std::move(compiled.value());
  }
  listener.named = find_or_make(bus, is_wildcard ? std::string_view() : pattern);
  Ordered& listeners = named_.find(listener.named)->listeners;
  const std::uint64_t order = listener.order;
  const Handle handle = listeners_.insert(std::move(listener));
  listeners.add(order, handle);
  if (lifetime > 0) listeners_.find(handle)->timer = timers_.set(now + lifetime, BusTimer::once, handle);
  ++version_;
  return handle;
}

bool EventBus::remove(Handle handle) {
  Listener* listener = listeners_.find(handle);
  if (listener == nullptr) return false;
  timers_.cancel(listener->timer);
  Named& named = *named_.find(listener->named);
  named.listeners.remove(listener->order);
  if (named.listeners.empty()) {
    by_name_.erase(hash_of(named.name, named.bus), listener->named);
    named_.erase(listener->named);
  }
  listeners_.erase(handle);
  ++version_;
  return true;
}

Result<std::vector<Handle>> EventBus::plan(NameId bus, const std::string_view& name) {
  if (name.empty()) return Failure{ErrorCode::BAD_ARGUMENT, "the event's name is empty"};
  if (is_pattern(name)) return Failure{ErrorCode::BAD_ARGUMENT, "a pattern cannot be emitted"};
  if (!allowed(name)) return Failure{ErrorCode::EVENT_NOT_ALLOWED, std::string(name)};
  static const Ordered kNobody;
  const Named* exact = named_.find(find(bus, name));
  const Named* wildcards = named_.find(find(bus, {}));
  std::vector<Handle> found = Ordered::merged(exact == nullptr ? kNobody : exact->listeners,
                                              wildcards == nullptr ? kNobody : wildcards->listeners);
  std::erase_if(found, [&](Handle handle) {
    const Listener& listener = *listeners_.find(handle);
    return !listener.pattern.empty() && !listener.pattern.matches(name);
  });
  return found;
}

bool EventBus::allowed(const std::string_view& name) const {
  return whitelist_.empty() || std::any_of(whitelist_.begin(), whitelist_.end(),
                                           [name](const Pattern& pattern) { return pattern.matches(name); });
}

void EventBus::fire(BusTimer kind, Handle listener) {
  switch (kind) {
    case BusTimer::once:
      if (remove(listener)) effects_.push_back(ListenerExpired{listener});
  }
}

}  // namespace raclette
