// Declarations that both sides of the boundary share, besides the public headers: memory layouts, flags and sizes. The
// binding's half is generated from this file (scripts/generate.mjs).
#pragma once

#include <cstdint>

#include "fields.h"
#include "raclette/frame.h"

namespace raclette::bindings {

/// The number of UTF-16 units of the scratch area that have a fixed address. Longer texts get memory that may move.
inline constexpr std::uint32_t kScratchUnits = 512;

/// The last route, one word per field. The reply id has two halves, both -1 if the server wants no acknowledgement.
struct RouteWords {
  std::int32_t args_offset;
  std::int32_t plan;
  std::int32_t plan_version;
  std::int32_t ack;
  std::int32_t reply_id_low;
  std::int32_t reply_id_high;
  std::int32_t nsp_id;
};

/// The bits of a frame's answer that hold its RouteKind. The bits above are flags.
inline constexpr std::uint32_t kRouteKindMask = 7;

/// Flags of a route. `wants_tail`: the core wants the frame's end. `busy`: there are effects to drain, or the earliest
/// timer has changed. `is_known`, `is_bare`: see FrameRoute.
enum class RouteFlag : std::uint8_t { wants_tail = 8, busy = 16, is_known = 32, is_bare = 64 };

static_assert(static_cast<std::uint32_t>(RouteKind::connect_error) <= kRouteKindMask,
              "kinds and flags must not overlap");

/// Flags of an operation. Its number is in the bits above them.
enum class OperationFlag : std::uint8_t { is_read = 1, has_body = 2 };

/// The number of flag bits in an operation's answer.
inline constexpr std::uint32_t kOperationFlagBits = 2;

/// A part of a channel's name.
enum class NamePart : std::uint8_t { channel, key, prefix };

/// The rest of a control call's answer, one word per field: a value, and the address and length of a text.
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
