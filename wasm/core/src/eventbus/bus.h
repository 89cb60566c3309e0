// The event bus: the listeners of names and patterns, on the global bus and on each plugin's own. It returns a plan:
// the listeners of a name in the order of registration. The binding calls them. `version` changes with every
// registration, which invalidates cached plans. A name is stored only while it has listeners, because pages keep
// creating names (`item/4711`).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash_index.h"
#include "base/names.h"
#include "base/ordered.h"
#include "base/result.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "eventbus/pattern.h"
#include "raclette/effect.h"

namespace raclette {

/// The bus that all plugins share. A plugin's own bus has the plugin's name as its id.
inline constexpr NameId kGlobalBus = kNoName;

class EventBus {
 public:
  EventBus(TimerTable& timers, Effects& effects) : timers_(timers), effects_(effects) {}

  /// Adds a pattern to the whitelist. Once it has one, only names that match a pattern may be emitted. Fails with
  /// BAD_PATTERN.
  Result<bool> allow(const std::string_view& pattern);

  /// Registers a listener for a name or pattern. `lifetime`: milliseconds after which it is removed (ListenerExpired),
  /// unless it was removed before; 0: no limit. Fails with BAD_ARGUMENT for an empty name, or with BAD_PATTERN.
  Result<Handle> add(NameId bus, const std::string_view& pattern, double lifetime, double now);
  /// Registers a listener for what `other` listens to. Returns 0 if that one is gone, or if there are too many
  /// listeners.
  Handle add_again(Handle other, double lifetime, double now);
  bool remove(Handle listener);
  [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }

  /// Returns the listeners of `name`. Fails with BAD_ARGUMENT for an empty name or a pattern, and with
  /// EVENT_NOT_ALLOWED for a name outside the whitelist.
  Result<std::vector<Handle>> plan(NameId bus, const std::string_view& name);

  void fire(BusTimer kind, Handle listener);
  [[nodiscard]] std::uint32_t version() const { return version_; }

 private:
  /// A name or pattern that has listeners on one bus. The listeners of all its patterns are under the empty name.
  struct Named {
    NameId bus;
    std::string text;
    Handle wildcards;         // of a pattern: the empty name; else 0
    std::uint32_t users = 0;  // listeners of this text; of the empty name: patterns
    Ordered listeners;
  };
  struct Listener {
    std::uint64_t order;
    Handle named;
    TimerId timer = 0;
  };

  [[nodiscard]] bool allowed(const std::string_view& name) const;
  [[nodiscard]] Handle find(NameId bus, const std::string_view& name) const;
  Handle find_or_make(NameId bus, const std::string_view& text);
  Handle insert(Handle name, double lifetime, double now);
  void release(Handle named);
  /// Returns the listeners among which those of `named` are.
  [[nodiscard]] Ordered& listeners_of(Named& named);

  TimerTable& timers_;
  Effects& effects_;
  SlotMap<Listener> listeners_;
  SlotMap<Named> named_;
  HashIndex by_name_;
  std::vector<std::string> whitelist_;
  std::uint64_t order_ = 0;
  std::uint32_t version_ = 1;
};

}  // namespace raclette
