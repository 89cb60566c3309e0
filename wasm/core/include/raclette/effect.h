// The effects of the core. The core performs no I/O: it appends effects, and the host drains them in order and answers
// with new inputs. Handles name JavaScript values that the core never sees. Each handle is released by exactly one
// effect, or with the runtime. Both sides of the boundary are generated from these declarations: from the order of the
// fields, and of the alternatives of the variant.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "raclette/error.h"

namespace raclette {

/// Id of a connection attempt. Inputs with an older id are ignored.
using ConnectionId = std::uint32_t;
/// Handle of a value that the host keeps: an outgoing payload, or the body of an answer. 0: none.
using ValueHandle = std::uint32_t;

/// The transports of Engine.IO v4.
enum class TransportKind : std::uint8_t { websocket, polling };

/// Status of a namespace's session.
enum class SocketStatus : std::uint8_t { connecting, connected, reconnecting, rejected, closed };

/// Open a transport to `url`. Answer with TransportOpened or TransportClosed.
struct OpenTransport {
  ConnectionId connection;
  TransportKind kind;
  std::string url;
};
/// Send buffered frames, wait for those in flight, stop polling, and answer with TransportPaused.
struct PauseTransport {
  ConnectionId connection;
};
/// Use `url`, which contains the session id, for polling from now on. `max_payload`: maximum bytes of a request; 0: no
/// limit.
struct IdentifyTransport {
  ConnectionId connection;
  std::string url;
  double max_payload;
};
/// Close the transport. No more inputs are expected from it.
struct CloseTransport {
  ConnectionId connection;
};
/// Send a text frame of `head` and the payload's text (if any), then the payload's attachments as binary frames.
struct SendPacket {
  ConnectionId connection;
  std::string head;
  ValueHandle payload;
};
struct ReleasePayload {
  ValueHandle payload;
};
/// Call the user's `auth` and answer with AuthReady or AuthFailed. `reason`: why the last credentials were refused.
struct AskAuth {
  std::uint32_t request;
  /// The namespace to connect.
  std::uint32_t nsp_id;
  std::string reason;
  /// The previous call did not answer in time: call again instead of waiting for it.
  bool anew;
};
struct StatusChanged {
  std::uint32_t nsp_id;
  SocketStatus status;
  /// OK, or the reason of the status.
  ErrorCode code;
  /// The server's message or other details; with `connected` the session id.
  std::string text;
  /// With `connected`: the session was recovered, so no event was missed.
  bool recovered;
};
/// The reconnection attempt changed. `attempt`: its number; 0 while connected or not wanted. `wait`: milliseconds until
/// it starts; 0 while it runs.
struct AttemptChanged {
  std::uint32_t attempt;
  std::uint32_t wait;
};
/// The fastest of the last round trips, in milliseconds, at least 1.
struct LatencyChanged {
  std::uint32_t latency;
};
/// Deliver the events that arrived before CONNECT of this namespace (RouteKind::early) again, as frames of
/// `connection`; or drop them if not `keep`.
struct EarlyFrames {
  std::uint32_t nsp_id;
  ConnectionId connection;
  bool keep;
};
/// Number of buffered emits, and bytes of their payloads.
struct BufferChanged {
  std::uint32_t count;
  std::uint32_t bytes;
};
/// An ack fails: ACK_TIMEOUT, SOCKET_DISCONNECTED, EMIT_EXPIRED, ABORTED or DISPOSED.
struct AckFailed {
  std::uint32_t ack;
  ErrorCode code;
};
/// Send a request and answer with FetchDone or FetchFailed.
struct StartFetch {
  std::uint32_t fetch;
  /// The query whose `config` applies to the request.
  std::uint32_t query;
  std::string method;
  std::string url;
  ValueHandle body;
  /// The server answered 401: use new credentials.
  bool renew_auth;
  /// Idempotency-Key of a mutation that may be retried, the same in every try; else empty.
  std::string key;
  /// `variant` of `set_request` at the time of this request.
  std::string variant;
};
struct AbortFetch {
  std::uint32_t fetch;
};
/// An execution of the query started.
struct QueryLoading {
  std::uint32_t query;
  std::uint32_t execution;
  /// It only confirms what is shown: do not show it as loading.
  bool quiet;
};
/// One execution ended.
struct QuerySettled {
  std::uint32_t query;
  std::uint32_t execution;
  ErrorCode code;
  /// HTTP status, or 0.
  std::uint32_t status;
  ValueHandle response;
  /// False: a newer execution has already answered, so this result is not shown.
  bool apply;
  /// A newer execution is still in flight.
  bool loading;
  /// A mutation with `notify`.
  bool announce;
  /// It was sent more than once: what it was answered may be as old as the first try.
  bool repeated;
};
/// The core removed an idle query that `retires`. To execute it again, create it again and pass these fields to
/// `resume_query`.
struct QueryRetired {
  std::uint32_t query;
  /// It must be refetched when it becomes active.
  bool due;
  /// Number of the last change that its answer contains.
  std::uint32_t seen;
};
struct ReleaseResponse {
  ValueHandle response;
};
/// The core removed a listener whose lifetime ended.
struct ListenerExpired {
  std::uint32_t listener;
};
/// Store the mutation of this execution under `key`, so a later runtime can restore it (Runtime::restore). Sent again
/// with the same key whenever the mutation is sent or fails.
struct PersistMutation {
  std::uint32_t query;
  std::uint32_t execution;
  /// Position in the queue.
  std::uint32_t order;
  std::string key;
  /// Number of times this runtime has sent it.
  std::uint32_t tries;
  /// Error of the last try; OK if there is none, or it was reported before.
  ErrorCode code;
  /// HTTP status, or 0.
  std::uint32_t status;
  /// The body of the answer. The core keeps the handle.
  ValueHandle response;
};
/// Remove the stored mutation: it is done or was dropped.
struct RemoveMutation {
  std::string key;
};
/// A buffered emit without an ack is done: sent, expired or cancelled.
struct EmitOver {
  std::uint32_t emit;
};
/// Report an error that has no caller.
struct ReportError {
  ErrorCode code;
  std::string detail;
};

using Effect = std::variant<OpenTransport, CloseTransport, SendPacket, ReleasePayload, AskAuth, StatusChanged,
                            AckFailed, StartFetch, AbortFetch, QueryLoading, QuerySettled, ReleaseResponse,
                            ListenerExpired, ReportError, PauseTransport, IdentifyTransport, EarlyFrames, BufferChanged,
                            PersistMutation, RemoveMutation, EmitOver, QueryRetired, AttemptChanged, LatencyChanged>;

/// Effects in the order to perform them.
using Effects = std::vector<Effect>;

}  // namespace raclette
