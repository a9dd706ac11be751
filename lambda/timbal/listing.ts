import type { ListingFailure } from '../core/alert.ts';
import type { Instant } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import { BodyTooLarge, sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import {
  type InvocationResponse,
  RETRY_POLICY,
  type RetryPolicy,
  requestWithRetries,
} from '../http/retries.ts';
import { checkBaseUrl } from './base-url.ts';
import {
  badStatus,
  isRefusal,
  isTransient,
  keyUnreadable,
  ListingError,
  malformed,
  unanswered,
} from './listing-error.ts';
import { parsePage } from './page.ts';

/** What came of asking for the listing. Records are as they came: nothing is known of them yet. */
export type ListingResult =
  | {
      readonly ok: true;
      /** When its first page was asked for. */
      readonly requestedAt: Instant;
      readonly records: readonly unknown[];
      /** "GET https://api.timbal.ai/orgs/acme/connectors/syncs". */
      readonly request: string;
    }
  | {
      readonly ok: false;
      readonly requestedAt: Instant;
      readonly failure: ListingFailure;
      readonly error: SyncAlertsError;
    };

/** Lists the connector syncs of one organisation. */
export interface ListingSource {
  /** Never rejects for what the API, the network or the reading of the key does; nothing of it outlives the deadline. */
  list(deadline: Deadline): Promise<ListingResult>;
}

/** Where the API key is read; afresh once it was refused, since keys are rotated. */
export interface ApiKey {
  read(): Promise<string>;
  readFresh(): Promise<string>;
}

export interface ListingOptions {
  /** https, or http on loopback; may have a path of its own. */
  readonly baseUrl: string;
  readonly organisation: string;
  /** Lists the syncs of this connector alone. */
  readonly connectorId?: string;
  readonly apiKey: ApiKey;
  readonly now: () => Instant;
  /** The bound over all pages together, in bytes. */
  readonly maxBytes?: number;
  readonly maxPages?: number;
  readonly attemptTimeoutMs?: number;
  readonly retryPolicy?: RetryPolicy;
}

const MAX_BYTES = 64 * 1024 * 1024;
const ATTEMPT_TIMEOUT_MS = 15_000;
/** No organisation has that many: a token that never ends is a fault. */
const MAX_PAGES = 1000;

/** The keys that one listing has used: `refused` is there once `current` was read afresh. */
interface Keys {
  readonly current: string;
  readonly refused?: string;
}

/** `GET /orgs/{org_id}/connectors/syncs`, as its owner documents it (Timbal Platform API 2.0.0). */
export class TimbalListing implements ListingSource {
  readonly #options: ListingOptions;
  readonly #maxBytes: number;
  readonly #maxPages: number;
  readonly #url: URL;
  readonly #request: string;

  /** @throws SyncAlertsError `base_url_invalid`, `organisation_invalid`. */
  constructor(options: ListingOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#maxPages = options.maxPages ?? MAX_PAGES;
    this.#url = listingUrl(options);
    this.#request = `GET ${this.#url.href}`;
  }

  async list(deadline: Deadline): Promise<ListingResult> {
    const requestedAt = this.#options.now();
    try {
      return { ok: true, requestedAt, records: await this.#allPages(deadline), request: this.#request };
    } catch (error) {
      if (!(error instanceof ListingError)) throw error;
      const { kind, received, advice, cause } = error;
      const where = `the syncs of organisation ${JSON.stringify(this.#options.organisation)}`;
      const message = `cannot list ${where}: tried ${this.#request}, got ${received}; ${advice}`;
      return {
        ok: false,
        requestedAt,
        failure: { kind, request: this.#request, received },
        error: new SyncAlertsError(`listing_${kind}`, message, cause === undefined ? undefined : { cause }),
      };
    }
  }

  async #allPages(deadline: Deadline): Promise<readonly unknown[]> {
    const records: unknown[] = [];
    const tokens = new Set<string>();
    let keys: Keys = { current: await this.#firstKey() };
    let room = this.#maxBytes;
    let url = this.#url;
    for (;;) {
      const answered = await this.#page(url, keys, room, deadline);
      keys = answered.keys;
      room -= Buffer.byteLength(answered.text);
      const { records: more, nextToken } = parsePage(answered.text);
      for (const record of more) records.push(record);
      if (nextToken === undefined) return records;
      if (tokens.has(nextToken)) throw malformed('a page token that came before: pages that never end');
      tokens.add(nextToken);
      if (tokens.size >= this.#maxPages) throw malformed(`more than ${this.#maxPages} pages`);
      url = new URL(this.#url);
      url.searchParams.set('page_token', nextToken);
    }
  }

  /** One page's text. A refused key is read afresh, once in a listing, and tried again. */
  async #page(
    url: URL,
    keys: Keys,
    maxBytes: number,
    deadline: Deadline,
  ): Promise<{ readonly text: string; readonly keys: Keys }> {
    const answer = await this.#ask(url, keys.current, maxBytes, deadline);
    if (answer.kind === 'no_response') throw unanswered(answer, this.#maxBytes);
    const { status } = answer.response;
    if (status === 200) return { text: await answer.response.text(), keys };
    const { current, refused } = keys;
    if (!isRefusal(status) || refused !== undefined) throw await badStatus(answer, [current, refused ?? '']);
    let fresh: string;
    try {
      fresh = await this.#options.apiKey.readFresh();
    } catch (error) {
      throw await badStatus(answer, [current], keyUnreadable(error));
    }
    return this.#page(url, { current: fresh, refused: current }, maxBytes, deadline);
  }

  async #firstKey(): Promise<string> {
    try {
      return await this.#options.apiKey.read();
    } catch (error) {
      const cause = keyUnreadable(error);
      throw new ListingError('failed', `nothing: ${cause.message}`, 'check the secret that holds it', cause);
    }
  }

  #ask(url: URL, key: string, maxBytes: number, deadline: Deadline): Promise<InvocationResponse> {
    const attemptTimeoutMs = this.#options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
    const { signal } = deadline;
    return requestWithRetries(new Request(url, { headers: headersWith(key) }), {
      retryPolicy: this.#options.retryPolicy ?? RETRY_POLICY,
      deadline,
      send: (request) => sendOnce(request, { signal, attemptTimeoutMs, maxBytes, cutBody: 'fails' }),
      isRetryable: (came) =>
        came instanceof Response ? isTransient(came.status) : !(came instanceof BodyTooLarge),
    });
  }
}

/** The organisation's id as one segment of the path: it cannot climb out of it. */
function listingUrl({ baseUrl, organisation, connectorId }: ListingOptions): URL {
  const base = checkBaseUrl(baseUrl);
  if (!base.ok) throw new SyncAlertsError('base_url_invalid', `the base URL of the API ${base.fault}`);
  // A URL takes a segment of dots as a step, however it is escaped; half a character cannot be escaped.
  if (/^\.{0,2}$|\p{Surrogate}/u.test(organisation)) {
    const what = `${JSON.stringify(organisation)} is no organisation id`;
    throw new SyncAlertsError('organisation_invalid', `${what}: copy it from the settings of the platform`);
  }
  const path = `/orgs/${encodeURIComponent(organisation)}/connectors/syncs`;
  const url = new URL(`${base.url.href.replace(/\/+$/, '')}${path}`);
  if (connectorId !== undefined) url.searchParams.set('connector_id', connectorId);
  return url;
}

/** @throws CannotList when the key cannot stand in a header; the error of the platform would quote it. */
function headersWith(key: string): Headers {
  try {
    return new Headers({
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      'user-agent': 'sync-alerts',
    });
  } catch {
    const received = 'nothing: the API key holds a character that no header may hold, such as a line break';
    throw new ListingError('refused', received, 'store the key again, as it was issued');
  }
}
