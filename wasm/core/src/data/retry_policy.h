// When a request that failed is made again: which failures may pass, and how long to wait. Requests with `retry` and
// mutations with `offlineMode` both ask here, so each status is judged in one place.
//
//   failure                                        outlook          retried   stays queued
//   no network, no answer in time                  passes           yes       yes
//   408, 425, 429, 502, 503, 504                   passes           yes       yes
//   401, or no credentials to be had               credentials      -         yes: the user may sign in again
//   500 as JSON                                    server_failed    yes       -: it may fail at this one for good
//   any other 5xx                                  server_failed    yes       yes: somebody before the backend failed
//   2xx as JSON or empty, 4xx as JSON              decided          -         -
//   all else: HTML, redirects, an empty 4xx        decided          -         yes: the backend did not say it
//
// What stays queued has an end all the same: see MutationQueue.
#pragma once

#include <cstdint>

#include "base/backoff.h"
#include "base/random.h"
#include "data/answer.h"

namespace raclette {

/// Before a request is made again: 1 s, doubled up to 30 s, ±50 %.
inline constexpr BackoffRule kRetryBackoff{1000, 30000, 0.5, BackoffLimit::before_spread};

/// What may become of the same request if it is made again.
enum class FailureKind : std::uint8_t {
  permanent,     // the same: the server, or its user, has decided
  transient,     // success: nobody heard it, or whoever did could not do it now
  credentials,   // success, once the server takes the credentials
  server_error,  // success, if the server does not fail at it again
};

class RetryPolicy {
 public:
  explicit RetryPolicy(Random& random) : random_(random) {}

  [[nodiscard]] static FailureKind classify(const Answer& answer);
  /// Whether a request that has tries left is made again.
  [[nodiscard]] static bool is_retryable(const Answer& answer);
  /// Whether a mutation that waits for the network keeps its place: whatever its backend did not decide itself.
  [[nodiscard]] static bool stays_queued(const Answer& answer);

  /// Counts a try and returns how long to wait before it, in milliseconds.
  double delay(Backoff& tries) { return tries.next(kRetryBackoff, random_); }

 private:
  [[nodiscard]] static bool answered_by_backend(const Answer& answer);

  Random& random_;
};

}  // namespace raclette
