/** Nothing was sent: the time was over before. */
export class NotSent extends Error {
  constructor() {
    super('there was no time left to send it');
    this.name = 'NotSent';
  }
}

/**
 * Whether a post that got no answer certainly did not arrive: the name was not found, no connection was made, or TLS
 * was not agreed on. A time-out or a cut after that may have come too late to stop it.
 *
 * The codes are those of Node.js: `dns`, `net`, `tls` (errors, "OpenSSL error codes") and its `fetch` (undici).
 */
export function certainlyNotSent(error: Error): boolean {
  if (error instanceof NotSent) return true;
  const code = codeOf(error) ?? codeOf(error.cause);
  return code !== undefined && (BEFORE_SENDING.has(code) || TLS.test(code));
}

const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const TLS =
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$|EPROTO$)/;

/**
 * Slack answers a webhook with one word of its own: `ok`, `no_service`, `rollup_error`. Anything else, such as a page, is
 * a proxy's, and says nothing about whether Slack got the message.
 */
export function slackErrorCode(body: string): string | undefined {
  const word = body.trim();
  return /^[a-z][a-z_]{0,63}$/.test(word) ? word : undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
