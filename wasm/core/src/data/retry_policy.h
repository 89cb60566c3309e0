// Decides which failed requests are retried, and after which delay. Requests with `retry` and mutations with
// `offlineMode` both use it, so the rule for each status is in one place.
//
//   failure                                        kind             retried   stays queued
//   no network, timeout                            transient        yes       yes
//   408, 425, 429, 502, 503, 504                   transient        yes       yes
//   401, or no credentials available               credentials      -         yes: the user may sign in again
//   500 as JSON                                    server_error     yes       -: this mutation may always fail
//   any other 5xx                                  server_error     yes       yes: a server before the backend failed
//   2xx as JSON or empty, 4xx as JSON              permanent        -         -
//   all others: HTML, redirects, an empty 4xx      permanent        -         yes: not from the backend
//
// Responses can keep a mutation queued for a limited time only: see kMaxUndecided.
#pragma once

#include <cstdint>

#include "base/backoff.h"
#include "base/random.h"
#include "data/answer.h"

namespace raclette {

/// The delay before a retry: 1 s, doubled up to 30 s, ±50 %.
inline constexpr BackoffRule kRetryBackoff{1000, 30000, 0.5, BackoffLimit::before_spread};

/// The kinds of failure, by the likely outcome of a retry.
enum class FailureKind : std::uint8_t {
  permanent,     // fails again: the server or the user has decided
  transient,     // may succeed: the server was unreachable or temporarily unable
  credentials,   // succeeds once the server accepts the credentials
  server_error,  // may succeed, unless the server fails again
};

class RetryPolicy {
 public:
  explicit RetryPolicy(Random& random) : random_(random) {}

  [[nodiscard]] static FailureKind classify(const Answer& answer);
  /// Whether a request with tries left is retried.
  [[nodiscard]] static bool is_retryable(const Answer& answer);
  /// Whether a queued mutation keeps its place, because the backend itself has not decided it.
  [[nodiscard]] static bool stays_queued(const Answer& answer);

  /// Counts a try and returns the delay before it in milliseconds.
  double delay(Backoff& tries) { return tries.next(kRetryBackoff, random_); }

 private:
  [[nodiscard]] static bool answered_by_backend(const Answer& answer);

  Random& random_;
};

}  // namespace raclette
