// The offset that a server with connection state recovery puts behind the arguments of an event: the last argument,
// a string of letters, digits and `-_.`. It is read off the end of the frame, so that an event that nobody listens to
// need not be parsed.
// Source: Socket.IO, "Connection state recovery"; the in-memory and the Redis streams adapter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace raclette {

/// The offset at the end of an event's text, of which `tail` are the last units; nothing where it does not end with
/// one.
[[nodiscard]] std::optional<std::string> offset_at_end(std::u16string_view tail);

}  // namespace raclette
