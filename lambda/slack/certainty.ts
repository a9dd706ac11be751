import { errorCode } from '../errors.ts';

/** Nothing was sent: the deadline left no time. */
export class NotSent extends Error {
  constructor() {
    super('no time was left before the deadline');
    this.name = 'NotSent';
  }
}

/**
 * Whether a post without a response certainly did not reach Slack: host name lookup, connecting or the TLS handshake
 * failed. After that point, a timeout or an abort may come too late to stop the post.
 *
 * The codes are those of Node.js: `dns`, `net`, `tls` (errors, "OpenSSL error codes") and its `fetch` (undici).
 */
export function certainlyNotSent(error: Error): boolean {
  if (error instanceof NotSent) return true;
  const code = errorCode(error);
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
 * The error code in Slack's response to a webhook post: one lower-case word, such as `no_service` or `rollup_error`
 * (`ok` for an accepted post). Undefined for any other body, such as an HTML page: that comes from a proxy, and does not
 * tell whether Slack received the message.
 */
export function slackErrorCode(body: string): string | undefined {
  const code = body.trim();
  return /^[a-z][a-z_]{0,63}$/.test(code) ? code : undefined;
}
