// The options of a runtime, read from JSON and checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "socket/options.h"

namespace raclette {

struct RuntimeOptions {
  SocketOptions socket;
  /// Tells this client's idempotency keys from those of others.
  std::string client;
  std::vector<std::string> whitelist;
};

/// Reads options. BAD_CONFIG, with the path of the field and what it should be.
Result<RuntimeOptions> read_options(const std::string_view& json);

}  // namespace raclette
