// The parts of a runtime, and how they meet: an event makes the reads of its entities stale before its listeners are
// known to anybody, and a new session that was not recovered makes the queries in use refetch, since what happened
// before it was not heard. For runtime.cpp alone, which composes the calls of the runtime of these.
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

/// A plan's number holds its namespace above so many bits of its index there.
inline constexpr std::uint32_t kPlanBits = 20;
/// The index that no plan has.
inline constexpr std::uint32_t kNoPlan = (1u << kPlanBits) - 1;
/// So many namespaces fit above that.
inline constexpr std::uint32_t kMaxNamespaces = 1u << (32 - kPlanBits);
/// From here on, a millisecond later is the same time: a timer that is set anew when it fires would be due for ever.
inline constexpr double kEndOfTime = 1ull << 53;

/// The event that a backend sends first.
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
  std::vector<std::unique_ptr<ChannelRouter>> routers;  // by the number of their namespace; null: it was left
  std::uint32_t versions = 0;                           // no plan of a router that is gone has had a higher one
  EventBus bus;
  DataClient data;
  SocketClient socket;

  void tick(double now) {
    if (!(now < kEndOfTime)) return;  // which NaN is not, either
    while (const auto timer = timers.pop_due(now)) {
      timer->visit([&](auto one) { fire(one, *timer, now); });
    }
  }

  void fire(SocketTimer kind, const TimerEvent& timer, double now) {
    socket.fire(kind, timer.subject, timer.late, now);
  }
  /// A read that failed has time until there is a session again: then it is due at once.
  void fire(DataTimer kind, const TimerEvent& timer, double now) {
    if (kind == DataTimer::due && socket.is_lost()) return data.defer(timer.subject);
    data.fire(kind, timer.subject, now);
  }
  void fire(BusTimer kind, const TimerEvent& timer, double) { bus.fire(kind, timer.subject); }

  /// The router of the main namespace, the only one that plugins have to do with.
  ChannelRouter& main() { return *routers.front(); }
  /// That of a namespace, or null where there is none.
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

  /// Data has to do with the main namespace alone: there a session proves that there is a network, and what happened
  /// before it was not heard unless it was recovered.
  void session_began(const Incoming& session, double now) {
    if (session.nsp_id != 0) return;
    if (!session.recovered) data.refetch_active(now);
    data.went_online(now);
  }

  /// The event in which the backend says above which number it is heard; asked of while nothing else is known.
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
    return route;
  }
};

}  // namespace raclette
