import { errorCode, SyncAlertsError } from '../errors.ts';

/**
 * No response came, or it broke off. `code` is the platform's own ("ENOTFOUND", "UND_ERR_SOCKET"), `TIMEOUT` when an
 * attempt used up its time, or `DEADLINE` when the deadline aborted it.
 *
 * It never keeps the error that the platform threw: errors of `fetch` can hold the URL, and those of its parser the raw
 * response, which may repeat a key.
 */
export class NetworkFault extends SyncAlertsError {
  constructor(code: string) {
    const description = DESCRIPTIONS[code];
    super(code, description === undefined ? code : `${description} (${code})`);
    this.name = 'NetworkFault';
  }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  TIMEOUT: 'no response in time',
  DEADLINE: 'no response before the deadline',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name lookup failed',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection closed before the end of the response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection closed before the end of the response',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  NOT_HTTP: 'a response that is not HTTP',
  UNKNOWN: 'no readable response',
};

/** The fault for a value that `fetch`, or reading its body, threw. */
export function networkFaultOf(thrown: unknown): NetworkFault {
  if (thrown instanceof NetworkFault) return thrown;
  // The parser's codes differ between versions of Node.js; its name does not.
  return new NetworkFault(isParserError(thrown) ? 'NOT_HTTP' : (errorCode(thrown) ?? 'UNKNOWN'));
}

function isParserError(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  if ('name' in thrown && thrown.name === 'HTTPParserError') return true;
  return 'cause' in thrown && isParserError(thrown.cause);
}
