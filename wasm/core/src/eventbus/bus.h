// The event bus: who hears which name, on the global bus and on each plugin's own. It holds registrations and
// answers with plans, the listeners of a name in the order of registration; calling them is the binding's part.
// `version` moves with every change, so that a plan kept outside is known to be out of date.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/result.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "eventbus/pattern.h"
#include "raclette/effect.h"

namespace raclette {

/// The bus that all plugins share; a plugin's own is told by the plugin's name.
inline constexpr NameId kGlobalBus = kNoName;

class EventBus {
 public:
  EventBus(Names& names, TimerTable& timers, Effects& effects) : names_(names), timers_(timers), effects_(effects) {}

  /// Adds to the whitelist: once it holds a pattern, only what matches one may be emitted. BAD_PATTERN.
  Result<bool> allow(std::string_view pattern);

  /// Registers a listener for a name or pattern. `lifetime`: milliseconds until it is removed unheard
  /// (ListenerExpired); 0: no limit. BAD_ARGUMENT for an empty name, BAD_PATTERN.
  Result<Handle> add(NameId bus, std::string_view pattern, double lifetime, double now);
  bool remove(Handle listener);
  [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }

  /// The listeners of `name`. BAD_ARGUMENT for an empty name or a pattern, EVENT_NOT_ALLOWED outside the whitelist.
  Result<std::vector<Handle>> plan(NameId bus, std::string_view name);

  void expire(Handle listener);
  [[nodiscard]] std::uint32_t version() const { return version_; }

 private:
  struct Listener {
    NameId bus;
    NameId name;  // kNoName for a pattern
    std::uint64_t order;
    TimerId timer;
  };
  struct Wildcard {
    NameId bus;
    Handle listener;
    Pattern pattern;
  };

  [[nodiscard]] bool allowed(std::string_view name) const;
  Handle finish(Handle handle, double lifetime, double now);

  Names& names_;
  TimerTable& timers_;
  Effects& effects_;
  SlotMap<Listener> listeners_;
  std::vector<std::vector<Handle>> by_name_;  // name's id → listeners of every bus, oldest first
  std::vector<Wildcard> wildcards_;
  std::vector<Pattern> whitelist_;
  std::uint64_t order_ = 0;
  std::uint32_t version_ = 1;
};

}  // namespace raclette
