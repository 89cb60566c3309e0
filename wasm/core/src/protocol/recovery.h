// Parses the offset that a server with connection state recovery appends to the arguments of an event: a string that
// encodes a time. It is read from the end of the frame, so events without listeners need not be parsed. Only the
// formats of Socket.IO's adapters count as offsets, because any string may be a user's argument; SessionOffsets
// decides. Sources: Socket.IO, "Connection state recovery"; socket.io-adapter (yeast); the adapters for Redis streams
// and MongoDB.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace raclette {

/// The format of an offset, by the adapter that writes it.
enum class OffsetForm : std::uint8_t {
  yeast,      // the in-memory adapter: a time in base 64, and a count if the time is not unique
  stream_id,  // Redis streams: `<milliseconds>-<count>`
  object_id,  // MongoDB: 24 hexadecimal digits, of which the first 8 are the seconds
};

/// The value before an offset in the event's array.
enum class OffsetPlace : std::uint8_t {
  argument,  // an argument of the event
  name,      // the event's name, or possibly its name: the text may be the event's only argument
  greeting,  // the name `raclette--connected`, an event without other arguments
};

struct Offset {
  std::string text;
  OffsetForm form = OffsetForm::yeast;
  OffsetPlace place = OffsetPlace::argument;
  /// Milliseconds since 1970. `count` numbers the offsets of the same time.
  double time = 0;
  double count = 0;
};

/// The event that a raclette backend sends first in a session. Its only argument is the offset.
inline constexpr std::string_view kGreeting = "raclette--connected";

/// Reads the last argument of an event as an offset. `tail`: the last units of its frame. Returns nothing if the
/// argument has none of the formats.
[[nodiscard]] std::optional<Offset> offset_at_end(std::u16string_view tail);

}  // namespace raclette
