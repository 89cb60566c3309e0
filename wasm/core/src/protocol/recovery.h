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

/// Who writes such a text.
enum class OffsetForm : std::uint8_t {
  yeast,      // the in-memory adapter: a time in base 64, and a count where there are several
  stream_id,  // Redis streams: `<milliseconds>-<count>`
  object_id,  // MongoDB: 24 hexadecimal digits, which begin with the seconds
};

/// What an offset stands behind.
enum class OffsetPlace : std::uint8_t {
  argument,  // an argument of the event
  name,      // the event's name, or what may be that: the text may be the event's only argument
  greeting,  // the name `raclette--connected`, an event that has no arguments
};

struct Offset {
  std::string text;
  OffsetForm form = OffsetForm::yeast;
  OffsetPlace place = OffsetPlace::argument;
  /// Milliseconds since 1970, and which one of those of that time it is.
  double time = 0;
  double count = 0;
};

/// The event by which a backend tells that a session is there: what it brings is nothing but an offset.
inline constexpr std::string_view kGreeting = "raclette--connected";

/// The last argument of an event, of whose frame `tail` are the last units; nothing where it is no text of such a form.
[[nodiscard]] std::optional<Offset> offset_at_end(std::u16string_view tail);

}  // namespace raclette
