// Who hears an event. Event names on the wire are channels, `<prefix>--<channelKey>`; listeners know keys. The
// router maps one to the other, by the plugins' configs where they name the channel, else by what follows the
// last `--`, and keeps for each channel that matters a plan: its listeners in the order of registration, and the
// entities whose data the event makes stale. A plan is made when its channel is first seen and made again after
// the registrations changed; a channel that concerns nobody is recognised without allocating anything.
//
// Scope: a plugin hears its own channels. Those are the ones its config names, any with the prefix of one of
// them or `plugin_<pluginKey>`, and names without a prefix, which belong to nobody and so to everybody.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/ordered.h"
#include "base/slot_map.h"

namespace raclette {

/// The scope that hears all plugins.
inline constexpr NameId kEveryPlugin = kNoName;
/// The channelKey of a listener for every key.
inline constexpr NameId kAnyKey = kNoName;

/// What happens when an event comes in on one channel.
struct ChannelPlan {
  /// Counts up with every change of the registrations; a copy of a plan with another version is out of date.
  std::uint32_t version = 0;
  NameId channel = kNoName;
  NameId key = kNoName;
  NameId prefix = kNoName;
  std::vector<Handle> listeners;
  /// Entities (as the declarer numbered them) whose data is stale after this event.
  std::vector<std::uint32_t> entities;
};

class ChannelRouter {
 public:
  explicit ChannelRouter(Names& names) : names_(names) {}

  /// Names the prefix under which a plugin's channels come even if its config does not list them.
  void declare_plugin(NameId plugin_key);
  [[nodiscard]] bool knows_plugin(NameId plugin_key) const;
  /// A channel from a plugin's config: who owns it, and which entity it tells of.
  void declare(NameId plugin_key, std::string_view channel, std::string_view key, std::string_view prefix,
               std::uint32_t entity);

  /// Registers a listener; `key` may be kAnyKey, `plugin` kEveryPlugin.
  Handle add(NameId plugin, NameId key);
  bool remove(Handle listener);
  [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }

  /// The plan for an event, up to date; null if it concerns nobody. Valid until the next call.
  const ChannelPlan* match(std::string_view channel);
  /// Index of a plan that `match` returned: stays the same for a channel.
  [[nodiscard]] std::uint32_t index_of(const ChannelPlan& plan) const {
    return static_cast<std::uint32_t>(&plan - plans_.data());
  }
  [[nodiscard]] const ChannelPlan* plan(std::uint32_t index) const {
    return index < plans_.size() ? &plans_[index] : nullptr;
  }

 private:
  struct Listener {
    NameId plugin;
    NameId key;
    std::uint64_t order;
  };
  struct Declaration {
    NameId plugin;
    NameId key;
    NameId prefix;
    std::uint32_t entity;
  };
  /// What is known of a name, be it a channel, a key, a prefix or a plugin.
  struct Role {
    Ordered listeners;                      // of the key
    std::vector<Declaration> declarations;  // of the channel
    std::vector<NameId> plugins;            // whose prefix it is
    std::uint32_t plan = 0;                 // of the channel: index in plans_ + 1
    bool is_plugin = false;
  };

  [[nodiscard]] bool concerns_anybody(std::string_view channel, NameId name) const;
  void rebuild(ChannelPlan& plan, std::string_view channel);
  void read_name(ChannelPlan& plan, std::string_view channel);
  [[nodiscard]] bool owns(NameId plugin, const ChannelPlan& plan) const;
  void collect(ChannelPlan& plan);
  [[nodiscard]] const Role& role(NameId name) const;
  Role& known_role(NameId name);
  Ordered& heard_by(NameId key) { return key == kAnyKey ? any_listeners_ : known_role(key).listeners; }

  Names& names_;
  SlotMap<Listener> listeners_;
  Ordered any_listeners_;
  std::vector<std::uint32_t> role_of_;  // NameId → index in roles_ + 1
  std::vector<Role> roles_;
  std::vector<ChannelPlan> plans_;
  std::uint64_t order_ = 0;
  std::uint32_t version_ = 1;
};

}  // namespace raclette
