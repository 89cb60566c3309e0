// The table of error codes. The messages are in js-glue/types/errors.ts. The order is part of the boundary: add new
// codes at the end and never renumber one.
#pragma once

#include <cstdint>
#include <string_view>

namespace raclette {

// clang-format off
#define RACLETTE_ERROR_CODES(X)                                                  \
  X(OK)                   /* nothing is wrong */                                 \
  X(ENGINE_BAD_PACKET)    /* a frame that is no Engine.IO packet */              \
  X(ENGINE_BAD_HANDSHAKE) /* an open packet without usable sid and pings */      \
  X(SOCKET_BAD_PACKET)    /* a message that is no Socket.IO packet, or an event without a name */ \
  X(SOCKET_BAD_ATTACHMENTS) /* binary attachments missing, late or unasked */    \
  X(SOCKET_BAD_PAYLOAD)   /* a packet whose payload is no JSON */                \
  X(FRAME_TOO_LARGE)      /* a control packet beyond its limit */                \
  X(PING_TIMEOUT)         /* no ping within pingInterval + pingTimeout */        \
  X(CONNECT_TIMEOUT)      /* not connected within `timeout` */                   \
  X(TRANSPORT_FAILED)     /* the transport could not be opened */                \
  X(TRANSPORT_CLOSED)     /* the transport closed */                             \
  X(SERVER_CLOSED)        /* the server closed the connection */                 \
  X(SERVER_DISCONNECTED)  /* the server disconnected the namespace */            \
  X(CLIENT_DISCONNECTED)  /* `disconnect()` was called */                        \
  X(CONNECT_REJECTED)     /* CONNECT_ERROR: the server refused */                \
  X(AUTH_FAILED)          /* the user's `auth` function failed */                \
  X(RECONNECT_FAILED)     /* `reconnectionAttempts` used up */                   \
  X(SOCKET_DISCONNECTED)  /* the session ended before the answer */              \
  X(ACK_TIMEOUT)          /* no answer within `timeout(ms)` */                   \
  X(BAD_ARGUMENT)         /* an argument of the wrong kind */                    \
  X(BAD_CONFIG)           /* options or a plugin config that are malformed */    \
  X(UNKNOWN_ENTITY)       /* no such entity in the plugin's config */            \
  X(UNKNOWN_OPERATION)    /* no such operation of the entity */                  \
  X(MISSING_PARAM)        /* a placeholder of the target without a value */      \
  X(BAD_PATTERN)          /* a pattern that is malformed */                      \
  X(EVENT_NOT_ALLOWED)    /* an event outside the whitelist */                   \
  X(RESERVED_EVENT)       /* an event name that the protocol keeps to itself */  \
  X(DISPOSED)             /* the runtime, scope or query is gone */              \
  X(ABORTED)              /* the caller aborted */                               \
  X(REQUEST_TIMEOUT)      /* no answer within the query's `timeout` */           \
  X(NETWORK_ERROR)        /* the request did not reach the server */             \
  X(HTTP_ERROR)           /* an answer with a status of 400 or more */           \
  X(BAD_RESPONSE)         /* an answer that is not what it should be */          \
  X(WAIT_TIMEOUT)         /* `waitFor` saw no event in time */                   \
  X(LISTENER_THREW)       /* a listener or callback threw */                     \
  X(WASM_LOAD_FAILED)     /* the compiled core could not be loaded */            \
  X(BUFFER_FULL)          /* no more emits may wait for a session */             \
  X(EMIT_EXPIRED)         /* an emit waited for a session for too long */        \
  X(STORAGE_FAILED)       /* what waits for the network could not be kept */
// clang-format on

enum class ErrorCode : std::uint8_t {
#define RACLETTE_ENUMERATOR(name) name,
  RACLETTE_ERROR_CODES(RACLETTE_ENUMERATOR)
#undef RACLETTE_ENUMERATOR
};

/// The name of a code, for example "PING_TIMEOUT"; empty for an unknown number.
[[nodiscard]] std::string_view error_name(ErrorCode code);

}  // namespace raclette
