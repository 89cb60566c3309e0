// An event that the user emits, with its options.
#pragma once

#include <cstdint>

#include "raclette/effect.h"

namespace raclette {

/// An event to emit. `payload`: a JSON array of the event's name and its arguments.
struct OutgoingEvent {
  std::uint32_t nsp_id = 0;
  ValueHandle payload = 0;
  std::uint32_t attachments = 0;
  /// Size of text and attachments in bytes.
  double bytes = 0;
  bool wants_ack = false;
  /// Drop it if there is no session.
  bool is_volatile = false;
  /// Milliseconds to wait for the ack, for each try; 0: no limit.
  double timeout = 0;
  /// Maximum number of retries.
  std::uint32_t retries = 0;
  /// Send it only after all earlier ordered emits of the namespace are done.
  bool is_ordered = false;
  /// Wall clock in milliseconds since 1970, as in TransportOpened; 0: unknown.
  double wall = 0;
};

}  // namespace raclette
