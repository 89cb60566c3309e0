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
  /// A prefix that keeps this client's idempotency keys apart from those of other clients.
  std::string client;
  std::vector<std::string> whitelist;
};

/// Reads options. Fails with BAD_CONFIG, the path of the field and its expected value.
Result<RuntimeOptions> read_options(const std::string_view& json);

}  // namespace raclette
