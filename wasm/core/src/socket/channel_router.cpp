#include "socket/channel_router.h"

#include <algorithm>
#include <string>

namespace raclette {
namespace {

constexpr std::string_view kPluginPrefix = "plugin_";
/// The maximum number of cached plans. A server that keeps inventing channel names empties the cache when it exceeds
/// this.
constexpr std::size_t kMaxPlans = 16384;
/// The limit while cached plans are out of date because of new registrations: these would have to be rebuilt anyway.
constexpr std::size_t kMaxStalePlans = 256;

/// The start of the key: after the last separator, or 0.
template <class Text>
std::size_t key_start(Text channel) {
  std::size_t at = channel.size();
  while (at >= 2 && !(channel[at - 1] == '-' && channel[at - 2] == '-')) --at;
  return at < 2 ? 0 : at;
}

}  // namespace

const ChannelRouter::Role& ChannelRouter::role(NameId name) const {
  static const Role kNone;
  const Role* const known = name < role_of_.size() ? roles_.find(role_of_[name]) : nullptr;
  return known == nullptr ? kNone : *known;
}

ChannelRouter::Role& ChannelRouter::known_role(NameId name) {
  if (name >= role_of_.size()) role_of_.resize(name + 1, 0);
  if (role_of_[name] == 0) role_of_[name] = roles_.emplace();
  return *roles_.find(role_of_[name]);
}

void ChannelRouter::declare_plugin(NameId plugin_key) {
  known_role(plugin_key).is_plugin = true;
  const std::string prefix = std::string(kPluginPrefix).append(names_.text(plugin_key));
  known_role(names_.intern(prefix)).plugins.push_back(plugin_key);
  ++version_;
}

bool ChannelRouter::knows_plugin(NameId plugin_key) const { return role(plugin_key).is_plugin; }

void ChannelRouter::declare(NameId plugin_key, const std::string_view& channel, const std::string_view& key,
                            const std::string_view& prefix, std::uint32_t entity) {
  const Declaration declared{plugin_key, names_.intern(key), names_.intern(prefix), entity};
  known_role(names_.intern(channel)).declarations.push_back(declared);
  auto& plugins = known_role(declared.prefix).plugins;
  if (!prefix.empty() && std::find(plugins.begin(), plugins.end(), plugin_key) == plugins.end()) {
    plugins.push_back(plugin_key);
  }
  ++version_;
}

Handle ChannelRouter::find_keyed(const std::string_view& key) const {
  return keyed_by_key_.find(hash_of(key), [&](Handle handle) { return keyed_.find(handle)->key == key; });
}

Handle ChannelRouter::find_or_make_keyed(const std::string_view& key) {
  if (const Handle known = find_keyed(key); known != 0) return known;
  const Handle keyed = keyed_.insert({std::string(key), {}});
  keyed_by_key_.insert(hash_of(key), keyed);
  return keyed;
}

Handle ChannelRouter::add(NameId plugin, const std::string_view& key, bool wants_payload) {
  if (listeners_.is_full()) return 0;
  return insert({plugin, key.empty() ? 0 : find_or_make_keyed(key), order_, 0, wants_payload});
}

Handle ChannelRouter::add_follower(NameId plugin, const std::string_view& key, std::uint32_t follower) {
  if (listeners_.is_full()) return 0;
  return insert({plugin, key.empty() ? 0 : find_or_make_keyed(key), order_, follower, false});
}

Handle ChannelRouter::add_again(NameId plugin, Handle other, bool wants_payload) {
  const Listener* const listener = listeners_.find(other);
  if (listener == nullptr || listeners_.is_full()) return 0;
  return insert({plugin, listener->keyed, order_, 0, wants_payload});
}

Handle ChannelRouter::insert(Listener listener) {
  Keyed* const keyed = keyed_.find(listener.keyed);
  const Handle handle = listeners_.insert(listener);
  (keyed == nullptr ? any_listeners_ : keyed->listeners).add(order_++, handle);
  ++version_;
  return handle;
}

bool ChannelRouter::remove(Handle handle) {
  const Listener* listener = listeners_.find(handle);
  if (listener == nullptr) return false;
  Keyed* keyed = keyed_.find(listener->keyed);
  (keyed == nullptr ? any_listeners_ : keyed->listeners).remove(listener->order);
  if (keyed != nullptr && keyed->listeners.empty()) {
    keyed_by_key_.erase(hash_of(keyed->key), listener->keyed);
    keyed_.erase(listener->keyed);
  }
  listeners_.erase(handle);
  ++version_;
  return true;
}

const ChannelPlan* ChannelRouter::match(const ByteUnits& channel) {
  const std::uint32_t hash = hash_of(channel);
  const std::uint32_t known = plans_by_channel_.find(
      hash, [&](std::uint32_t entry) { return is_spelled(plans_[entry - 1]->channel, channel); });
  if (known == 0 && !concerns_anybody(channel, hash)) return nullptr;
  ChannelPlan& plan = known == 0 ? make_plan(channel, hash) : *plans_[known - 1];
  if (plan.version != version_) rebuild(plan);
  return plan.listeners.empty() && plan.entities.empty() && plan.followers.empty() ? nullptr : &plan;
}

/// Adds a plan for a channel without one.
ChannelPlan& ChannelRouter::make_plan(const ByteUnits& channel, std::uint32_t hash) {
  const bool are_stale = plans_since_ != version_;
  if (plans_.size() >= (are_stale ? kMaxStalePlans : kMaxPlans)) {
    plans_.clear();
    plans_by_channel_ = {};
    plans_since_ = ++version_;
  }
  ChannelPlan& plan = *plans_.emplace_back(std::make_unique<ChannelPlan>());
  plan.index = static_cast<std::uint32_t>(plans_.size() - 1);
  plan.channel = narrowed(channel);
  plans_by_channel_.insert(hash, plan.index + 1);
  return plan;
}

bool ChannelRouter::concerns_anybody(const ByteUnits& channel, std::uint32_t hash) const {
  if (!any_listeners_.empty() || !role(names_.find(channel, hash)).declarations.empty()) return true;
  const ByteUnits key = channel.substr(key_start(channel));
  return keyed_by_key_.find(hash_of(key), [&](Handle handle) { return is_spelled(keyed_.find(handle)->key, key); }) !=
         0;
}

void ChannelRouter::rebuild(ChannelPlan& plan) {
  plan.version = version_;
  plan.entities.clear();
  read_name(plan);
  collect(plan);
}

void ChannelRouter::read_name(ChannelPlan& plan) {
  const std::string_view channel = plan.channel;
  const std::size_t start = key_start(channel);
  plan.key = channel.substr(start);
  plan.prefix = channel.substr(0, start < 2 ? 0 : start - 2);
  for (const Declaration& declared : role(plan.channel).declarations) {
    plan.key = names_.text(declared.key);
    plan.prefix = names_.text(declared.prefix);
    if (std::find(plan.entities.begin(), plan.entities.end(), declared.entity) == plan.entities.end()) {
      plan.entities.push_back(declared.entity);
    }
  }
}

bool ChannelRouter::owns(NameId plugin, const ChannelPlan& plan) const {
  if (plugin == kEveryPlugin || plan.prefix.empty()) return true;
  const auto& declarations = role(plan.channel).declarations;
  const auto& plugins = role(plan.prefix).plugins;
  return std::any_of(declarations.begin(), declarations.end(),
                     [&](const Declaration& one) { return one.plugin == plugin; }) ||
         std::find(plugins.begin(), plugins.end(), plugin) != plugins.end();
}

void ChannelRouter::collect(ChannelPlan& plan) {
  static const Ordered kNobody;
  const Keyed* keyed = keyed_.find(find_keyed(plan.key));
  plan.listeners = Ordered::merged(any_listeners_, keyed == nullptr ? kNobody : keyed->listeners);
  plan.followers.clear();
  plan.wants_payload = false;
  std::erase_if(plan.listeners, [&](Handle handle) {
    const Listener& listener = *listeners_.find(handle);
    if (!owns(listener.plugin, plan)) return true;
    if (listener.follower != 0) plan.followers.push_back(listener.follower);
    plan.wants_payload |= listener.wants_payload;
    return listener.follower != 0;
  });
}

}  // namespace raclette
