// The inputs of the core. The host passes each with the current time to Runtime::handle, then drains the effects.
// Inputs for something that no longer exists (an older connection, an aborted fetch) are ignored, so drivers need not
// track that.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "raclette/effect.h"
#include "raclette/error.h"

namespace raclette {

/// Connect to a namespace. 0: the main one.
struct Connect {
  std::uint32_t nsp_id = 0;
};
/// Disconnect from a namespace until the next Connect.
struct Disconnect {
  std::uint32_t nsp_id = 0;
};
/// Lifecycle events of the page.
enum class LifecycleEvent : std::uint8_t {
  online,   // the network is back
  offline,  // the network is lost
  visible,  // the page became visible
  hide,     // the page is unloaded, or enters the back/forward cache
  show,     // the page returned from the back/forward cache
  hidden,   // the page became hidden
};
struct LifecycleChanged {
  LifecycleEvent life;
};
/// `wall`: wall clock in milliseconds since 1970, which continues while the machine sleeps; 0: unknown.
struct TransportOpened {
  ConnectionId connection;
  double wall = 0;
};
/// The transport closed, or failed to open. `detail`: the platform's message, if any.
struct TransportClosed {
  ConnectionId connection;
  std::string detail;
};
/// The arguments of an event or ack are not JSON, or do not match their attachments.
struct PayloadRefused {
  ConnectionId connection;
  std::string detail;
};
/// Answer to PauseTransport.
struct TransportPaused {
  ConnectionId connection;
};
/// Answer to AskAuth: `payload` is a JSON object's text behind its opening brace, or 0 for no credentials.
struct AuthReady {
  std::uint32_t request;
  ValueHandle payload;
};
/// `is_transient`: it failed for a temporary reason, such as the network, so the credentials are not rejected.
struct AuthFailed {
  std::uint32_t request;
  std::string detail;
  bool is_transient = false;
};
/// The message of a CONNECT_ERROR (RouteKind::connect_error): the server refused the session of a namespace.
struct ConnectError {
  std::uint32_t nsp_id;
  std::string message;
};
/// A complete answer. `response`: its parsed body, 0 for none. `retry_after`: the header in milliseconds; 0: none.
/// `commit`: the answer contains the changes of all events up to this number; 0: unknown.
struct FetchDone {
  std::uint32_t fetch;
  std::uint32_t status;
  ValueHandle response;
  double retry_after = 0;
  double commit = 0;
};
/// No usable answer: NETWORK_ERROR, BAD_RESPONSE or AUTH_FAILED. `response`: details of the failure.
struct FetchFailed {
  std::uint32_t fetch;
  ErrorCode code;
  std::uint32_t status;
  ValueHandle response;
  double retry_after = 0;
};
/// Fires due timers, in the order of their deadlines. Other inputs fire none.
struct Tick {};

using Input = std::variant<Connect, Disconnect, LifecycleChanged, TransportOpened, TransportPaused, TransportClosed,
                           PayloadRefused, AuthReady, AuthFailed, ConnectError, FetchDone, FetchFailed, Tick>;

}  // namespace raclette
