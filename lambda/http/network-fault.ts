import { errorCode, SyncAlertsError } from '../errors.ts';

/**
 * No response came, or it broke off. `code` is the platform's own ("ENOTFOUND", "UND_ERR_SOCKET"), `TIMEOUT` when an
 * attempt used up its time, or `DEADLINE` when the deadline aborted it.
 *
 * It never keeps the error that the platform threw: errors of `fetch` can hold the URL, and those of its parser the raw
 * response, which may repeat a key.
 */
export class NetworkFault extends SyncAlertsError {
  /** Whether the request certainly did not leave: no connection was made for it. */
  readonly neverSent: boolean;

  constructor(code: string, neverSent = false) {
    const description = (neverSent ? WITHOUT_CONNECTION[code] : undefined) ?? DESCRIPTIONS[code];
    super(code, description === undefined ? code : `${description} (${code})`);
    this.name = 'NetworkFault';
    this.neverSent = neverSent;
  }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  TIMEOUT: 'no response in time',
  DEADLINE: 'no response before the deadline',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name lookup failed',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  UND_ERR_SOCKET: 'connection closed before the end of the response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection closed before the end of the response',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  NOT_HTTP: 'a response that is not HTTP',
  UNKNOWN: 'no readable response',
};

const WITHOUT_CONNECTION: Readonly<Record<string, string>> = {
  TIMEOUT: 'no connection in time',
  DEADLINE: 'no connection before the deadline',
  ETIMEDOUT: 'no connection in time',
};

/**
 * The fault for a value that `fetch`, or reading its body, threw.
 *
 * @param wasSent Whether the request is known to have left; the error decides where that is not known.
 */
export function networkFaultOf(thrown: unknown, wasSent?: boolean): NetworkFault {
  // The parser's codes differ between versions of Node.js; its name does not.
  const code = isParserError(thrown) ? 'NOT_HTTP' : (errorCode(thrown) ?? 'UNKNOWN');
  return new NetworkFault(code, wasSent === undefined ? diedInConnect(thrown) : !wasSent);
}

function isParserError(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  if ('name' in thrown && thrown.name === 'HTTPParserError') return true;
  return 'cause' in thrown && isParserError(thrown.cause);
}

/**
 * Whether an error proves that host name lookup, connecting or the TLS handshake failed. The names are those of Node.js:
 * `dns`, `net`, `tls` (errors, "OpenSSL error codes") and its `fetch` (undici). A host with several addresses gives one
 * error that holds the error of each (`errors`).
 */
function diedInConnect(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  if ('errors' in thrown && Array.isArray(thrown.errors) && thrown.errors.length > 0)
    return thrown.errors.every(diedInConnect);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  if (code === undefined) return 'cause' in thrown && diedInConnect(thrown.cause);
  if (TLS.test(code)) return true;
  // Most codes come from reading and writing too.
  if ('syscall' in thrown) return thrown.syscall === 'connect' || thrown.syscall === 'getaddrinfo';
  return BEFORE_SENDING.has(code);
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
