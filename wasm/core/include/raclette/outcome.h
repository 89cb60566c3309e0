// Result of a registration: a value, or an error code with details. Nothing throws, so callers check the code.
#pragma once

#include <cstdint>
#include <string>

#include "raclette/error.h"

namespace raclette {

/// `value` if `code` is OK, else details in `text`.
struct Outcome {
  ErrorCode code = ErrorCode::OK;
  std::uint32_t value = 0;
  std::string text;
};

}  // namespace raclette
