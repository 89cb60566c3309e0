// What a query is made from: the operation that it executes, as the plugin's config describes it, and the settings of
// its user.
#pragma once

#include <cstdint>
#include <string>

#include "raclette/error.h"

namespace raclette {

/// How to ask for an operation's params. `placeholders`: names in the target, parted by newlines.
struct OperationInfo {
  ErrorCode code = ErrorCode::OK;
  std::uint32_t operation = 0;
  bool is_read = false;
  bool has_body = false;
  bool target_is_function = false;
  std::string placeholders;
  /// For a failure: the names that exist.
  std::string text;
};

/// Who executes a query. What follows from an event of the server keeps to the pauses that the server asked for, and to
/// those before a request is made again; the user's own wish ends the latter. What is asked for in pages: `next` is
/// behind what shows and says nothing of it, `rest` is a later part of what shows, which is as old as its first.
enum class Caller : std::uint8_t { user, event, next, rest };

// The one place that names the settings and their defaults: what reads and writes them at the boundary goes by it.
/// How a query behaves; what its user may set.
struct QuerySettings {
  /// Share reads, and reuse an answer for a while.
  bool use_cache = true;
  /// Announce how a mutation ended.
  bool notify = true;
  /// Execute again after a reconnect that lost events.
  bool refetch_on_reconnect = true;
  /// Execute again when the page is looked at again.
  bool refetch_on_focus = true;
  /// Milliseconds for one request; 0: no limit.
  double timeout = 30000;
  /// How often a request that failed for a while (no network, no answer in time, 408, 429, 5xx) is made again.
  double retry = 0;
  /// Milliseconds that executions wait for more of them; all then share one request.
  double debounce = 0;
  /// Milliseconds from one answer to the next execution; 0: none.
  double refetch_interval = 0;
  /// At the interval also while the page is hidden.
  bool refetch_interval_in_background = false;
  /// Execute again by itself, for any of these reasons; false: not until it is true again, and then at once if it is
  /// due.
  bool active = true;
  /// Nobody looks at it, and nobody is known to come back: it is retired, see QueryRetired.
  bool retires = false;
};

}  // namespace raclette
