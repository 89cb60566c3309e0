#include "data/retry_policy.h"

namespace raclette {

Outlook RetryPolicy::outlook(const Answer& answer) {
  switch (answer.status) {
    case 408:
    case 425:
    case 429:
    case 502:
    case 503:
    case 504:
      return Outlook::passes;
    default:
      break;
  }
  if (answer.code == ErrorCode::NETWORK_ERROR || answer.code == ErrorCode::REQUEST_TIMEOUT) return Outlook::passes;
  if (answer.code == ErrorCode::AUTH_FAILED || answer.status == 401) return Outlook::credentials;
  return answer.status >= 500 ? Outlook::server_failed : Outlook::decided;
}

/// Whether there is a body that says it.
bool RetryPolicy::answered_by_backend(const Answer& answer) { return answer.usable && answer.response != 0; }

bool RetryPolicy::is_retried(const Answer& answer) {
  const Outlook found = outlook(answer);
  return found == Outlook::passes || found == Outlook::server_failed;
}

bool RetryPolicy::stays_queued(const Answer& answer) {
  switch (outlook(answer)) {
    case Outlook::passes:
    case Outlook::credentials:
      return true;
    case Outlook::server_failed:
      return answer.status != 500 || !answered_by_backend(answer);
    case Outlook::decided:
      // A failure of ours has no status: nothing was sent.
      return answer.status != 0 && !(answer.status < 300 ? answer.usable : answer.status >= 400 && answered_by_backend(answer));
  }
  return false;
}

}  // namespace raclette
