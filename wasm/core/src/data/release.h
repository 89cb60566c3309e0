// Releases handles of payloads and responses. Every holder in the core either passes its handle on or releases it here,
// exactly once.
#pragma once

#include "raclette/effect.h"

namespace raclette {

/// Releases a response; 0: does nothing.
inline void release_response(Effects& effects, ValueHandle response) {
  if (response != 0) effects.push_back(ReleaseResponse{response});
}

/// Releases the body of a request; 0: does nothing.
inline void release_payload(Effects& effects, ValueHandle payload) {
  if (payload != 0) effects.push_back(ReleasePayload{payload});
}

}  // namespace raclette
