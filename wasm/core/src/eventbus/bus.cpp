#include "eventbus/bus.h"

#include <algorithm>

namespace raclette {
namespace {

/// Returns BAD_PATTERN and the reason if the text is no pattern.
Result<bool> checked(const std::string_view& text) {
  const std::string_view reason = pattern_error(text);
  if (reason.empty()) return true;
  return Failure{ErrorCode::BAD_PATTERN, std::string(reason).append(" in \"").append(text).append("\"")};
}

}  // namespace

Result<bool> EventBus::allow(const std::string_view& pattern) {
  const auto check = checked(pattern);
  if (!check.ok()) return check;
  whitelist_.emplace_back(pattern);
  ++version_;
  return true;
}

Handle EventBus::find(NameId bus, const std::string_view& name) const {
  return by_name_.find(hash_of(name, bus), [&](Handle handle) {
    const Named& named = *named_.find(handle);
    return named.bus == bus && named.text == name;
  });
}

Handle EventBus::find_or_make(NameId bus, const std::string_view& text) {
  if (const Handle known = find(bus, text); known != 0) return known;
  const Handle wildcards = is_pattern(text) ? find_or_make(bus, {}) : 0;
  if (wildcards != 0) ++named_.find(wildcards)->users;
  const Handle named = named_.insert({bus, std::string(text), wildcards, 0, {}});
  by_name_.insert(hash_of(text, bus), named);
  return named;
}

/// Removes one user. A name without users is freed.
void EventBus::release(Handle handle) {
  Named& named = *named_.find(handle);
  if (--named.users != 0) return;
  if (named.wildcards != 0) release(named.wildcards);
  by_name_.erase(hash_of(named.text, named.bus), handle);
  named_.erase(handle);
}

Ordered& EventBus::listeners_of(Named& named) {
  return named.wildcards == 0 ? named.listeners : named_.find(named.wildcards)->listeners;
}

Result<Handle> EventBus::add(NameId bus, const std::string_view& pattern, double lifetime, double now) {
  if (pattern.empty()) return Failure{ErrorCode::BAD_ARGUMENT, "the event's name is empty"};
  if (listeners_.is_full()) return Failure{ErrorCode::BUFFER_FULL, {}};
  if (is_pattern(pattern)) {
    const auto check = checked(pattern);
    if (!check.ok()) return check.failure();
  }
  return insert(find_or_make(bus, pattern), lifetime, now);
}

Handle EventBus::add_again(Handle other, double lifetime, double now) {
  const Listener* const listener = listeners_.find(other);
  return listener == nullptr || listeners_.is_full() ? 0 : insert(listener->named, lifetime, now);
}

Handle EventBus::insert(Handle name, double lifetime, double now) {
  Named& named = *named_.find(name);
  ++named.users;
  const Handle handle = listeners_.insert({order_, name});
  listeners_of(named).add(order_++, handle);
  if (lifetime > 0) listeners_.find(handle)->timer = timers_.set(now + lifetime, BusTimer::once, handle);
  ++version_;
  return handle;
}

bool EventBus::remove(Handle handle) {
  Listener* const listener = listeners_.find(handle);
  if (listener == nullptr) return false;
  timers_.cancel(listener->timer);
  listeners_of(*named_.find(listener->named)).remove(listener->order);
  release(listener->named);
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
    const Named& heard = *named_.find(listeners_.find(handle)->named);
    return heard.wildcards != 0 && !pattern_matches(heard.text, name);
  });
  return found;
}

bool EventBus::allowed(const std::string_view& name) const {
  return whitelist_.empty() || std::any_of(whitelist_.begin(), whitelist_.end(), [name](const std::string& pattern) {
           return pattern_matches(pattern, name);
         });
}

void EventBus::fire(BusTimer kind, Handle listener) {
  switch (kind) {
    case BusTimer::once:
      if (remove(listener)) effects_.push_back(ListenerExpired{listener});
  }
}

}  // namespace raclette
