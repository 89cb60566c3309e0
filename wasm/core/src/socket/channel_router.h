// Who hears an event. Event names on the wire are channels, `<prefix>--<channelKey>`; listeners know keys. The
// router maps one to the other, by the plugins' configs where they name the channel, else by what follows the
// last `--`, and keeps for each channel that matters a plan: its listeners in the order of registration, and the
// entities whose data the event makes stale. A plan is made when its channel is first seen and made again after
// the registrations changed; a channel that concerns nobody is recognised without allocating anything. Names that
// pages and servers make up (keys that are listened to for a while, channels that somebody who hears all of them hears)
// are held no longer than they are of use; only those of the configs are interned.
//
// Scope: a plugin hears its own channels. Those are the ones its config names, any with the prefix of one of
// them or `plugin_<pluginKey>`, and names without a prefix, which belong to nobody and so to everybody.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash_index.h"
#include "base/names.h"
#include "base/ordered.h"
#include "base/slot_map.h"

namespace raclette {

/// The scope that hears all plugins.
inline constexpr NameId kEveryPlugin = kNoName;
/// What happens when an event comes in on one channel.
struct ChannelPlan {
  /// Counts up with every change of the registrations; a copy of a plan with another version is out of date.
  std::uint32_t version = 0;
  /// Stays the same for a channel while plans are kept.
  std::uint32_t index = 0;
  std::string channel;
  /// Parts of `channel`, or what the config says.
  std::string_view key;
  std::string_view prefix;
  std::vector<Handle> listeners;
  /// What others registered that want no payload.
  std::vector<std::uint32_t> followers;
  /// Entities (as the declarer numbered them) whose data is stale after this event.
  std::vector<std::uint32_t> entities;
};

class ChannelRouter {
 public:
  /// `version`: of its first plans.
  explicit ChannelRouter(Names& names, std::uint32_t version = 1)
      : names_(names), plans_since_(version), version_(version) {}

  /// Names the prefix under which a plugin's channels come even if its config does not list them.
  void declare_plugin(NameId plugin_key);
  [[nodiscard]] bool knows_plugin(NameId plugin_key) const;
  /// A channel from a plugin's config: who owns it, and which entity it tells of.
  void declare(NameId plugin_key, const std::string_view& channel, const std::string_view& key,
               const std::string_view& prefix, std::uint32_t entity);

  /// Registers a listener; an empty `key` is every key, `plugin` may be kEveryPlugin. `follower`: it is no listener,
  /// but this, which wants no payload. 0: there are too many.
  Handle add(NameId plugin, const std::string_view& key, std::uint32_t follower = 0);
  bool remove(Handle listener);
  [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }

  /// No plan has had a higher one.
  [[nodiscard]] std::uint32_t version() const { return version_; }

  /// The plan for an event, up to date; null if it concerns nobody. Valid until the next call.
  const ChannelPlan* match(const ByteUnits& channel);
  [[nodiscard]] const ChannelPlan* plan(std::uint32_t index) const {
    return index < plans_.size() ? plans_[index].get() : nullptr;
  }

 private:
  /// The listeners of one key.
  struct Keyed {
    std::string key;
    Ordered listeners;
  };
  struct Listener {
    NameId plugin;
    Handle keyed;  // 0: hears every key
    std::uint64_t order;
    std::uint32_t follower;
  };
  struct Declaration {
    NameId plugin;
    NameId key;
    NameId prefix;
    std::uint32_t entity;
  };
  /// What the configs say of a name, be it a channel, a prefix or a plugin.
  struct Role {
    std::vector<Declaration> declarations;  // of the channel
    std::vector<NameId> plugins;            // whose prefix it is
    bool is_plugin = false;
  };

  [[nodiscard]] bool concerns_anybody(const ByteUnits& channel, std::uint32_t hash) const;
  ChannelPlan& make_plan(const ByteUnits& channel, std::uint32_t hash);
  void rebuild(ChannelPlan& plan);
  void read_name(ChannelPlan& plan);
  [[nodiscard]] bool owns(NameId plugin, const ChannelPlan& plan) const;
  void collect(ChannelPlan& plan);
  [[nodiscard]] const Role& role(NameId name) const;
  [[nodiscard]] const Role& role(const std::string_view& name) const { return role(names_.find(name)); }
  Role& known_role(NameId name);
  [[nodiscard]] Handle find_keyed(const std::string_view& key) const;
  Handle find_or_make_keyed(const std::string_view& key);

  Names& names_;
  SlotMap<Listener> listeners_;
  Ordered any_listeners_;
  SlotMap<Keyed> keyed_;
  HashIndex keyed_by_key_;
  std::vector<Handle> role_of_;  // by NameId; 0: none
  SlotMap<Role> roles_;
  std::vector<std::unique_ptr<ChannelPlan>> plans_;
  HashIndex plans_by_channel_;  // values: index + 1
  std::uint32_t plans_since_;   // the version when they began to be kept
  std::uint64_t order_ = 0;
  std::uint32_t version_;
};

}  // namespace raclette
