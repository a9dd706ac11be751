/**
 * What every AWS client of ours is made with. A try is short, since these services answer in milliseconds and the check
 * has a deadline; the client retries what may be otherwise in a moment, with jitter.
 */
export const CLIENT_OPTIONS = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: 2000,
    // Without it the client only warns when the time is over (smithy, `NodeHttpHandlerOptions`).
    throwOnRequestTimeout: true,
    socketTimeout: 2000,
  },
} as const;
