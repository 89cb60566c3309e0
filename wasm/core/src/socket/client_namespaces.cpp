// The namespaces of SocketClient by number; see client.h. A number is reused only when nothing refers to the old
// namespace. A namespace that is opened again before that keeps its number, and its next CONNECT waits for the
// server's pending answer.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "socket/client.h"

namespace raclette {

std::uint32_t SocketClient::open_namespace(const std::string_view& nsp) {
  std::string name = namespace_name(nsp);
  for (std::uint32_t i = 0; i < namespaces_.size(); ++i) {
    if (!has(i) || namespaces_[i]->session.nsp() != name) continue;
    if (std::exchange(namespaces_[i]->is_closing, false)) timers_.cancel(namespaces_[i]->retry_timer);
    return i;
  }
  std::uint32_t number = 0;
  while (has(number)) ++number;
  if (number == namespaces_.size()) namespaces_.emplace_back();
  namespaces_[number] =
      std::make_unique<Namespace>(number, std::move(name), options_, engine_, auth_requests_, timers_, effects_);
  return number;
}

std::int64_t SocketClient::find(const std::u16string_view& nsp) const {
  const std::string other = is_plain(nsp) ? std::string() : to_utf8(nsp);
  for (std::uint32_t i = 0; i < namespaces_.size(); ++i) {
    if (!has(i)) continue;
    const std::string& known = namespaces_[i]->session.nsp();
    if (other.empty() ? is_spelled(known, nsp) : known == other) return i;
  }
  return -1;
}

bool SocketClient::is_wanted() const {
  return std::any_of(namespaces_.begin(), namespaces_.end(),
                     [](const auto& nsp_id) { return nsp_id && nsp_id->wanted; });
}

std::size_t SocketClient::namespaces() const {
  return static_cast<std::size_t>(
      std::count_if(namespaces_.begin(), namespaces_.end(), [](const auto& nsp_id) { return nsp_id != nullptr; }));
}

void SocketClient::close_namespace(std::uint32_t nsp_id, double now) {
  if (!has(nsp_id)) return;
  disconnect(nsp_id, now);
  Namespace& one = *namespaces_[nsp_id];
  one.session.restart(now);
  one.is_closing = true;
  outbox_.end(nsp_id);
  free_if_closed(nsp_id, now);
}

/// Frees a namespace that the user has closed, once the server owes no answer and would accept another CONNECT.
void SocketClient::free_if_closed(std::uint32_t nsp_id, double now) {
  Namespace& one = *namespaces_[nsp_id];
  if (!one.is_closing || one.session.state() != NamespaceState::detached) return;
  timers_.cancel(one.retry_timer);
  if (now < one.session.connect_after()) {
    one.retry_timer = timers_.set(one.session.connect_after(), SocketTimer::retry, nsp_id);
    return;
  }
  namespaces_[nsp_id].reset();
  while (namespaces_.back() == nullptr) namespaces_.pop_back();
}

void SocketClient::end_sessions(double now) {
  each([&](std::uint32_t nsp_id, Namespace& one) {
    const bool restores = one.restores || one.wanted || one.session.state() == NamespaceState::rejected;
    if (restores) disconnect(nsp_id, now);
    one.restores = restores;
    outbox_.clear(nsp_id);
  });
}

void SocketClient::restore_sessions(double now) {
  each([&](std::uint32_t nsp_id, Namespace& one) {
    if (std::exchange(one.restores, false)) connect(nsp_id, now);
  });
}

}  // namespace raclette
