// The outcome of a request, as far as the core needs it. A flight passes it to its executions and its read.
#pragma once

#include <cstdint>

#include "data/gaps.h"
#include "raclette/effect.h"
#include "raclette/error.h"

namespace raclette {

struct Answer {
  ErrorCode code = ErrorCode::OK;
  /// The HTTP status; 0 where no answer came.
  std::uint32_t status = 0;
  /// The body, or what there is of it. Whoever takes the answer releases it, or keeps it.
  ValueHandle response = 0;
  /// The backend itself answered: what came is JSON, or nothing.
  bool usable = false;
  /// Milliseconds in which the server wants no more requests of its kind.
  double retry_after = 0;
  AsOf as_of = {};
  /// An earlier try had no answer: the backend may have done it then, and say what was so then.
  bool repeated = false;
};

}  // namespace raclette
