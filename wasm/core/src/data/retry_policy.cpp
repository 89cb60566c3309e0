#include "data/retry_policy.h"

namespace raclette {

Outlook RetryPolicy::outlook(const Answer& answer) {
  switch (answer.status) {
    case 408:
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

bool RetryPolicy::is_retried(const Answer& answer) {
  const Outlook found = outlook(answer);
  return found == Outlook::passes || found == Outlook::server_failed;
}

bool RetryPolicy::stays_queued(const Answer& answer) {
  const Outlook found = outlook(answer);
  return found == Outlook::passes || found == Outlook::credentials;
}

}  // namespace raclette
