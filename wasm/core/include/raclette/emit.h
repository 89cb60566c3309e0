// What the user sends: an event with its arguments, and how long it may wait for a session and for its answer.
#pragma once

#include <cstdint>

#include "raclette/effect.h"

namespace raclette {

/// An event to send. `payload`: the text of an array, the event's name and then its arguments.
struct OutgoingEvent {
  std::uint32_t nsp_id = 0;
  ValueHandle payload = 0;
  std::uint32_t attachments = 0;
  /// Size of text and attachments.
  double bytes = 0;
  bool wants_ack = false;
  /// Not worth waiting for a session.
  bool is_volatile = false;
  /// Milliseconds for the answer (with `retries`: for each try), 0: no limit.
  double timeout = 0;
  /// How often it may be sent again.
  std::uint32_t retries = 0;
  /// It is not sent before those of its kind that came before it are over.
  bool is_ordered = false;
  /// Milliseconds since 1970 by the machine's clock, as with TransportOpened; 0: not known.
  double wall = 0;
};

}  // namespace raclette
