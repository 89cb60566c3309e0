// The transition table of a namespace session. Only this table changes the state. Refusals in a row are counted before
// the lookup.
#pragma once

#include <array>
#include <cstdint>

#include "base/transitions.h"

namespace raclette {

enum class NamespaceState : std::uint8_t {
  detached,
  authenticating,
  connecting,
  connected,
  waiting,
  leaving,
  rejoining,
  rejected
};

enum class NamespaceInput : std::uint8_t {
  attach,            // the engine session is open
  detach,            // the engine session ended
  leave,             // the user leaves
  auth_ready,        // the user's credentials have arrived
  auth_unavailable,  // there are no credentials now
  refused,           // CONNECT_ERROR, or an `auth` that failed, for the first time
  refused_again,     // refused again
  refused_last,      // refused for the last of `authAttempts` times
  connect,           // CONNECT: the server accepts
  disconnect,        // DISCONNECT: the server ends the session
  deadline,          // no answer in time, to CONNECT or from the user's `auth`
  retry,             // the wait before the next attempt is over
  restart,           // the user connects again
};

enum class NamespaceAction : std::uint8_t {
  nothing,
  ask_auth,
  send_connect,
  accept,
  ask_again,        // ask `auth` again, with the reason: a token may have expired
  back_off,         // try again after a wait
  wait_for_auth,    // try again after a wait; this is no refusal
  give_up,          // do not try again
  end,              // send DISCONNECT
  end_and_rejoin,   // send DISCONNECT; begin the next session
  wait_for_answer,  // wait for the answer to the CONNECT that the user left
  report_end,       // the server ended the session
  report_timeout,
};

struct NamespaceTransition {
  NamespaceState next;
  NamespaceAction action = NamespaceAction::nothing;
};

constexpr auto namespace_transitions() {
  using enum NamespaceState;
  using enum NamespaceInput;
  using enum NamespaceAction;
  return std::to_array<Transition<NamespaceState, NamespaceInput, NamespaceTransition>>({
      {detached, attach, {authenticating, ask_auth}},
      {detached, {detach, leave, auth_ready, auth_unavailable, refused, refused_again, refused_last}, {detached}},
      {detached, {connect, disconnect, deadline, retry, restart}, {detached}},

      {authenticating, auth_ready, {connecting, send_connect}},
      {authenticating, refused, {authenticating, ask_again}},
      {authenticating, refused_again, {waiting, back_off}},
      {authenticating, refused_last, {rejected, give_up}},
      {authenticating, {auth_unavailable, deadline}, {waiting, wait_for_auth}},
      {authenticating, {detach, leave}, {detached}},
      {authenticating, disconnect, {detached, report_end}},
      {authenticating, {attach, connect, retry, restart}, {authenticating}},

      {connecting, connect, {connected, accept}},
      {connecting, refused, {authenticating, ask_again}},
      {connecting, refused_again, {waiting, back_off}},
      {connecting, refused_last, {rejected, give_up}},
      {connecting, detach, {detached}},
      {connecting, leave, {leaving}},
      {connecting, disconnect, {detached, report_end}},
      {connecting, deadline, {detached, report_timeout}},
      {connecting, {attach, auth_ready, auth_unavailable, retry, restart}, {connecting}},

      {connected, detach, {detached}},
      {connected, leave, {detached, end}},
      {connected, disconnect, {detached, report_end}},
      {connected, {attach, auth_ready, auth_unavailable, refused, refused_again, refused_last}, {connected}},
      {connected, {connect, deadline, retry, restart}, {connected}},

      {waiting, retry, {authenticating, ask_auth}},
      {waiting, {detach, leave}, {detached}},
      {waiting, {attach, auth_ready, auth_unavailable, refused, refused_again, refused_last}, {waiting}},
      {waiting, {connect, disconnect, deadline, restart}, {waiting}},

      // Any answer of the server ends the session.
      {leaving, attach, {rejoining, wait_for_answer}},
      {leaving, connect, {detached, end}},
      {leaving, {detach, refused, refused_again, refused_last, disconnect}, {detached}},
      {leaving, {leave, auth_ready, auth_unavailable, deadline, retry, restart}, {leaving}},

      // After any answer of the server, the next session begins.
      {rejoining, connect, {detached, end_and_rejoin}},
      {rejoining, {refused, refused_again, refused_last, disconnect}, {authenticating, ask_auth}},
      {rejoining, detach, {detached}},
      {rejoining, leave, {leaving}},
      {rejoining, deadline, {detached, report_timeout}},
      {rejoining, {attach, auth_ready, auth_unavailable, retry, restart}, {rejoining}},

      {rejected, restart, {detached}},
      {rejected,
       {attach, detach, leave, auth_ready, auth_unavailable, refused, refused_again, refused_last},
       {rejected}},
      {rejected, {connect, disconnect, deadline, retry}, {rejected}},
  });
}
static_assert(missing_pairs(namespace_transitions()) == 0 && doubled_pairs(namespace_transitions()) == 0);

}  // namespace raclette
