#include "data/retry_policy.h"

namespace raclette {

FailureKind RetryPolicy::classify(const Answer& answer) {
  switch (answer.status) {
    case 408:
    case 425:
    case 429:
    case 502:
    case 503:
    case 504:
      return FailureKind::transient;
    default:
      break;
  }
  if (answer.code == ErrorCode::NETWORK_ERROR || answer.code == ErrorCode::REQUEST_TIMEOUT)
    return FailureKind::transient;
  if (answer.code == ErrorCode::AUTH_FAILED || answer.status == 401) return FailureKind::credentials;
  return answer.status >= 500 ? FailureKind::server_error : FailureKind::permanent;
}

/// Whether the backend itself sent a body.
bool RetryPolicy::answered_by_backend(const Answer& answer) { return answer.usable && answer.response != 0; }

bool RetryPolicy::is_retryable(const Answer& answer) {
  const FailureKind found = classify(answer);
  return found == FailureKind::transient || found == FailureKind::server_error;
}

bool RetryPolicy::stays_queued(const Answer& answer) {
  switch (classify(answer)) {
    case FailureKind::transient:
    case FailureKind::credentials:
      return true;
    case FailureKind::server_error:
      return answer.status != 500 || !answered_by_backend(answer);
    case FailureKind::permanent:
      // Without a status, the client failed before it sent the request.
      return answer.status != 0 &&
             !(answer.status < 300 ? answer.usable : answer.status >= 400 && answered_by_backend(answer));
  }
  return false;
}

}  // namespace raclette
