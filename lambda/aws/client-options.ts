/**
 * The options of every AWS client here. Timeouts are short, since these services answer in milliseconds and a check has
 * a deadline. The client itself retries transient errors, with jitter: at most 3 attempts.
 */
export const CLIENT_OPTIONS = {
  defaultsMode: 'legacy',
  retryMode: 'standard',
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: 2000,
    // Without this option the client only warns when the time is up (smithy, `NodeHttpHandlerOptions`).
    throwOnRequestTimeout: true,
    socketTimeout: 2000,
  },
} as const;
