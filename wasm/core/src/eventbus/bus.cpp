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
  Listener listener{bus, kNoName, order_++, 0};
  if (is_pattern(pattern)) {
    auto compiled = compile(pattern);
    if (!compiled.ok()) return compiled.failure();
    const Handle handle = listeners_.insert(listener);
    wildcards_.push_back({bus, handle, std::move(compiled.value())});
    return finish(handle, lifetime, now);
  }
  listener.name = names_.intern(pattern);
  if (listener.name >= by_name_.size()) by_name_.resize(listener.name + 1);
  const Handle handle = listeners_.insert(listener);
  by_name_[listener.name].push_back(handle);
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
  if (listener->name == kNoName) {
    std::erase_if(wildcards_, [handle](const Wildcard& wildcard) { return wildcard.listener == handle; });
  } else {
    std::erase(by_name_[listener->name], handle);
  }
  listeners_.erase(handle);
  ++version_;
  return true;
}

Result<std::vector<Handle>> EventBus::plan(NameId bus, std::string_view name) {
  if (name.empty()) return Failure{ErrorCode::BAD_ARGUMENT, "the event's name is empty"};
  if (is_pattern(name)) return Failure{ErrorCode::BAD_ARGUMENT, "a pattern cannot be emitted"};
  if (!allowed(name)) return Failure{ErrorCode::EVENT_NOT_ALLOWED, std::string(name)};
  std::vector<Handle> heard;
  const NameId id = names_.find(name);
  if (id < by_name_.size()) {
    for (const Handle handle : by_name_[id]) {
      if (listeners_.find(handle)->bus == bus) heard.push_back(handle);
    }
  }
  for (const Wildcard& wildcard : wildcards_) {
    if (wildcard.bus == bus && wildcard.pattern.matches(name)) heard.push_back(wildcard.listener);
  }
  std::sort(heard.begin(), heard.end(),
            [this](Handle a, Handle b) { return listeners_.find(a)->order < listeners_.find(b)->order; });
  return heard;
}

bool EventBus::allowed(std::string_view name) const {
  return whitelist_.empty() || std::any_of(whitelist_.begin(), whitelist_.end(),
                                           [name](const Pattern& pattern) { return pattern.matches(name); });
}

void EventBus::expire(Handle listener) {
  if (remove(listener)) effects_.push_back(ListenerExpired{listener});
}

}  // namespace raclette
