// The namespaces of SocketClient by their numbers, and what concerns all of them; see client.h. A number is another
// namespace's only when nothing refers to it any more. One that was left is asked for again before that is the same,
// and so its next CONNECT waits for what the server still has to answer.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "socket/client.h"

namespace raclette {

std::uint32_t SocketClient::space(const std::string_view& nsp) {
  std::string name = namespace_name(nsp);
  for (std::uint32_t i = 0; i < spaces_.size(); ++i) {
    if (!has(i) || spaces_[i]->session.nsp() != name) continue;
    if (std::exchange(spaces_[i]->is_left, false)) timers_.cancel(spaces_[i]->retry_timer);
    return i;
  }
  std::uint32_t number = 0;
  while (has(number)) ++number;
  if (number == spaces_.size()) spaces_.emplace_back();
  spaces_[number] =
      std::make_unique<Space>(number, std::move(name), options_, engine_, auth_requests_, timers_, effects_);
  return number;
}

std::int64_t SocketClient::find(const std::u16string_view& nsp) const {
  const std::string other = is_plain(nsp) ? std::string() : to_utf8(nsp);
  for (std::uint32_t i = 0; i < spaces_.size(); ++i) {
    if (!has(i)) continue;
    const std::string& known = spaces_[i]->session.nsp();
    if (other.empty() ? is_spelled(known, nsp) : known == other) return i;
  }
  return -1;
}

bool SocketClient::is_wanted() const {
  return std::any_of(spaces_.begin(), spaces_.end(), [](const auto& space) { return space && space->wanted; });
}

std::size_t SocketClient::spaces() const {
  return static_cast<std::size_t>(
      std::count_if(spaces_.begin(), spaces_.end(), [](const auto& space) { return space != nullptr; }));
}

void SocketClient::leave(std::uint32_t space, double now) {
  if (!has(space)) return;
  disconnect(space, now);
  Space& one = *spaces_[space];
  one.session.forgive(now);
  one.is_left = true;
  outbox_.end(space);
  let_go(space, now);
}

/// Frees a namespace that was left, once the server has no more to say in it, and would take a CONNECT again.
void SocketClient::let_go(std::uint32_t space, double now) {
  Space& one = *spaces_[space];
  if (!one.is_left || one.session.state() != NamespaceState::detached) return;
  timers_.cancel(one.retry_timer);
  if (now < one.session.quiet_until()) {
    one.retry_timer = timers_.set(one.session.quiet_until(), SocketTimer::retry, space);
    return;
  }
  spaces_[space].reset();
  while (spaces_.back() == nullptr) spaces_.pop_back();
}

void SocketClient::part_all(double now) {
  each([&](std::uint32_t space, Space& one) {
    const bool returns = one.returns || one.wanted || one.session.state() == NamespaceState::rejected;
    if (returns) disconnect(space, now);
    one.returns = returns;
    outbox_.clear(space);
  });
}

void SocketClient::rejoin(double now) {
  each([&](std::uint32_t space, Space& one) {
    if (std::exchange(one.returns, false)) connect(space, now);
  });
}

}  // namespace raclette
