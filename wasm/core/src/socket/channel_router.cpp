#include "socket/channel_router.h"

#include <algorithm>
#include <string>

namespace raclette {
namespace {

constexpr std::string_view kSeparator = "--";
constexpr std::string_view kPluginPrefix = "plugin_";
/// Plans are kept for this many channels; a server that invents ever new names makes them start over.
constexpr std::size_t kMostPlans = 4096;

std::string_view key_of(std::string_view channel) {
  const std::size_t at = channel.rfind(kSeparator);
  return at == std::string_view::npos ? channel : channel.substr(at + kSeparator.size());
}

std::string_view prefix_of(std::string_view channel) {
  const std::size_t at = channel.rfind(kSeparator);
  return at == std::string_view::npos ? std::string_view() : channel.substr(0, at);
}

}  // namespace

const ChannelRouter::Role& ChannelRouter::role(NameId name) const {
  static const Role kNone;
  return name < role_of_.size() && role_of_[name] != 0 ? roles_[role_of_[name] - 1] : kNone;
}

ChannelRouter::Role& ChannelRouter::known_role(NameId name) {
  if (name >= role_of_.size()) role_of_.resize(name + 1, 0);
  if (role_of_[name] == 0) {
    roles_.emplace_back();
    role_of_[name] = static_cast<std::uint32_t>(roles_.size());
  }
  return roles_[role_of_[name] - 1];
}

void ChannelRouter::declare_plugin(NameId plugin_key) {
  known_role(plugin_key).is_plugin = true;
  const std::string prefix = std::string(kPluginPrefix).append(names_.text(plugin_key));
  known_role(names_.intern(prefix)).plugins.push_back(plugin_key);
  ++version_;
}

bool ChannelRouter::knows_plugin(NameId plugin_key) const { return role(plugin_key).is_plugin; }

void ChannelRouter::declare(NameId plugin_key, std::string_view channel, std::string_view key, std::string_view prefix,
                            std::uint32_t entity) {
  const Declaration declared{plugin_key, names_.intern(key), names_.intern(prefix), entity};
  known_role(names_.intern(channel)).declarations.push_back(declared);
  auto& plugins = known_role(declared.prefix).plugins;
  if (!prefix.empty() && std::find(plugins.begin(), plugins.end(), plugin_key) == plugins.end()) {
    plugins.push_back(plugin_key);
  }
  ++version_;
}

Handle ChannelRouter::add(NameId plugin, NameId key) {
  const Handle listener = listeners_.insert({plugin, key, order_});
  heard_by(key).add(order_++, listener);
  ++version_;
  return listener;
}

bool ChannelRouter::remove(Handle handle) {
  const Listener* listener = listeners_.find(handle);
  if (listener == nullptr) return false;
  heard_by(listener->key).remove(listener->order);
  listeners_.erase(handle);
  ++version_;
  return true;
}

const ChannelPlan* ChannelRouter::match(std::string_view channel) {
  const NameId known = names_.find(channel);
  if (!concerns_anybody(channel, known)) return nullptr;
  const NameId name = known == kNoName ? names_.intern(channel) : known;
  if (plans_.size() >= kMostPlans) {
    for (const ChannelPlan& plan : plans_) known_role(plan.channel).plan = 0;
    plans_.clear();
    ++version_;
  }
  std::uint32_t& place = known_role(name).plan;
  if (place == 0) {
    plans_.emplace_back().channel = name;
    place = static_cast<std::uint32_t>(plans_.size());
  }
  ChannelPlan& plan = plans_[place - 1];
  if (plan.version != version_) rebuild(plan, names_.text(name));
  return plan.listeners.empty() && plan.entities.empty() ? nullptr : &plan;
}

bool ChannelRouter::concerns_anybody(std::string_view channel, NameId name) const {
  if (!any_listeners_.empty()) return true;
  const Role& known = role(name);
  if (known.plan != 0 || !known.declarations.empty()) return true;
  return !role(names_.find(key_of(channel))).listeners.empty();
}

void ChannelRouter::rebuild(ChannelPlan& plan, std::string_view channel) {
  plan.version = version_;
  plan.entities.clear();
  read_name(plan, channel);
  collect(plan);
}

void ChannelRouter::read_name(ChannelPlan& plan, std::string_view channel) {
  plan.key = kNoName;
  for (const Declaration& declared : role(plan.channel).declarations) {
    plan.key = declared.key;
    plan.prefix = declared.prefix;
    if (std::find(plan.entities.begin(), plan.entities.end(), declared.entity) == plan.entities.end()) {
      plan.entities.push_back(declared.entity);
    }
  }
  if (plan.key != kNoName) return;
  plan.prefix = names_.intern(prefix_of(channel));
  plan.key = names_.intern(key_of(channel));
}

bool ChannelRouter::owns(NameId plugin, const ChannelPlan& plan) const {
  if (plugin == kEveryPlugin || names_.text(plan.prefix).empty()) return true;
  const auto& declarations = role(plan.channel).declarations;
  const auto& plugins = role(plan.prefix).plugins;
  return std::any_of(declarations.begin(), declarations.end(),
                     [&](const Declaration& one) { return one.plugin == plugin; }) ||
         std::find(plugins.begin(), plugins.end(), plugin) != plugins.end();
}

void ChannelRouter::collect(ChannelPlan& plan) {
  plan.listeners = Ordered::merged(any_listeners_, role(plan.key).listeners);
  std::erase_if(plan.listeners, [&](Handle handle) { return !owns(listeners_.find(handle)->plugin, plan); });
}

}  // namespace raclette
