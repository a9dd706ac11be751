// In: an organisation, its API key, a deadline.
// Out: the syncs of all pages of `GET /orgs/{org_id}/connectors/syncs`, or a listing failure and its error.
// Called by: commands/load-and-list.ts for each check and report, commands/test-deployment.ts.
import type { ApiSkewSeconds } from '../core/listing.ts';
import { parseSync } from '../core/parse/parse-sync.ts';
import type { Sync } from '../core/sync.ts';
import type { Instant } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import { BodyTooLarge, sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import { RETRY_POLICY, type RequestResult, type RetryPolicy, requestWithRetries } from '../http/retries.ts';
import { type Attempt, withSecondAttempt } from '../http/second-attempt.ts';
import { inOrder, redactedText } from '../secret/redaction.ts';
import { apiSkew } from './clock-skew.ts';
import {
  badStatus,
  isRefused,
  isTransient,
  keyUnreadable,
  ListingError,
  malformed,
  noResponse,
} from './listing-error.ts';
import { type ListingScope, listingHeaders, listingUrl, pageUrl } from './listing-request.ts';
import type { ApiKeySource, ListingResult, ListingSource } from './listing-source.ts';
import { MAX_RECORDS, PageReader } from './page.ts';
import { type Redact, recordRedaction } from './redacted-record.ts';

export interface ListingOptions extends ListingScope {
  readonly apiKey: ApiKeySource;
  readonly now: () => Instant;
  /**
   * Redacts each text that comes from the API, in a record or in a failure.
   * @default the text itself
   */
  readonly redact?: Redact;
  /**
   * The limit for all pages together, in bytes.
   * @default 64 MiB
   */
  readonly maxBytes?: number;
  /** @default 1000 */
  readonly maxPages?: number;
  /**
   * When to send a page's request once more beside the first attempt, if no response has begun.
   * @default 15 s
   */
  readonly secondAttemptAfterMs?: number;
  readonly retryPolicy?: RetryPolicy;
}

/** Half of the listing's deadline. */
const SECOND_ATTEMPT_AFTER_MS = 15_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Far above any organisation's listing: tokens that never end are a fault of the API. */
const MAX_PAGES = 1000;

/** The keys that one listing used; `refused` is set once `current` was read fresh. */
interface Keys {
  readonly current: string;
  readonly refused?: string;
}

interface PageRequest {
  readonly url: URL;
  readonly keys: Keys;
  readonly maxBytes: number;
  readonly maxRecords: number;
}

/** The body of the last attempt at a page. */
interface Body {
  readonly reader: PageReader<Sync>;
  readonly bytes: number;
  /** By the headers of its response. */
  readonly apiSkewSeconds: ApiSkewSeconds | undefined;
}

/** All pages together. */
interface Listed {
  readonly syncs: readonly Sync[];
  readonly apiSkewSeconds: ApiSkewSeconds | undefined;
}

/** The adapter for the Timbal Platform API 2.0.0, "List Connector Syncs". */
export class TimbalListing implements ListingSource {
  readonly #options: ListingOptions;
  readonly #maxBytes: number;
  readonly #maxPages: number;
  readonly #redact: Redact;
  readonly #url: URL;
  readonly #request: string;

  /** @throws SyncAlertsError `base_url_invalid`, `organisation_invalid`. */
  constructor(options: ListingOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#maxPages = options.maxPages ?? MAX_PAGES;
    this.#redact = options.redact ?? ((text) => text);
    this.#url = listingUrl(options);
    this.#request = `GET ${this.#url.href}`;
  }

  async list(deadline: Deadline): Promise<ListingResult> {
    const requestedAt = this.#options.now();
    try {
      const { syncs, apiSkewSeconds } = await this.#allPages(deadline);
      const skew = apiSkewSeconds === undefined ? {} : { apiSkewSeconds };
      return { ok: true, requestedAt, syncs, request: this.#request, ...skew };
    } catch (error) {
      if (!(error instanceof ListingError)) throw error;
      const { kind, received, advice, cause } = error;
      const subject = `the syncs of organisation ${JSON.stringify(this.#options.organisation)}`;
      const message = `cannot list ${subject} (${this.#request}): expected 200 with a listing, received ${received}; ${advice}`;
      const options = cause === undefined ? undefined : { cause };
      return {
        ok: false,
        requestedAt,
        failure: { kind, request: this.#request, received: this.#redact(received) },
        error: new SyncAlertsError(`listing_${kind}`, this.#redact(message), options),
      };
    }
  }

  async #allPages(deadline: Deadline): Promise<Listed> {
    const syncs: Sync[] = [];
    let apiSkewSeconds: ApiSkewSeconds | undefined;
    const tokens = new Set<string>();
    let request: PageRequest = {
      url: this.#url,
      keys: { current: await this.#readKey() },
      maxBytes: this.#maxBytes,
      maxRecords: MAX_RECORDS,
    };
    for (;;) {
      const { body, keys } = await this.#page(request, deadline);
      const { records, nextToken } = body.reader.end();
      if (tokens.size === 0) apiSkewSeconds = body.apiSkewSeconds;
      for (const sync of records) syncs.push(sync);
      if (nextToken === undefined) return { syncs, apiSkewSeconds };
      if (tokens.has(nextToken)) throw malformed('a page token that an earlier page had: endless pages');
      tokens.add(nextToken);
      if (tokens.size >= this.#maxPages) throw malformed(`more than ${this.#maxPages} pages`);
      request = {
        url: pageUrl(this.#url, nextToken),
        keys,
        maxBytes: request.maxBytes - body.bytes,
        maxRecords: request.maxRecords - records.length,
      };
    }
  }

  /** The body of one page. When the API refuses the key, reads it fresh and tries again, once per listing. */
  async #page(
    request: PageRequest,
    deadline: Deadline,
  ): Promise<{ readonly body: Body; readonly keys: Keys }> {
    const { keys } = request;
    const { result, body } = await this.#send(request, deadline);
    if (result.kind === 'no_response') throw noResponse(result, this.#maxBytes);
    const { status } = result.response;
    if (status === 200) return { body, keys };
    const { current, refused } = keys;
    const redact = (text: string) =>
      this.#redact(redactedText(text, inOrder([current, refused ?? ''].map((key) => key.trim()))));
    if (!isRefused(status) || refused !== undefined) throw await badStatus(result, redact);
    let fresh: string;
    try {
      fresh = await this.#options.apiKey.readFresh();
    } catch (error) {
      throw await badStatus(result, redact, keyUnreadable(error));
    }
    return this.#page({ ...request, keys: { current: fresh, refused: current } }, deadline);
  }

  async #readKey(): Promise<string> {
    try {
      return await this.#options.apiKey.read();
    } catch (error) {
      const cause = keyUnreadable(error);
      const received = `nothing: ${cause.message}`;
      throw new ListingError({ kind: 'failed', received, advice: 'check the secret that holds it', cause });
    }
  }

  /** The result for one page. The body of a 200 is not in the response: it is read as it arrives. */
  async #send(
    { url, keys, maxBytes, maxRecords }: PageRequest,
    deadline: Deadline,
  ): Promise<{ readonly result: RequestResult; readonly body: Body }> {
    const { secondAttemptAfterMs = SECOND_ATTEMPT_AFTER_MS } = this.#options;
    let body = this.#newBody(maxRecords);
    let attempts = 0;
    const result = await requestWithRetries(new Request(url, { headers: listingHeaders(keys.current) }), {
      retryPolicy: this.#options.retryPolicy ?? RETRY_POLICY,
      deadline,
      send: async (request) => {
        const start = () => {
          attempts += 1;
          return this.#attempt(request.clone(), { maxBytes, maxRecords }, deadline);
        };
        const received = await withSecondAttempt(start, secondAttemptAfterMs);
        body = received.body;
        return received.response;
      },
      isRetryable: (outcome) =>
        outcome instanceof Response ? isTransient(outcome.status) : !(outcome instanceof BodyTooLarge),
    });
    // A second attempt beside a slow one counts too.
    return { result: { ...result, attempts }, body };
  }

  #attempt(
    request: Request,
    { maxBytes, maxRecords }: Pick<PageRequest, 'maxBytes' | 'maxRecords'>,
    deadline: Deadline,
  ): Attempt<{ readonly response: Response; readonly body: Body }> {
    const { now } = this.#options;
    const controller = new AbortController();
    const { signal } = controller;
    const abort = () => {
      deadline.signal.removeEventListener('abort', abort);
      controller.abort();
    };
    deadline.signal.addEventListener('abort', abort);
    if (deadline.signal.aborted) abort();
    const body = this.#newBody(maxRecords);
    const sentAt = now();
    let hasResponse = false;
    const onHeaders = (headers: Headers) => {
      hasResponse = true;
      body.apiSkewSeconds = apiSkew(headers, { sentAt, respondedAt: now() });
    };
    const onChunk = (chunk: Uint8Array) => {
      body.bytes += chunk.length;
      return body.reader.push(chunk);
    };
    const sent = sendOnce(request, { signal, maxBytes, onIncompleteBody: 'fail', onHeaders, onChunk });
    return {
      result: sent.then((response) => ({ response, body })),
      hasResponse: () => hasResponse,
      abort,
    };
  }

  #newBody(maxRecords: number): { -readonly [Key in keyof Body]: Body[Key] } {
    const reader = new PageReader((text) => {
      const redacted = recordRedaction(text, this.#redact);
      return (record) => parseSync(redacted(record));
    }, maxRecords);
    return { reader, bytes: 0, apiSkewSeconds: undefined };
  }
}
