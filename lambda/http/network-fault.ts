import { SyncAlertsError } from '../errors.ts';

/**
 * No answer came, or it was cut before its end. `code` is the platform's own ("ENOTFOUND", "UND_ERR_SOCKET"), `TIMEOUT`
 * when a try had its time, or `CUT` when the deadline came.
 *
 * It is made anew from what the platform threw, and never holds that: errors of `fetch` can hold the URL, and those of
 * its parser the raw answer, which may repeat a key.
 */
export class NetworkFault extends SyncAlertsError {
  constructor(code: string) {
    const words = WORDS[code];
    super(code, words === undefined ? code : `${words} (${code})`);
    this.name = 'NetworkFault';
  }
}

const WORDS: Readonly<Record<string, string>> = {
  TIMEOUT: 'no answer in time',
  CUT: 'no answer before the deadline',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection closed before the end of the answer',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection closed before the end of the answer',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  NOT_HTTP: 'an answer that is not HTTP',
  UNKNOWN: 'no answer that could be read',
};

/** What `fetch`, or the reading of its body, threw. */
export function networkFaultOf(thrown: unknown): NetworkFault {
  return thrown instanceof NetworkFault ? thrown : new NetworkFault(codeOf(thrown) ?? 'UNKNOWN');
}

/** `fetch` says "fetch failed" and hides the code in its cause. What its parser says differs from Node.js to Node.js. */
function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  if ('name' in thrown && thrown.name === 'HTTPParserError') return 'NOT_HTTP';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return 'cause' in thrown ? codeOf(thrown.cause) : undefined;
}
