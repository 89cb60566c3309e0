// Releases handles of payloads and responses. Every holder in the core passes a handle on or releases it here,
// exactly once.
#pragma once

#include "raclette/effect.h"

namespace raclette {

/// Releases a response, if there is one.
inline void release_response(Effects& effects, ValueHandle response) {
  if (response != 0) effects.push_back(ReleaseResponse{response});
}

/// Releases the body of a request, if there is one.
inline void release_payload(Effects& effects, ValueHandle payload) {
  if (payload != 0) effects.push_back(ReleasePayload{payload});
}

}  // namespace raclette
