// The options of a runtime, read from JSON and checked field by field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "socket/options.h"

namespace raclette {

struct RuntimeOptions {
  SocketOptions socket;
  std::vector<std::string> whitelist;
};

/// Reads options. BAD_CONFIG, with the path of the field and what it should be.
Result<RuntimeOptions> read_options(std::string_view json);

}  // namespace raclette
