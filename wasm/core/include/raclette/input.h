// What the outside tells the core. An input goes in with the current time through Runtime::handle; what follows
// from it comes out as effects. Inputs that name something gone (an older connection, an aborted fetch) are
// ignored: drivers need not know what is still wanted.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "raclette/effect.h"
#include "raclette/error.h"

namespace raclette {

/// The user wants to be connected to a namespace. 0: the main one.
struct Connect {
  std::uint32_t nsp_id = 0;
};
/// The user wants to be disconnected from it, until Connect.
struct Disconnect {
  std::uint32_t nsp_id = 0;
};
/// What happens to the page or the machine.
enum class LifecycleEvent : std::uint8_t {
  online,   // there is a network again
  offline,  // there is none
  visible,  // the page is looked at again
  hide,     // the page goes into the browser's back/forward cache, or away
  show,     // it came back from there
  hidden,   // the page is not looked at any more
};
struct LifecycleChanged {
  LifecycleEvent life;
};
/// `wall`: milliseconds since 1970 by the machine's clock, which goes on while the machine sleeps; 0: not known.
struct TransportOpened {
  ConnectionId connection;
  double wall = 0;
};
/// The transport closed, or could not be opened. `detail`: what the platform says, where it says anything.
struct TransportClosed {
  ConnectionId connection;
  std::string detail;
};
/// The arguments of an event or ack on this connection were no JSON, or did not fit their attachments.
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
/// `is_transient`: there are none to be had now, which says nothing of whether any would be accepted.
struct AuthFailed {
  std::uint32_t request;
  std::string detail;
  bool is_transient = false;
};
/// What a CONNECT_ERROR (RouteKind::connect_error) says: the server refused the session of a namespace.
struct ConnectError {
  std::uint32_t nsp_id;
  std::string message;
};
/// A complete answer. `response`: its parsed body, 0 for none.
/// `retry_after`: milliseconds in which the server wants no more requests of its kind; 0: it does not say.
/// `commit`: the number up to which what the server's events tell of is in the answer; 0: it does not say.
struct FetchDone {
  std::uint32_t fetch;
  std::uint32_t status;
  ValueHandle response;
  double retry_after = 0;
  double commit = 0;
};
/// No usable answer: NETWORK_ERROR, BAD_RESPONSE or AUTH_FAILED. `response`: what there is of it.
struct FetchFailed {
  std::uint32_t fetch;
  ErrorCode code;
  std::uint32_t status;
  ValueHandle response;
  double retry_after = 0;
};
/// Time has passed: timers that are due fire, in the order of their deadlines. No other input fires any.
struct Tick {};

using Input = std::variant<Connect, Disconnect, LifecycleChanged, TransportOpened, TransportPaused, TransportClosed,
                           PayloadRefused, AuthReady, AuthFailed, ConnectError, FetchDone, FetchFailed, Tick>;

}  // namespace raclette
