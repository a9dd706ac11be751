// In: the syncs that a message is about, a deadline.
// Out: their runs, the connectors and the names of the knowledge bases, as far as the neighbouring routes give them.
// Called by: commands/write-messages.ts for each check that sends something, commands/report.ts.
import { STATUS_CODES } from 'node:http';
import type { Connector, Run } from '../core/evidence.ts';
import {
  type EvidenceContext,
  parseConnectors,
  parseKnowledgeBases,
  parseRecentRuns,
  parseRuns,
} from '../core/parse/parse-evidence.ts';
import { after, DAY_SECONDS, HOUR_SECONDS, type Instant } from '../core/time.ts';
import { BodyTooLarge, sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { isRateLimited } from '../http/status.ts';
import type {
  EvidenceAnswer,
  EvidenceOptions,
  EvidenceRequest,
  EvidenceSource,
  MissingEvidence,
} from './evidence-source.ts';
import { isPathSegment, listingHeaders, organisationUrl } from './listing-request.ts';

const ROUTES = {
  jobs: '/connectors/jobs',
  connectors: '/connectors',
  knowledgeBases: '/k2',
  sync: '/connectors/{connector_id}/syncs/{sync_id}',
} as const;
type Route = keyof typeof ROUTES;

/** Bytes: 16 MiB together, so that the worst answers fit into the memory of the function. */
const MIB = 1024 * 1024;
const MAX_BYTES: Readonly<Record<Route, number>> = {
  jobs: 10 * MIB,
  connectors: 2 * MIB,
  knowledgeBases: 2 * MIB,
  sync: MIB / 2,
};

const TIMEOUT_MS = 5000;
/** Where the jobs are missing, so many syncs are asked for one by one, and so many calls are made in all. */
const MAX_SYNCS = 5;
const MAX_CALLS = 7;
const NAMES_KEPT_SECONDS = HOUR_SECONDS;
/** A route that the API does not have, or that the key may not use, is asked again after a day. */
const MISSING_KEPT_SECONDS = DAY_SECONDS;
const MISSING = [403, 404, 405, 410, 501];
/** Where a 429 does not say when. */
const LIMITED_KEPT_SECONDS = 15 * 60;

/** A call of a route, and what to make of its JSON. */
interface Call<T> {
  readonly route: Route;
  readonly url: URL;
  /** Undefined for what is not understood. */
  readonly parse: (json: unknown) => T | undefined;
}

/** A route that is not asked for a while. */
interface ClosedRoute {
  readonly until: Instant;
  /** The API does not have it, or not for this key; else it limits the rate. */
  readonly isMissing: boolean;
  readonly reason: string;
}

/** One request for evidence while it is answered. */
interface Asking {
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly context: EvidenceContext;
  readonly missing: MissingEvidence[];
  calls: number;
}

/** What is remembered lives as long as the sandbox: a cold start asks again. */
export class TimbalEvidence implements EvidenceSource {
  readonly #options: EvidenceOptions;
  /** Until when each route is not asked, and why. */
  readonly #closed = new Map<Route, ClosedRoute>();
  #knowledgeBases: { readonly until: Instant; readonly names: ReadonlyMap<string, string> } | undefined;

  constructor(options: EvidenceOptions) {
    this.#options = options;
  }

  async ask({ at: now, syncs }: EvidenceRequest, deadline: Deadline): Promise<EvidenceAnswer> {
    const headers = await this.#headers();
    if (headers === undefined) {
      const missing = [{ route: routeText('jobs'), reason: 'the API key could not be read' }];
      return { evidence: {}, calls: 0, missing };
    }
    const { redact = (text) => text } = this.#options;
    const asking: Asking = {
      headers,
      signal: deadline.signal,
      context: { redact, now },
      missing: [],
      calls: 0,
    };
    const [runs, connectors, knowledgeBases] = await Promise.all([
      syncs.length === 0 ? undefined : this.#runs(syncs, asking),
      this.#connectors(asking),
      this.#namesOfKnowledgeBases(asking),
    ]);
    const evidence = {
      ...(runs && { runs }),
      ...(connectors && { connectors }),
      ...(knowledgeBases && { knowledgeBases }),
    };
    return { evidence, calls: asking.calls, missing: asking.missing };
  }

  /** A key that cannot be read, or sent, is the listing's to report. */
  async #headers(): Promise<Headers | undefined> {
    try {
      return listingHeaders(await this.#options.apiKey.read());
    } catch {
      return undefined;
    }
  }

  /** The runs of all syncs in one call, or else those of the first syncs, one by one. */
  async #runs(
    syncs: EvidenceRequest['syncs'],
    asking: Asking,
  ): Promise<ReadonlyMap<string, readonly Run[]> | undefined> {
    const wanted = new Set(syncs.map(({ id }) => id));
    const url = organisationUrl(this.#options, ROUTES.jobs);
    const { connectorId } = this.#options;
    if (connectorId !== undefined) url.searchParams.set('connector_id', connectorId);
    const runs = await this.#get(
      { route: 'jobs', url, parse: (json) => parseRuns(json, wanted, asking.context) },
      asking,
    );
    const closed = this.#closedRoute('jobs', asking.context.now);
    if (runs !== undefined || !closed?.isMissing) return runs;
    const asked = syncs.slice(0, Math.min(MAX_SYNCS, MAX_CALLS - Math.max(2, asking.calls)));
    const found = await Promise.all(
      asked.map(async ({ id, connectorId: connector }) => {
        if (connector === null || !isPathSegment(connector) || !isPathSegment(id)) return [];
        const path = `/connectors/${encodeURIComponent(connector)}/syncs/${encodeURIComponent(id)}`;
        const recent = await this.#get(
          {
            route: 'sync',
            url: organisationUrl(this.#options, path),
            parse: (json) => parseRecentRuns(json, asking.context),
          },
          asking,
        );
        return recent === undefined ? [] : [[id, recent] as const];
      }),
    );
    const entries = found.flat();
    return entries.length === 0 ? undefined : new Map(entries);
  }

  async #connectors(asking: Asking): Promise<ReadonlyMap<string, Connector> | undefined> {
    const url = organisationUrl(this.#options, ROUTES.connectors);
    return this.#get(
      { route: 'connectors', url, parse: (json) => parseConnectors(json, asking.context) },
      asking,
    );
  }

  async #namesOfKnowledgeBases(asking: Asking): Promise<ReadonlyMap<string, string> | undefined> {
    const { now } = asking.context;
    if (this.#knowledgeBases !== undefined && now < this.#knowledgeBases.until)
      return this.#knowledgeBases.names;
    const url = organisationUrl(this.#options, ROUTES.knowledgeBases);
    const names = await this.#get(
      { route: 'knowledgeBases', url, parse: (json) => parseKnowledgeBases(json, asking.context) },
      asking,
    );
    if (names !== undefined) this.#knowledgeBases = { until: after(now, NAMES_KEPT_SECONDS), names };
    return names ?? this.#knowledgeBases?.names;
  }

  #closedRoute(route: Route, now: Instant): ClosedRoute | undefined {
    const closed = this.#closed.get(route);
    return closed !== undefined && now < closed.until ? closed : undefined;
  }

  /** What `parse` makes of the answer of a route; undefined, and one more that is missing, when it makes nothing of it. */
  async #get<T>({ route, url, parse }: Call<T>, asking: Asking): Promise<T | undefined> {
    const fail = (reason: string): undefined => {
      asking.missing.push({ route: routeText(route), reason });
      return undefined;
    };
    const { now } = asking.context;
    const closed = this.#closedRoute(route, now);
    if (closed !== undefined) return fail(`${closed.reason}, remembered`);
    asking.calls += 1;
    try {
      const response = await sendOnce(new Request(url, { headers: asking.headers }), {
        signal: asking.signal,
        attemptTimeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
        maxBytes: MAX_BYTES[route],
        onIncompleteBody: 'fail',
      });
      const { status } = response;
      if (status !== 200) {
        const reason = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
        const seconds = closedSeconds(response);
        const isMissing = MISSING.includes(status);
        if (seconds > 0) this.#closed.set(route, { until: after(now, seconds), isMissing, reason });
        return fail(reason);
      }
      const text = await response.text();
      if (isBeyondBounds(text)) return fail(`more than ${MAX_PARTS} objects and lists`);
      return parse(jsonOf(text)) ?? fail('200 with a body that is not understood');
    } catch (error) {
      if (error instanceof SyntaxError) return fail('200 with a body that is not JSON');
      if (error instanceof BodyTooLarge) return fail(`more than ${MAX_BYTES[route]} bytes`);
      return fail(error instanceof Error ? error.message : 'no answer');
    }
  }
}

/** For how long a route is not asked again after this response; 0 where the next message may ask. */
function closedSeconds(response: Response): number {
  if (MISSING.includes(response.status)) return MISSING_KEPT_SECONDS;
  if (!isRateLimited(response.status)) return 0;
  const retryAfter = retryAfterMs(response);
  return retryAfter === undefined ? LIMITED_KEPT_SECONDS : Math.min(retryAfter / 1000, MISSING_KEPT_SECONDS);
}

function routeText(route: Route): string {
  return `GET /orgs/{org_id}${ROUTES[route]}`;
}

/** A hundred thousand jobs are as many objects. 10 MiB of `{}` would take 400 MB of memory. */
const MAX_PARTS = 300_000;
const [OPENING_BRACE, OPENING_BRACKET] = ['{'.charCodeAt(0), '['.charCodeAt(0)];

/** Whether parsing the text could take more memory than there is: counted before it is parsed, strings included. */
function isBeyondBounds(text: string): boolean {
  let parts = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === OPENING_BRACE || code === OPENING_BRACKET) parts += 1;
  }
  return parts > MAX_PARTS;
}

/** An id of 16 digits or more, with its key: as a JavaScript number it could round to that of another sync. */
const LONG_ID = /("(?:id|uid|\w+_u?id)"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g;

/** @throws SyntaxError when the text is not JSON. */
function jsonOf(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, '').replace(LONG_ID, '$1"$2"'));
}
