import { NetworkFault } from '../http/network-fault.ts';

/** Nothing was sent: the deadline left no time. */
export class NotSent extends Error {
  constructor() {
    super('no time was left before the deadline');
    this.name = 'NotSent';
  }
}

/** Whether a post without a response certainly did not reach Slack: no connection was made for it. */
export function certainlyNotSent(error: Error): boolean {
  return error instanceof NotSent || (error instanceof NetworkFault && error.neverSent);
}

/**
 * The error code in Slack's response to a webhook post: one lower-case word, such as `no_service`. Undefined for any
 * other body, such as an HTML page.
 */
export function slackErrorCode(body: string): string | undefined {
  const code = body.trim();
  return /^[a-z][a-z_]{0,63}$/.test(code) ? code : undefined;
}

/**
 * Slack's error codes with a 5xx (docs.slack.dev, "Sending messages using incoming webhooks", "Handling errors"). Any
 * other body, `error` or an HTML page, comes from a proxy, and does not tell whether Slack received the message.
 */
const SERVER_ERRORS: ReadonlySet<string> = new Set(['rollup_error']);

/** Whether the body of a 5xx is Slack's own refusal. */
export function isOwnServerError(body: string): boolean {
  return SERVER_ERRORS.has(body.trim());
}

/** What the body of a 2xx says. Slack responds with `ok`; gateways and other addresses of Slack respond with anything. */
export type AcceptedBody =
  | { readonly kind: 'accepted' | 'page' }
  /** `error` is the word of a Slack API. */
  | { readonly kind: 'refusal'; readonly error: string | undefined };

export function readAcceptedBody(body: string): AcceptedBody {
  // What UTF-16 leaves when it is read as UTF-8: NULs, and replacement characters for the byte order mark.
  const text = body.replaceAll('\0', '').replace(/^[\uFEFF\uFFFD\s]+/, '');
  if (text.startsWith('<')) return { kind: 'page' };
  const refusal = text.startsWith('{') ? refusalIn(text) : undefined;
  return refusal ?? { kind: 'accepted' };
}

function refusalIn(text: string): AcceptedBody | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const fields = new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]));
  const error: unknown = fields.get('error');
  const isRefused =
    [fields.get('ok'), fields.get('success')].some((value) => NO.has(value)) ||
    [error, fields.get('errors')].some(saysSomething) ||
    /^(?:error|fail(?:ed|ure)?)$/i.test(String(fields.get('status')));
  if (!isRefused) return undefined;
  return { kind: 'refusal', error: typeof error === 'string' ? slackErrorCode(error) : undefined };
}

/** Gateways write a "no" of `ok` in each of these. */
const NO: ReadonlySet<unknown> = new Set([false, 'false', 0]);

/** Whether an error is given: an empty list, an empty object and an empty text are none. */
function saysSomething(error: unknown): boolean {
  return typeof error === 'object' && error !== null ? Object.keys(error).length > 0 : Boolean(error);
}
