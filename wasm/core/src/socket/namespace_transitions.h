// What the session of a namespace does: in this state, on these inputs, this is the next state and this is to be done.
// Nothing outside of this table sets the state. Which refusal in a row it is, is counted before the table is asked.
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
  parting,
  returning,
  rejected
};

enum class NamespaceInput : std::uint8_t {
  attach,         // the engine session is open
  detach,         // it is gone
  part,           // the user leaves
  auth_ready,     // the user's credentials are there
  unobtained,     // there are none to be had now
  refused,        // CONNECT_ERROR, or an `auth` that failed, for the first time
  refused_again,  // for another time
  refused_last,   // for the last of `authAttempts` times
  connect,        // CONNECT: the server accepts
  disconnect,     // DISCONNECT: the server ends the session
  deadline,       // no answer to CONNECT, or of the user's `auth`, in time
  retry,          // the wait before the next try is over
  forgive,        // the user starts anew
};

enum class NamespaceAction : std::uint8_t {
  nothing,
  ask_auth,
  send_connect,
  welcome,
  ask_anew,         // with the reason of the refusal: a token may just have expired
  put_off,          // the next try comes after a wait
  await_auth,       // likewise, without a refusal
  give_up,          // there is no further try
  end,              // tell the server
  end_and_return,   // tell the server; the next session begins
  wait_for_answer,  // to the CONNECT that the user has left
  report_end,       // the server ended the session
  report_late,
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
      {detached, {detach, part, auth_ready, unobtained, refused, refused_again, refused_last}, {detached}},
      {detached, {connect, disconnect, deadline, retry, forgive}, {detached}},

      {authenticating, auth_ready, {connecting, send_connect}},
      {authenticating, refused, {authenticating, ask_anew}},
      {authenticating, refused_again, {waiting, put_off}},
      {authenticating, refused_last, {rejected, give_up}},
      {authenticating, {unobtained, deadline}, {waiting, await_auth}},
      {authenticating, {detach, part}, {detached}},
      {authenticating, disconnect, {detached, report_end}},
      {authenticating, {attach, connect, retry, forgive}, {authenticating}},

      {connecting, connect, {connected, welcome}},
      {connecting, refused, {authenticating, ask_anew}},
      {connecting, refused_again, {waiting, put_off}},
      {connecting, refused_last, {rejected, give_up}},
      {connecting, detach, {detached}},
      {connecting, part, {parting}},
      {connecting, disconnect, {detached, report_end}},
      {connecting, deadline, {detached, report_late}},
      {connecting, {attach, auth_ready, unobtained, retry, forgive}, {connecting}},

      {connected, detach, {detached}},
      {connected, part, {detached, end}},
      {connected, disconnect, {detached, report_end}},
      {connected, {attach, auth_ready, unobtained, refused, refused_again, refused_last}, {connected}},
      {connected, {connect, deadline, retry, forgive}, {connected}},

      {waiting, retry, {authenticating, ask_auth}},
      {waiting, {detach, part}, {detached}},
      {waiting, {attach, auth_ready, unobtained, refused, refused_again, refused_last}, {waiting}},
      {waiting, {connect, disconnect, deadline, forgive}, {waiting}},

      // Whatever the server answers, it is the end.
      {parting, attach, {returning, wait_for_answer}},
      {parting, connect, {detached, end}},
      {parting, {detach, refused, refused_again, refused_last, disconnect}, {detached}},
      {parting, {part, auth_ready, unobtained, deadline, retry, forgive}, {parting}},

      // Whatever the server answers, the next session begins.
      {returning, connect, {detached, end_and_return}},
      {returning, {refused, refused_again, refused_last, disconnect}, {authenticating, ask_auth}},
      {returning, detach, {detached}},
      {returning, part, {parting}},
      {returning, deadline, {detached, report_late}},
      {returning, {attach, auth_ready, unobtained, retry, forgive}, {returning}},

      {rejected, forgive, {detached}},
      {rejected, {attach, detach, part, auth_ready, unobtained, refused, refused_again, refused_last}, {rejected}},
      {rejected, {connect, disconnect, deadline, retry}, {rejected}},
  });
}
static_assert(missing_pairs(namespace_transitions()) == 0 && doubled_pairs(namespace_transitions()) == 0);

}  // namespace raclette
