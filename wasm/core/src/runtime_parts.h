// The parts of a runtime and their connections. An event makes the reads of its entities stale before the runtime
// returns its listeners. A new session that was not recovered makes the active queries refetch, because events before
// it were missed. Only for runtime.cpp, which composes the runtime's calls from these.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/random.h"
#include "base/text.h"
#include "base/timers.h"
#include "data/data_client.h"
#include "eventbus/bus.h"
#include "options.h"
#include "raclette/runtime.h"
#include "socket/channel_router.h"
#include "socket/client.h"

namespace raclette {

/// A plan's number: its namespace in the high bits, its index there in this many low bits.
inline constexpr std::uint32_t kPlanBits = 20;
/// An index that no plan has.
inline constexpr std::uint32_t kNoPlan = (1u << kPlanBits) - 1;
/// The maximum number of namespaces that fit in the high bits.
inline constexpr std::uint32_t kMaxNamespaces = 1u << (32 - kPlanBits);
/// The end of time. From here on, adding a millisecond does not change a double, so a timer that is set again when it
/// fires would be due forever.
inline constexpr double kEndOfTime = 1ull << 53;

/// The event that a raclette backend sends first in a session.
inline constexpr std::string_view kConnected = "raclette--connected";

struct Runtime::Parts {
  Parts(RuntimeOptions options, std::uint64_t seed)
      : random(seed),
        bus(timers, effects),
        data(options.socket.origin, std::move(options.client), random, timers, effects),
        socket(std::move(options.socket), random, timers, effects) {
    routers.push_back(std::make_unique<ChannelRouter>(names));
  }

  Effects effects;
  Names names;
  TimerTable timers;
  Random random;
  std::vector<std::unique_ptr<ChannelRouter>> routers;  // by namespace number; null: closed
  std::uint32_t versions = 0;                           // the highest version of a plan of any removed router
  EventBus bus;
  DataClient data;
  SocketClient socket;

  void tick(double now) {
    if (!(now < kEndOfTime)) return;  // also refuses NaN
    while (const auto timer = timers.pop_due(now)) {
      timer->visit([&](auto one) { fire(one, *timer, now); });
    }
  }

  void fire(SocketTimer kind, const TimerEvent& timer, double now) {
    socket.fire(kind, timer.subject, timer.late, now);
  }
  /// Fires a data timer. While the session is lost, the retry of a failed read waits: a new session makes it due at
  /// once.
  void fire(DataTimer kind, const TimerEvent& timer, double now) {
    if (kind == DataTimer::due && socket.is_lost()) return data.defer(timer.subject);
    data.fire(kind, timer.subject, now);
  }
  void fire(BusTimer kind, const TimerEvent& timer, double) { bus.fire(kind, timer.subject); }

  /// The router of the main namespace, the only one for plugins.
  ChannelRouter& main() { return *routers.front(); }
  /// Returns the router of a namespace, or null.
  [[nodiscard]] ChannelRouter* router(std::uint32_t nsp_id) const {
    return nsp_id < routers.size() ? routers[nsp_id].get() : nullptr;
  }

  FrameRoute route(const Incoming& incoming) {
    switch (incoming.kind) {
      case IncomingKind::nothing:
      case IncomingKind::session:
        return {.wants_tail = incoming.wants_tail};
      case IncomingKind::need_all:
        return {.kind = RouteKind::need_all};
      case IncomingKind::hold:
        return {.kind = RouteKind::hold, .wants_tail = incoming.wants_tail};
      case IncomingKind::early:
        return {.kind = RouteKind::early, .nsp_id = incoming.nsp_id};
      case IncomingKind::connect_error:
        return {.kind = RouteKind::connect_error, .args_offset = incoming.args_offset, .nsp_id = incoming.nsp_id};
      case IncomingKind::ack:
        return {.kind = RouteKind::ack, .args_offset = incoming.args_offset, .ack = incoming.ack};
      case IncomingKind::event:
        return route_event(incoming, routers[incoming.nsp_id]->match(incoming.event));
    }
    return {};
  }

  /// Handles a new session. Data depends on the main namespace only: a session there proves that there is a network.
  /// Unless it was recovered, events before it were missed.
  void session_began(const Incoming& session, double now) {
    if (session.nsp_id != 0) return;
    if (!session.recovered) data.refetch_active(now);
    data.went_online(now);
  }

  /// Whether this is the backend's greeting, which tells the commit number above which the session receives all events.
  /// Checked only while that number is unknown.
  [[nodiscard]] bool is_greeting(const Incoming& incoming) const {
    return data.gap_is_open() && incoming.kind == IncomingKind::event && incoming.nsp_id == 0 &&
           is_spelled(kConnected, incoming.event);
  }

  FrameRoute route_event(const Incoming& incoming, const ChannelPlan* plan) {
    FrameRoute route{.args_offset = incoming.args_offset,
                     .plan = (incoming.nsp_id << kPlanBits) | (plan == nullptr ? kNoPlan : plan->index),
                     .plan_version = routers[incoming.nsp_id]->version(),
                     .reply_id = incoming.reply_id,
                     .nsp_id = incoming.nsp_id,
                     .wants_tail = incoming.wants_tail};
    if (plan == nullptr) return route;
    for (const std::uint32_t entity : plan->entities) data.invalidate(entity);
    for (const std::uint32_t query : plan->followers) data.refetch_on_event(query, plan->entities);
    if (!plan->listeners.empty()) route.kind = RouteKind::event;
    route.is_bare = !plan->wants_payload;
    return route;
  }
};

}  // namespace raclette
