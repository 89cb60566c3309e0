// What becomes of a frame. The core sees a frame's head and answers with a route; for an event that somebody hears, the
// route names a plan, the listeners of its channel. Payloads stay outside: a route says where in the frame they begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace raclette {

/// What to do with a frame.
enum class RouteKind : std::uint8_t {
  nothing,   // dealt with, or nobody listens
  need_all,  // this does not tell: come again, after `event_frame` with `text_frame`, after that with the whole frame,
             // or kMaxHead units of it
  event,     // call the listeners of `plan` with the arguments at `args_offset`
  ack,       // give the arguments at `args_offset` to `ack`
  hold,      // the text of a binary packet, or one of its attachments: keep it for the route that ends it
  early,     // an event before CONNECT: keep it, with its attachments, until EarlyFrames
  connect_error,  // a CONNECT_ERROR of `nsp_id`: give in what its payload, at `args_offset`, says by ConnectError
};

/// The same in detail. Offsets in UTF-16 units from the start of the (text) frame.
struct FrameRoute {
  RouteKind kind = RouteKind::nothing;
  std::uint32_t args_offset = 0;
  /// Of an event that nobody listens to, it is no plan, and only good for `event_again`.
  std::uint32_t plan = 0;
  std::uint32_t plan_version = 0;
  std::uint32_t ack = 0;
  /// The id under which the server wants an answer to this event, or -1.
  std::int64_t reply_id = -1;
  /// Events and refusals: the namespace.
  std::uint32_t nsp_id = 0;
  /// The frame may end with an offset: give in its last kMaxTail units by `text_tail`.
  bool wants_tail = false;
  /// `event_again` with this `plan` and `plan_version` knows each frame that begins as this one does.
  bool is_known = false;
};

/// As much of a frame as `text_frame` looks at, and so all of it that ever has to be copied: what says no more by then
/// is refused, or has no name that anybody could listen to.
inline constexpr std::size_t kMaxHead = 65536;

/// As much of a frame's end as `text_tail` looks at.
inline constexpr std::size_t kMaxTail = 80;

/// Listeners of one channel in the order of registration; valid until the next call of the runtime.
struct ChannelPlanView {
  std::uint32_t version = 0;
  std::string_view channel;
  std::string_view key;
  std::string_view prefix;
  std::span<const std::uint32_t> listeners;
};

}  // namespace raclette
