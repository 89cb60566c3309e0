// Routing of received frames. The core reads the head of a frame and answers with a route. The route of an event names
// a plan: the listeners of its channel. Payloads stay in JavaScript; a route has their offset in the frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace raclette {

/// What to do with a frame.
enum class RouteKind : std::uint8_t {
  nothing,   // handled, or there are no listeners
  need_all,  // the head is not enough: call `text_frame` after `event_frame`, then `text_frame` with the whole frame,
             // or its first kMaxHead units
  event,     // call the listeners of `plan` with the arguments at `args_offset`
  ack,       // pass the arguments at `args_offset` to `ack`
  hold,      // part of a binary packet: keep it until the route of its last attachment
  early,     // an event before CONNECT: keep it, with its attachments, until EarlyFrames
  connect_error,  // a CONNECT_ERROR of `nsp_id`: give in what its payload, at `args_offset`, says by ConnectError
};

/// A route. Offsets are UTF-16 units from the start of the text frame.
struct FrameRoute {
  RouteKind kind = RouteKind::nothing;
  std::uint32_t args_offset = 0;
  /// Of an event that nobody listens to, it is no plan, and only good for `event_again`.
  std::uint32_t plan = 0;
  std::uint32_t plan_version = 0;
  std::uint32_t ack = 0;
  /// The ack id of an event; -1 if the server wants no ack.
  std::int64_t reply_id = -1;
  /// The namespace of an event or CONNECT_ERROR.
  std::uint32_t nsp_id = 0;
  /// Of an event: no listener wants its payload, so its arguments need not be parsed.
  bool is_bare = false;
  /// The frame may end with a recovery offset: pass its last kMaxTail units to `text_tail`.
  bool wants_tail = false;
  /// `event_again` with this `plan` and `plan_version` knows each frame that begins as this one does.
  bool is_known = false;
};

/// Maximum units of a frame that `text_frame` reads. Packets with a longer head are refused.
inline constexpr std::size_t kMaxHead = 65536;

/// Maximum units at the end of a frame that `text_tail` reads.
inline constexpr std::size_t kMaxTail = 80;

/// The listeners of one channel, in the order of registration. Valid until the next call of the runtime.
struct ChannelPlanView {
  std::uint32_t version = 0;
  std::string_view channel;
  std::string_view key;
  std::string_view prefix;
  std::span<const std::uint32_t> listeners;
};

}  // namespace raclette
