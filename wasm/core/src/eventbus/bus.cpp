#include "eventbus/bus.h"

#include <algorithm>

namespace raclette {
namespace {

Result<Pattern> compile(std::string_view text) {
  auto compiled = Pattern::compile(text);
  if (compiled.ok()) return compiled;
  return Failure{compiled.code(), compiled.failure().detail + " in \"" + std::string(text) + "\""};
}

}  // namespace

Result<bool> EventBus::allow(std::string_view pattern) {
  auto compiled = compile(pattern);
  if (!compiled.ok()) return compiled.failure();
  whitelist_.push_back(std::move(compiled.value()));
  ++version_;
  return true;
}

Result<Handle> EventBus::add(NameId bus, std::string_view pattern, double lifetime, double now) {
  if (pattern.empty()) return Failure{ErrorCode::BAD_ARGUMENT, "the event's name is empty"};
  Listener listener{order_, 0, is_pattern(pattern), by_name_.end(), wildcards_.end()};
  if (!listener.is_pattern) {
    listener.name = by_name_.try_emplace({bus, std::string(pattern)}).first;
    const Handle handle = listeners_.insert(listener);
    listener.name->second.add(order_++, handle);
    return finish(handle, lifetime, now);
  }
  auto compiled = compile(pattern);
  if (!compiled.ok()) return compiled.failure();
  listener.wildcards = wildcards_.try_emplace(bus).first;
  const Handle handle = listeners_.insert(listener);
  listener.wildcards->second.add(order_++, {handle, std::move(compiled.value())});
  return finish(handle, lifetime, now);
}

Handle EventBus::finish(Handle handle, double lifetime, double now) {
  if (lifetime > 0) listeners_.find(handle)->timer = timers_.set(now + lifetime, {TimerKind::bus_once, handle});
  ++version_;
  return handle;
}

bool EventBus::remove(Handle handle) {
  Listener* listener = listeners_.find(handle);
  if (listener == nullptr) return false;
  timers_.cancel(listener->timer);
  if (listener->is_pattern) {
    listener->wildcards->second.remove(listener->order);
    if (listener->wildcards->second.empty()) wildcards_.erase(listener->wildcards);
  } else {
    listener->name->second.remove(listener->order);
    if (listener->name->second.empty()) by_name_.erase(listener->name);
  }
  listeners_.erase(handle);
  ++version_;
  return true;
}

Result<std::vector<Handle>> EventBus::plan(NameId bus, std::string_view name) {
  if (name.empty()) return Failure{ErrorCode::BAD_ARGUMENT, "the event's name is empty"};
  if (is_pattern(name)) return Failure{ErrorCode::BAD_ARGUMENT, "a pattern cannot be emitted"};
  if (!allowed(name)) return Failure{ErrorCode::EVENT_NOT_ALLOWED, std::string(name)};
  std::vector<std::pair<std::uint64_t, Handle>> heard;
  const auto named = by_name_.find({bus, std::string(name)});
  if (named != by_name_.end()) {
    named->second.for_each([&heard](std::uint64_t order, Handle listener) { heard.emplace_back(order, listener); });
  }
  const auto wildcards = wildcards_.find(bus);
  if (wildcards != wildcards_.end()) {
    wildcards->second.for_each([&heard, name](std::uint64_t order, const Wildcard& wildcard) {
      if (wildcard.pattern.matches(name)) heard.emplace_back(order, wildcard.listener);
    });
    std::sort(heard.begin(), heard.end());
  }
  std::vector<Handle> listeners;
  listeners.reserve(heard.size());
  for (const auto& [order, listener] : heard) listeners.push_back(listener);
  return listeners;
}

bool EventBus::allowed(std::string_view name) const {
  return whitelist_.empty() || std::any_of(whitelist_.begin(), whitelist_.end(),
                                           [name](const Pattern& pattern) { return pattern.matches(name); });
}

void EventBus::expire(Handle listener) {
  if (remove(listener)) effects_.push_back(ListenerExpired{listener});
}

}  // namespace raclette
