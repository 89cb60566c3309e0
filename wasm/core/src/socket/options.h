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
  /// Origin of the backend: http or https, no trailing slash.
  std::string origin;
  std::string path = "/socket.io/";
  /// The path ends in a slash, whether it was given with one or not.
  bool add_trailing_slash = true;
  std::string nsp = "/";
  /// Further query of the handshake, encoded, each pair with a leading `&`.
  std::string query;
  /// What to connect by, in this order: the next one is tried where one cannot be opened.
  std::vector<TransportKind> transports = {TransportKind::websocket, TransportKind::polling};
  /// From polling to WebSocket, where the server offers it.
  bool upgrade = true;
  /// After an upgrade that worked, begin with WebSocket at the next connect.
  bool remember_upgrade = false;
  /// Go on polling while the page is hidden.
  bool open_when_hidden = false;
  bool auto_connect = true;
  bool reconnection = true;
  /// Also after the server ended the session.
  bool reconnect_after_server = true;
  double reconnection_attempts = kNoLimit;
  double reconnection_delay = 1000;
  double reconnection_delay_max = 5000;
  double randomization_factor = 0.5;
  double timeout = 20000;
  /// Refusals by the server, in a row, before the status is `rejected`.
  double auth_attempts = 3;
  /// Emits that wait for a session: how many, how many bytes of payload, and how long.
  double buffer_count = 1000;
  double buffer_bytes = 10'000'000;
  double buffer_time_to_live = kNoLimit;

  /// How long to wait before an attempt to connect again.
  [[nodiscard]] BackoffRule backoff() const {
    return {reconnection_delay, reconnection_delay_max, randomization_factor, BackoffLimit::after_spread};
  }
};

/// The name of a namespace, which begins with a slash whether it was given with one or not.
[[nodiscard]] std::string namespace_name(const std::string_view& nsp);

/// Whether a namespace can have this name: on the wire it ends with a comma, and a query begins with a question mark.
[[nodiscard]] bool is_namespace(const std::string_view& nsp);

/// Reads the options in `socket`, and the backend's address in `origin`. What is wrong is told as the fields do: by its
/// path and what it should be; options of which that happened are not to be used.
SocketOptions read_socket_options(const Field& origin, const Field& socket);

}  // namespace raclette
