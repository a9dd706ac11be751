import * as v from 'valibot';
import type { Blindness } from '../core/alert.ts';
import type { Instant } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import type { Deadline } from '../http/deadline.ts';
import { BodyTooLarge, sendOnce } from '../http/one-try.ts';
import { type Answer, PATIENCE, type Patience, requestWithRetries } from '../http/retries.ts';

/** What came of asking for the listing. Records are as they came: nothing is known of them yet. */
export type Listed =
  | {
      readonly ok: true;
      /** When its first page was asked for. */
      readonly requestedAt: Instant;
      readonly records: readonly unknown[];
      /** "GET https://api.timbal.ai/orgs/acme/connectors/syncs". */
      readonly tried: string;
    }
  | {
      readonly ok: false;
      readonly requestedAt: Instant;
      readonly blindness: Blindness;
      readonly error: SyncAlertsError;
    };

/** Lists the connector syncs of one organisation. */
export interface Listing {
  /** Never rejects for what the API or the network does; nothing of it goes on after the deadline. */
  list(deadline: Deadline): Promise<Listed>;
}

/** Where the API key is read; afresh once it was refused, since keys are rotated. */
export interface ApiKey {
  read(): Promise<string>;
  readAfresh(): Promise<string>;
}

export interface ListingOptions {
  readonly baseUrl: string;
  readonly organisation: string;
  /** Lists the syncs of this connector alone. */
  readonly connectorId?: string;
  readonly apiKey: ApiKey;
  readonly now: () => Instant;
  /** The bound over all pages together, in bytes. */
  readonly mostBytes?: number;
  readonly tryMs?: number;
  readonly patience?: Patience;
}

const MOST_BYTES = 64 * 1024 * 1024;
const TRY_MS = 15_000;
/** No organisation has that many: a token that never ends is a fault. */
const MOST_PAGES = 1000;
/** The longest part of an answer that an error quotes. */
const LONGEST_QUOTE = 200;

/** `GET /orgs/{org_id}/connectors/syncs`, as its owner documents it (Timbal Platform API 2.0.0). */
export class TimbalListing implements Listing {
  readonly #options: ListingOptions;
  readonly #url: URL;
  readonly #tried: string;

  constructor(options: ListingOptions) {
    this.#options = options;
    this.#url = listingUrl(options);
    this.#tried = `GET ${this.#url.origin}${this.#url.pathname}${this.#url.search}`;
  }

  async list(deadline: Deadline): Promise<Listed> {
    const requestedAt = this.#options.now();
    try {
      return { ok: true, requestedAt, records: await this.#allPages(deadline), tried: this.#tried };
    } catch (error) {
      if (!(error instanceof CannotList)) throw error;
      const { kind, cameBack, advice } = error;
      const where = `the syncs of organisation ${JSON.stringify(this.#options.organisation)}`;
      const message = `cannot list ${where}: tried ${this.#tried}, got ${cameBack}; ${advice}`;
      return {
        ok: false,
        requestedAt,
        blindness: { kind, tried: this.#tried, cameBack },
        error: new SyncAlertsError(`listing_${kind}`, message, { cause: error.cause }),
      };
    }
  }

  async #allPages(deadline: Deadline): Promise<readonly unknown[]> {
    const records: unknown[] = [];
    const seen = new Set<string>();
    let room = this.#options.mostBytes ?? MOST_BYTES;
    let token: string | undefined;
    do {
      const text = await this.#page(token, room, deadline);
      room -= Buffer.byteLength(text);
      const page = parsePage(text);
      for (const record of page.syncs) records.push(record);
      token = page.next_page_token || undefined;
      if (token !== undefined && (seen.has(token) || seen.size >= MOST_PAGES)) {
        throw malformed('pages that never end');
      }
      if (token !== undefined) seen.add(token);
    } while (token !== undefined);
    return records;
  }

  async #page(token: string | undefined, mostBytes: number, deadline: Deadline): Promise<string> {
    const { apiKey } = this.#options;
    const url = new URL(this.#url);
    if (token !== undefined) url.searchParams.set('page_token', token);
    const key = await apiKey.read();
    let answer = await this.#ask(url, key, mostBytes, deadline);
    if (isRefusal(answer)) answer = await this.#ask(url, await apiKey.readAfresh(), mostBytes, deadline);
    if (answer.kind === 'unanswered') throw unanswered(answer.error, answer.tries, deadline);
    const { response, tries } = answer;
    if (response.status !== 200) throw await badStatus(response, tries, key);
    return response.text();
  }

  async #ask(url: URL, key: string, mostBytes: number, deadline: Deadline): Promise<Answer> {
    const tryMs = this.#options.tryMs ?? TRY_MS;
    return requestWithRetries(new Request(url, { headers: headersWith(key) }), {
      patience: this.#options.patience ?? PATIENCE,
      deadline,
      send: (request) => sendOnce(request, { tryMs, mostBytes, cutBody: 'fails' }),
      mayRetry: (came) =>
        came instanceof Response ? isTransient(came.status) : !(came instanceof BodyTooLarge),
    });
  }
}

/** The organisation's id as one segment of the path: it cannot climb out of it. */
function listingUrl({ baseUrl, organisation, connectorId }: ListingOptions): URL {
  const segment = encodeURIComponent(organisation);
  // A URL treats a segment of dots as a step, however it is escaped.
  if (segment === '' || segment === '.' || segment === '..') {
    throw new SyncAlertsError(
      'organisation_invalid',
      `${JSON.stringify(organisation)} is no organisation id`,
    );
  }
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/orgs/${segment}/connectors/syncs`);
  if (connectorId !== undefined) url.searchParams.set('connector_id', connectorId);
  return url;
}

function headersWith(key: string): Headers {
  try {
    return new Headers({
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      'user-agent': 'sync-alerts',
    });
  } catch {
    // The error of the platform quotes the key.
    throw new CannotList(
      'refused',
      'nothing: the API key holds characters that no header may',
      'check the API key',
    );
  }
}

const pageSchema = v.object({
  syncs: v.array(v.unknown()),
  // No page token is documented here; the API has one elsewhere (timbal-api-notes, "Semantics").
  next_page_token: v.nullish(v.string()),
});

function parsePage(text: string): v.InferOutput<typeof pageSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed(
      text.trim() === '' ? '200 with an empty body' : `200 with a body that is not JSON (${kindOf(text)})`,
    );
  }
  const page = v.safeParse(pageSchema, json);
  if (!page.success) throw malformed('200 with JSON that is not a listing: no array "syncs"');
  return page.output;
}

function kindOf(text: string): string {
  const start = text.trimStart().slice(0, 1);
  if (start === '<') return 'it looks like an HTML page';
  return start === '{' || start === '[' ? 'cut short' : 'plain text';
}

function isRefusal(answer: Answer): boolean {
  return answer.kind === 'answered' && (answer.response.status === 401 || answer.response.status === 403);
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Why it could not be listed; becomes a `Listed`. */
class CannotList extends Error {
  readonly kind: 'refused' | 'failed' | 'malformed';
  readonly cameBack: string;
  readonly advice: string;

  constructor(kind: 'refused' | 'failed' | 'malformed', cameBack: string, advice: string, cause?: unknown) {
    super(cameBack, { cause });
    this.kind = kind;
    this.cameBack = cameBack;
    this.advice = advice;
  }
}

function malformed(cameBack: string): CannotList {
  return new CannotList(
    'malformed',
    cameBack,
    'check the base URL; else the API is in trouble, and the next check tries again',
  );
}

function unanswered(error: Error, tries: number, { signal }: Deadline): CannotList {
  if (error instanceof BodyTooLarge) return malformed(`an answer that is too long: ${error.message}`);
  const times = tries === 1 ? '1 try' : `${tries} tries`;
  const what = signal.aborted || error.name === 'TimeoutError' ? 'no answer in time' : reasonOf(error);
  return new CannotList(
    'failed',
    `${what}, ${times}`,
    'check the network; the next check tries again',
    error,
  );
}

/** The network's own word for it: "ENOTFOUND", "ECONNREFUSED", "other side closed". */
function reasonOf({ message, cause }: Error): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : message;
}

async function badStatus(response: Response, tries: number, key: string): Promise<CannotList> {
  const { status, statusText } = response;
  const times = tries === 1 ? '' : `, ${tries} tries`;
  const cameBack = `${status}${statusText === '' ? '' : ` ${statusText}`}${quote(await response.text(), key)}${times}`;
  if (status === 401 || status === 403) {
    return new CannotList('refused', cameBack, 'check the API key, its organisation and its rights');
  }
  if (isTransient(status)) return new CannotList('failed', cameBack, 'the next check tries again');
  const advice =
    status >= 300 && status < 400
      ? 'redirects are not followed: check the base URL'
      : 'check the organisation id and the base URL';
  return new CannotList('failed', cameBack, advice);
}

const errorSchema = v.object({ message: v.string() });

/** The API's own message, where its error has the form that it has elsewhere: `{code, message}`. */
function quote(text: string, key: string): string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return '';
  }
  const parsed = v.safeParse(errorSchema, json);
  if (!parsed.success) return '';
  const line = parsed.output.message.replaceAll(key, '***').replace(/\s+/g, ' ').trim();
  return ` (${line.slice(0, LONGEST_QUOTE)})`;
}
