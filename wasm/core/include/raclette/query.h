// What a query consists of: its operation, from the plugin's config, and its settings.
#pragma once

#include <cstdint>
#include <string>

#include "raclette/error.h"

namespace raclette {

/// How an operation takes its params. `placeholders`: names in the target, each followed by a newline.
struct OperationInfo {
  ErrorCode code = ErrorCode::OK;
  std::uint32_t operation = 0;
  bool is_read = false;
  bool has_body = false;
  bool target_is_function = false;
  std::string placeholders;
  /// For a failure: the known names.
  std::string text;
};

/// Who executes a query. An execution that follows from an event waits for Retry-After and for the delay of a retry;
/// one by the user ends the delay. Pages: `next` reads what follows on the shown items, and `rest` a later part of the
/// shown items, which counts as old as the first part.
enum class Caller : std::uint8_t { user, event, next, rest };

// The settings and their defaults, declared once. Both sides of the boundary are generated from here.
/// Settings of a query.
struct QuerySettings {
  /// Share requests with equal reads, and reuse an answer for a while.
  bool use_cache = true;
  /// Announce the outcome of a mutation.
  bool notify = true;
  /// Refetch after a reconnect that lost events.
  bool refetch_on_reconnect = true;
  /// Refetch when the page becomes visible.
  bool refetch_on_focus = true;
  /// Milliseconds for each request; 0: no limit.
  double timeout = 30000;
  /// Number of retries after a transient failure (no network, timeout, 408, 429, 5xx).
  double retry = 0;
  /// Milliseconds to wait for further executions; all share one request.
  double debounce = 0;
  /// Milliseconds from one answer to the next execution; 0: none.
  double refetch_interval = 0;
  /// Continue the interval while the page is hidden.
  bool refetch_interval_in_background = false;
  /// Refetch for any of these reasons. While false, a refetch is only noted, and happens when it becomes true.
  bool active = true;
  /// Remove the query when it has been idle for a while; see QueryRetired.
  bool retires = false;

  bool operator==(const QuerySettings&) const = default;
};

}  // namespace raclette
