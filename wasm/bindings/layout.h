// Declarations that both sides of the boundary share, besides the public headers: memory layouts, flags and sizes. The
// binding's half is generated from this file (scripts/generate.mjs).
#pragma once

#include <cstdint>

#include "fields.h"
#include "raclette/frame.h"

namespace raclette::bindings {

/// So many UTF-16 units of the scratch area, and no more, have a place that never moves.
inline constexpr std::uint32_t kScratchUnits = 512;

/// The last route, a word each. The reply id stands in two halves, both -1 where the server wants no answer.
struct RouteWords {
  std::int32_t args_offset;
  std::int32_t plan;
  std::int32_t plan_version;
  std::int32_t ack;
  std::int32_t reply_id_low;
  std::int32_t reply_id_high;
  std::int32_t nsp_id;
};

/// A frame is answered with the number of its RouteKind, in these bits, and with flags above them.
inline constexpr std::uint32_t kRouteKindMask = 7;

/// Beside a route's kind: `wants_tail`, the frame's end is wanted; `busy`, there are effects to drain, or the earliest
/// timer is another than was told last; `is_known`, see FrameRoute.
enum class RouteFlag : std::uint8_t { wants_tail = 8, busy = 16, is_known = 32 };

static_assert(static_cast<std::uint32_t>(RouteKind::connect_error) <= kRouteKindMask,
              "kinds and flags must not overlap");

/// Beside an operation's number, which stands above them.
enum class OperationFlag : std::uint8_t { is_read = 1, has_body = 2 };

/// So many bits of an operation's answer are flags.
inline constexpr std::uint32_t kOperationFlagBits = 2;

/// A part of a channel's name.
enum class NamePart : std::uint8_t { channel, key, prefix };

/// What a control call answered beside its code, a word each: a value, and where a text stands and how long it is.
struct AnswerWords {
  std::uint32_t value;
  const char* text;
  std::uint32_t length;
};

/// Whether all fields are words. Always true where an address is longer than a word: there, nobody reads them word by
/// word.
template <class Words>
constexpr bool kIsWords = sizeof(Words) == field_count<Words>() * sizeof(std::uint32_t) || sizeof(void*) > 4;
static_assert(kIsWords<RouteWords> && kIsWords<AnswerWords>, "the binding reads them word by word");

}  // namespace raclette::bindings
