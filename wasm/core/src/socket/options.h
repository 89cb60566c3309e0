// The connection's options, named as in socket.io-client. Times in milliseconds.
#pragma once

#include <limits>
#include <string>

namespace raclette {

struct SocketOptions {
  /// Origin of the backend: http or https, no trailing slash.
  std::string origin;
  std::string path = "/socket.io/";
  std::string nsp = "/";
  /// Further query of the handshake, encoded, each pair with a leading `&`.
  std::string query;
  bool auto_connect = true;
  bool reconnection = true;
  double reconnection_attempts = std::numeric_limits<double>::infinity();
  double reconnection_delay = 1000;
  double reconnection_delay_max = 5000;
  double randomization_factor = 0.5;
  double timeout = 20000;
  /// Refusals by the server, in a row, before the status is `rejected`.
  double auth_attempts = 3;
};

}  // namespace raclette
