// Routes events to listeners. Event names on the wire are channels, `<prefix>--<channelKey>`; listeners register for
// keys. The router takes prefix and key from a plugin's config if the config names the channel, and otherwise splits
// the name at the last `--`. For each channel with listeners or entities it caches a plan: the listeners in the order
// of registration, and the entities whose data the event makes stale. A plan is made for a channel's first event and
// rebuilt after the registrations change. The router recognises a channel that concerns nobody without allocating
// memory. Only names from configs are interned; names that pages and servers make up, such as keys of short-lived
// listeners, are freed when they are no longer used.
//
// Scope: a plugin hears only its own channels. These are the channels that its config names, and channels whose prefix
// is the prefix of one of them or `plugin_<pluginKey>`. Names without a prefix belong to every plugin.
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

/// The scope of all plugins.
inline constexpr NameId kEveryPlugin = kNoName;
/// The effects of an event on one channel.
struct ChannelPlan {
  /// The version of the registrations. It increases with every change; a copy with another version is out of date.
  std::uint32_t version = 0;
  /// The plan's number, which stays the same while the plan is cached.
  std::uint32_t index = 0;
  std::string channel;
  /// Parts of `channel`, or the values from the config.
  std::string_view key;
  std::string_view prefix;
  std::vector<Handle> listeners;
  /// Whether a listener wants the payload.
  bool wants_payload = false;
  /// Registrations that need no payload, such as a query that refetches on this event.
  std::vector<std::uint32_t> followers;
  /// Entities (numbered by the declarer) whose data is stale after this event.
  std::vector<std::uint32_t> entities;
};

class ChannelRouter {
 public:
  /// `version`: the version of its first plans.
  explicit ChannelRouter(Names& names, std::uint32_t version = 1)
      : names_(names), plans_since_(version), version_(version) {}

  /// Declares a plugin. Its channels have the prefix `plugin_<pluginKey>` even if its config lists none.
  void declare_plugin(NameId plugin_key);
  [[nodiscard]] bool knows_plugin(NameId plugin_key) const;
  /// Declares a channel from a plugin's config: its owner, and the entity whose data it changes.
  void declare(NameId plugin_key, const std::string_view& channel, const std::string_view& key,
               const std::string_view& prefix, std::uint32_t entity);

  /// Registers a listener. An empty `key` matches every key, and `plugin` may be kEveryPlugin. Returns 0 if there are
  /// too many registrations.
  Handle add(NameId plugin, const std::string_view& key, bool wants_payload = true);
  /// Like `add`, for `follower`, a number that needs no call, instead of a listener.
  Handle add_follower(NameId plugin, const std::string_view& key, std::uint32_t follower);
  /// Registers a listener for the key of `other`. Returns 0 if that one is gone, or if there are too many
  /// registrations.
  Handle add_again(NameId plugin, Handle other, bool wants_payload);
  bool remove(Handle listener);
  [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }

  /// The highest version that a plan has had.
  [[nodiscard]] std::uint32_t version() const { return version_; }

  /// Returns the up-to-date plan for an event, or null if the event concerns nobody. Valid until the next call.
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
    std::uint32_t follower;  // 0: a listener
    bool wants_payload;
  };
  struct Declaration {
    NameId plugin;
    NameId key;
    NameId prefix;
    std::uint32_t entity;
  };
  /// The meaning of a name in the configs: as a channel, a prefix or a plugin.
  struct Role {
    std::vector<Declaration> declarations;  // as a channel
    std::vector<NameId> plugins;            // plugins with this prefix
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
  Handle insert(Listener listener);

  Names& names_;
  SlotMap<Listener> listeners_;
  Ordered any_listeners_;
  SlotMap<Keyed> keyed_;
  HashIndex keyed_by_key_;
  std::vector<Handle> role_of_;  // by NameId; 0: none
  SlotMap<Role> roles_;
  std::vector<std::unique_ptr<ChannelPlan>> plans_;
  HashIndex plans_by_channel_;  // values: index + 1
  std::uint32_t plans_since_;   // the version when the cache was last emptied
  std::uint64_t order_ = 0;
  std::uint32_t version_;
};

}  // namespace raclette
