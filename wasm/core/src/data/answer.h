// The outcome of a request: status, error code and a handle of the response. A flight passes it to its executions and
// its read.
#pragma once

#include <cstdint>

#include "data/gaps.h"
#include "raclette/effect.h"
#include "raclette/error.h"

namespace raclette {

struct Answer {
  ErrorCode code = ErrorCode::OK;
  /// The HTTP status; 0 without a response.
  std::uint32_t status = 0;
  /// The body, or details of the failure; 0: none. The receiver of the answer keeps or releases it.
  ValueHandle response = 0;
  /// Whether the backend itself answered: the body is JSON or empty.
  bool usable = false;
  /// Milliseconds until the server accepts further requests of the operation (`Retry-After`); 0: none given.
  double retry_after = 0;
  AsOf as_of = {};
  /// Whether the request was sent more than once. The backend may have executed an earlier try, and repeat its result.
  bool repeated = false;
};

}  // namespace raclette
