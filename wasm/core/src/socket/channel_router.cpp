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

void ChannelRouter::declare_plugin(NameId plugin_key) {
  const std::string prefix = std::string(kPluginPrefix).append(names_.text(plugin_key));
  prefixes_.push_back({names_.intern(prefix), plugin_key});
  ++version_;
}

bool ChannelRouter::knows_plugin(NameId plugin_key) const {
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [plugin_key](const Prefix& one) { return one.plugin == plugin_key; });
}

void ChannelRouter::declare(NameId plugin_key, std::string_view channel, std::string_view key, std::string_view prefix,
                            std::uint32_t entity) {
  const Declaration declared{names_.intern(channel), plugin_key, names_.intern(key), names_.intern(prefix), entity};
  declarations_.push_back(declared);
  if (!prefix.empty()) prefixes_.push_back({declared.prefix, plugin_key});
  ++version_;
}

Handle ChannelRouter::add(NameId plugin, NameId key) {
  const Handle listener = listeners_.insert({plugin, key, order_++});
  (key == kAnyKey ? any_listeners_ : keyed(key)).push_back(listener);
  ++version_;
  return listener;
}

bool ChannelRouter::remove(Handle handle) {
  const Listener* listener = listeners_.find(handle);
  if (listener == nullptr) return false;
  auto& list = listener->key == kAnyKey ? any_listeners_ : keyed(listener->key);
  list.erase(std::find(list.begin(), list.end(), handle));
  listeners_.erase(handle);
  ++version_;
  return true;
}

std::vector<Handle>& ChannelRouter::keyed(NameId key) {
  if (key >= by_key_.size()) by_key_.resize(key + 1);
  return by_key_[key];
}

const ChannelPlan* ChannelRouter::match(std::string_view channel) {
  const NameId known = names_.find(channel);
  if (!concerns_anybody(channel, known)) return nullptr;
  const NameId name = known == kNoName ? names_.intern(channel) : known;
  if (plans_.size() >= kMostPlans) {
    plans_.clear();
    plan_of_.clear();
    ++version_;
  }
  if (name >= plan_of_.size()) plan_of_.resize(name + 1, 0);
  if (plan_of_[name] == 0) {
    plans_.emplace_back().channel = name;
    plan_of_[name] = static_cast<std::uint32_t>(plans_.size());
  }
  ChannelPlan& plan = plans_[plan_of_[name] - 1];
  if (plan.version != version_) rebuild(plan, names_.text(name));
  return plan.listeners.empty() && plan.entities.empty() ? nullptr : &plan;
}

bool ChannelRouter::concerns_anybody(std::string_view channel, NameId name) const {
  if (!any_listeners_.empty()) return true;
  const auto listened = [this](NameId key) { return key < by_key_.size() && !by_key_[key].empty(); };
  if (name != kNoName && name < plan_of_.size() && plan_of_[name] != 0) return true;
  if (listened(names_.find(key_of(channel)))) return true;
  return name != kNoName && std::any_of(declarations_.begin(), declarations_.end(),
                                        [name](const Declaration& declared) { return declared.channel == name; });
}

void ChannelRouter::rebuild(ChannelPlan& plan, std::string_view channel) {
  plan.version = version_;
  plan.entities.clear();
  read_name(plan, channel);
  collect(plan);
}

void ChannelRouter::read_name(ChannelPlan& plan, std::string_view channel) {
  plan.key = kNoName;
  for (const Declaration& declared : declarations_) {
    if (declared.channel != plan.channel) continue;
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
  const bool declared = std::any_of(declarations_.begin(), declarations_.end(), [&](const Declaration& one) {
    return one.channel == plan.channel && one.plugin == plugin;
  });
  return declared || std::any_of(prefixes_.begin(), prefixes_.end(),
                                 [&](const Prefix& one) { return one.prefix == plan.prefix && one.plugin == plugin; });
}

void ChannelRouter::collect(ChannelPlan& plan) {
  plan.listeners = any_listeners_;
  if (plan.key < by_key_.size()) {
    plan.listeners.insert(plan.listeners.end(), by_key_[plan.key].begin(), by_key_[plan.key].end());
  }
  std::erase_if(plan.listeners, [&](Handle handle) { return !owns(listeners_.find(handle)->plugin, plan); });
  std::sort(plan.listeners.begin(), plan.listeners.end(),
            [&](Handle a, Handle b) { return listeners_.find(a)->order < listeners_.find(b)->order; });
}

}  // namespace raclette
