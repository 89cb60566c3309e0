// What a registration answers: a value, or a code and a text that says more. Nothing throws, so whoever registers looks
// at the code.
#pragma once

#include <cstdint>
#include <string>

#include "raclette/error.h"

namespace raclette {

/// Answer of a registration: a value if `code` is OK, else what the code alone cannot say.
struct Outcome {
  ErrorCode code = ErrorCode::OK;
  std::uint32_t value = 0;
  std::string text;
};

}  // namespace raclette
