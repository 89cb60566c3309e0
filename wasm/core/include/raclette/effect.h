// What the core wants done. A machine never acts: it appends effects, the outside drains them in that order and
// answers with new inputs. Handles of payloads and responses name JavaScript values that the core has never seen;
// each is released by exactly one effect, or by the runtime's end. These declarations are the one table of effects:
// what writes and reads them at the boundary goes by the order of the fields here, and by that of the variant below.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "raclette/error.h"

namespace raclette {

/// Names one attempt at a connection. Inputs that carry an older one are ignored.
using ConnectionId = std::uint32_t;
/// A value that the outside keeps: an outgoing payload, or the body of an answer. 0: none.
using ValueHandle = std::uint32_t;

/// What a connection runs over: frames both ways, or HTTP long-polling (Engine.IO protocol v4, "Transports").
enum class TransportKind : std::uint8_t { websocket, polling };

/// What a namespace's session is.
enum class SocketStatus : std::uint8_t { connecting, connected, reconnecting, rejected, closed };

/// Open a transport to `url`.
struct OpenTransport {
  ConnectionId connection;
  TransportKind kind;
  std::string url;
};
/// Send what is waiting, let what is on its way arrive, ask for no more, and answer with TransportPaused.
struct PauseTransport {
  ConnectionId connection;
};
/// From now on polling goes to `url`, which names the session. `max_payload`: the most bytes that one request may
/// carry; 0: no limit.
struct IdentifyTransport {
  ConnectionId connection;
  std::string url;
  double max_payload;
};
/// Close it; nothing more of this connection is expected.
struct CloseTransport {
  ConnectionId connection;
};
/// Send one text frame, `head` followed by the payload's text (where there is one), then the payload's
/// attachments as binary frames.
struct SendPacket {
  ConnectionId connection;
  std::string head;
  ValueHandle payload;
};
struct ReleasePayload {
  ValueHandle payload;
};
/// Ask the user for credentials and answer with AuthReady or AuthFailed. `reason`: why they were refused last time.
struct AskAuth {
  std::uint32_t request;
  /// The namespace that is connected.
  std::uint32_t nsp_id;
  std::string reason;
  /// What was asked before took too long: do not wait for that.
  bool anew;
};
struct StatusChanged {
  std::uint32_t nsp_id;
  SocketStatus status;
  /// OK, or why the status is what it is.
  ErrorCode code;
  /// What the server said, or what went wrong; with `connected` the session's id.
  std::string text;
  /// With `connected`: the session goes on where the one before was lost, and nothing was missed.
  bool recovered;
};
/// The connection is there or is not wanted (`attempt` is 0), or it is to be had back: that attempt is under way, or,
/// with `wait`, made in so many milliseconds.
struct AttemptChanged {
  std::uint32_t attempt;
  std::uint32_t wait;
};
/// The least that one of the server's last answers took, in milliseconds, at least 1.
struct LatencyChanged {
  std::uint32_t latency;
};
/// The events that came before CONNECT (RouteKind::early) of this namespace: give them in again now, as if they came by
/// `connection` (`keep`), or forget them.
struct EarlyFrames {
  std::uint32_t nsp_id;
  ConnectionId connection;
  bool keep;
};
/// So many emits, with so many bytes of payload, wait for a session.
struct BufferChanged {
  std::uint32_t count;
  std::uint32_t bytes;
};
/// An ack ends without an answer: ACK_TIMEOUT, SOCKET_DISCONNECTED, EMIT_EXPIRED or ABORTED.
struct AckFailed {
  std::uint32_t ack;
  ErrorCode code;
};
/// Make a request and answer with FetchDone or FetchFailed.
struct StartFetch {
  std::uint32_t fetch;
  /// The query whose user-given config goes with the request.
  std::uint32_t query;
  std::string method;
  std::string url;
  ValueHandle body;
  /// The server answered 401 to this request once: ask for credentials anew.
  bool renew_auth;
  /// Idempotency-Key of a mutation that may be sent more than once, the same in every try; else empty.
  std::string key;
  /// What `set_request` was told beside the URL: that of this request, whatever the query was told since.
  std::string variant;
};
struct AbortFetch {
  std::uint32_t fetch;
};
/// An execution of the query began.
struct QueryLoading {
  std::uint32_t query;
  std::uint32_t execution;
  /// It makes sure of what shows, which nobody has to see.
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
  /// False: a newer execution has answered already, so this one must not show.
  bool apply;
  /// A newer execution is still under way.
  bool loading;
  /// A mutation whose user wants its end announced.
  bool announce;
  /// It was sent more than once: what it was answered may be as old as the first try.
  bool repeated;
};
/// Nothing of the query has been under way for a while, and its settings say that it retires: the core knows it no
/// longer. Who executes it again makes it anew, and tells `resume_query` what this tells.
struct QueryRetired {
  std::uint32_t query;
  /// It is to be executed again as soon as somebody looks at it.
  bool due;
  /// Up to which change its answer is known to be good.
  std::uint32_t seen;
};
struct ReleaseResponse {
  ValueHandle response;
};
/// A listener's time is over: the core has removed it.
struct ListenerExpired {
  std::uint32_t listener;
};
/// The mutation of this execution waits for the network: keep what it takes to make it again under `key`, so that a
/// later runtime can (Runtime::restore). The same key is told again whenever it is sent or failed.
struct PersistMutation {
  std::uint32_t query;
  std::uint32_t execution;
  /// They are made in the order of this number, also those that were restored.
  std::uint32_t order;
  std::string key;
  /// How often it was sent by this runtime.
  std::uint32_t tries;
  /// Why the last try failed; OK where that is told already, or none did.
  ErrorCode code;
  /// HTTP status, or 0.
  std::uint32_t status;
  /// It stays the core's.
  ValueHandle response;
};
/// It is over, or was taken back.
struct RemoveMutation {
  std::string key;
};
/// An emit that waited for a session and wants no answer is over: sent, expired, or taken back.
struct EmitOver {
  std::uint32_t emit;
};
/// An error without a caller.
struct ReportError {
  ErrorCode code;
  std::string detail;
};

using Effect = std::variant<OpenTransport, CloseTransport, SendPacket, ReleasePayload, AskAuth, StatusChanged,
                            AckFailed, StartFetch, AbortFetch, QueryLoading, QuerySettled, ReleaseResponse,
                            ListenerExpired, ReportError, PauseTransport, IdentifyTransport, EarlyFrames, BufferChanged,
                            PersistMutation, RemoveMutation, EmitOver, QueryRetired, AttemptChanged, LatencyChanged>;

/// Effects in the order in which they are to be carried out.
using Effects = std::vector<Effect>;

}  // namespace raclette
