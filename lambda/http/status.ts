/*
 * Classes of HTTP status codes (RFC 9110, section 15) that the listing and the webhook treat alike.
 */

export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

export function isServerError(status: number): boolean {
  return status >= 500;
}

/** The server limits the request rate. */
export function isRateLimited(status: number): boolean {
  return status === 429;
}

/** The server blames the request, not its rate. */
export function isClientError(status: number): boolean {
  return status >= 400 && status < 500 && !isRateLimited(status);
}
