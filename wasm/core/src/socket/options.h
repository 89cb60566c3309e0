// The socket options, named as in socket.io-client, and their checks. Times are in milliseconds.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.h"
#include "raclette/effect.h"

namespace raclette {

class Field;

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

struct SocketOptions {
  /// The backend's origin: http or https, without a trailing slash.
  std::string origin;
  std::string path = "/socket.io/";
  /// Whether the request path ends in a slash, whether or not `path` does.
  bool add_trailing_slash = true;
  std::string nsp = "/";
  /// Additional query of the handshake, encoded, each pair with a leading `&`.
  std::string query;
  /// The transports to try, in this order.
  std::vector<TransportKind> transports = {TransportKind::websocket, TransportKind::polling};
  /// Whether to upgrade from polling to WebSocket if the server offers it.
  bool upgrade = true;
  /// Whether to begin with WebSocket at the next connect after a successful upgrade.
  bool remember_upgrade = false;
  /// Whether to continue polling while the page is hidden.
  bool open_when_hidden = false;
  bool auto_connect = true;
  bool reconnection = true;
  /// Whether to reconnect after the server ended the session.
  bool reconnect_after_server = true;
  double reconnection_attempts = kNoLimit;
  double reconnection_delay = 1000;
  double reconnection_delay_max = 5000;
  double randomization_factor = 0.5;
  double timeout = 20000;
  /// The number of refusals in a row after which the status is `rejected`.
  double auth_attempts = 3;
  /// Limits for emits that wait for a session: their number, their bytes of payload, and their waiting time.
  double buffer_count = 1000;
  double buffer_bytes = 10'000'000;
  double buffer_time_to_live = kNoLimit;

  /// The delays between attempts to connect.
  [[nodiscard]] BackoffRule backoff() const {
    return {reconnection_delay, reconnection_delay_max, randomization_factor, BackoffLimit::after_spread};
  }
};

/// The name of a namespace, with a leading slash, which `nsp` may lack.
[[nodiscard]] std::string namespace_name(const std::string_view& nsp);

/// Whether a namespace can have this name. A comma would end the name on the wire, and a question mark would begin a
/// query.
[[nodiscard]] bool is_namespace(const std::string_view& nsp);

/// Reads the options in `socket`, and the backend's address in `origin`. Errors are reported through the fields; do not
/// use the options if there are any.
SocketOptions read_socket_options(const Field& origin, const Field& socket);

}  // namespace raclette
