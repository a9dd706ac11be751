import type { Ports } from '../../lambda/commands/ports.ts';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import type { Message } from '../../lambda/core/render/slack-messages.ts';
import type { Silence } from '../../lambda/core/silence.ts';
import { INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { readAcceptedBody } from '../../lambda/slack/certainty.ts';
import type { PostResult } from '../../lambda/slack/webhook.ts';
import { decode, encode } from '../../lambda/state/document.ts';
import { StateConflict, StateError } from '../../lambda/state/errors.ts';
import type { LoadedState, StateStore } from '../../lambda/state/state-store.ts';
import { apiSkew } from '../../lambda/timbal/clock-skew.ts';
import type { ListingResult } from '../../lambda/timbal/listing-source.ts';
import type { Clock } from './clock.ts';
import type { Fault, FaultCounts, Step } from './faults.ts';
import type { Random } from './random.ts';
import type { Observer, Post, RawListing, SimulatedCheck } from './simulated-check.ts';
import { corrupt } from './simulated-sync.ts';

const REQUEST = 'GET https://api.example/orgs/acme/connectors/syncs';
const LOCATION = 'the state of the simulation';
/** When the store gives up (lambda/state/dynamodb-store.ts). */
const STORE_TIMEOUT_MS = 5000;
/** What a gateway responds in place of Slack. */
const SIGN_IN_PAGE = '<!doctype html><title>Sign in</title>';
const NOT_OK = '{"ok":false,"error":"not_authed"}';
const NEVER_ABORTED = new AbortController().signal;

interface ServicesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
  readonly counts: FaultCounts;
  /** The records that the API lists at a time. */
  readonly records: (at: number) => readonly Record<string, unknown>[];
  /** The silences that people have set by now. @default none */
  readonly silences?: () => readonly Silence[];
  /** By how much the `Date` of the API's responses is ahead at a time; undefined where they have none. */
  readonly apiAheadMs?: (at: number) => number;
  /** The fault to inject at a step; undefined for none. */
  readonly faultAt: (step: Step, check: SimulatedCheck) => Fault | undefined;
  /** The duration of a step without a fault, in milliseconds. */
  readonly latency: (step: Step, random: Random) => number;
}

interface Write {
  readonly state: WatchState;
  readonly version: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The ports of the checks of one world: a table, an API and a Slack that keep the contracts of the real ones. Checks can
 * run at the same time: each step takes time, and the others go on meanwhile.
 */
export class SimulatedServices {
  readonly #options: ServicesOptions;
  #document: string | undefined;
  #version = 0;

  constructor(options: ServicesOptions) {
    this.#options = options;
  }

  /** What the table holds, without a fault. */
  read(): LoadedState {
    if (this.#document === undefined) return { state: INITIAL_STATE, version: 0 };
    return decode(JSON.parse(this.#document), LOCATION);
  }

  /** @param clockAheadMs How far the clock is ahead by which this check dates its listing. */
  portsFor(check: SimulatedCheck, clockAheadMs = 0): Ports {
    return {
      now: () => check.now,
      state: this.storeFor(check),
      listing: { list: ({ signal }) => this.#list(check, signal, clockAheadMs) },
      slack: {
        destinationId: async () => 'a channel',
        post: (message, { signal }) => this.#post(check, message as Message, signal),
      },
    };
  }

  storeFor(check: SimulatedCheck): StateStore {
    return {
      load: () => this.#load(check),
      save: (state, version, deadline) => this.#save(check, { state, version, signal: deadline?.signal }),
    };
  }

  /** Writes if `version` is still the latest. */
  #write({ state, version }: Write): boolean {
    if (version !== this.#version) return false;
    this.#version += 1;
    this.#document = JSON.stringify(encode(state, this.#version));
    return true;
  }

  /** The fault of this step, counted. */
  #inject(step: Step, check: SimulatedCheck): Fault | undefined {
    const { counts, observer, faultAt } = this.#options;
    const fault = faultAt(step, check);
    if (fault === undefined) return undefined;
    counts[`${step}|${fault}`] = (counts[`${step}|${fault}`] ?? 0) + 1;
    check.isFaulty = true;
    observer.faultInjected(check);
    return fault;
  }

  async #crash(check: SimulatedCheck): Promise<never> {
    if (!check.dead) {
      check.dead = true;
      this.#options.observer.ended(check, { kind: 'crashed' });
    }
    return new Promise<never>(() => {});
  }

  /** Half the latency of a step: the request, or the response. */
  #transit(step: Step, check: SimulatedCheck): Promise<void> {
    const { clock, random, latency } = this.#options;
    const ms = latency(step, random) / 2;
    return ms === 0 ? Promise.resolve() : clock.sleep(ms, check);
  }

  async #load(check: SimulatedCheck): Promise<LoadedState> {
    const { clock } = this.#options;
    const fault = this.#inject('load', check);
    const hangs = fault === 'hangs' || fault === 'hangs after effect';
    await this.#transit('load', check);
    if (fault === 'crash before') return this.#crash(check);
    const unreadable = () => new StateError('state_unreadable', `${LOCATION} cannot be read (TimeoutError)`);
    if (fault === 'fails') throw unreadable();
    if (hangs) await clock.sleep(STORE_TIMEOUT_MS, check);
    let loaded = this.read();
    await this.#transit('load', check);
    // The store read parts of two versions, or was throttled, and reads again.
    if (fault === 'sent twice') {
      await this.#transit('load', check);
      loaded = this.read();
      await this.#transit('load', check);
    }
    if (fault === 'crash after') return this.#crash(check);
    if (fault === 'response lost' || hangs) throw unreadable();
    const known = this.#options.silences?.() ?? [];
    check.silences = known;
    check.loadedVersion = loaded.version;
    check.wasInitialized = loaded.state.initialized;
    check.supersededInARow = loaded.state.supersededInARow;
    return known.length === 0 ? loaded : { ...loaded, silences: { known, unknown: [] } };
  }

  async #save(check: SimulatedCheck, write: Write): Promise<number> {
    const { clock, random, observer } = this.#options;
    const { state, version, signal = NEVER_ABORTED } = write;
    const step = writeStep(check, state);
    check.writes += 1;
    check.lastWriteFailed = false;
    const fault = this.#inject(step, check);
    const commit = (): boolean => {
      if (!this.#write(write)) return false;
      observer.committed(check, state, version + 1);
      return true;
    };
    const failure = () => {
      check.lastWriteFailed = true;
      return new StateError('state_unwritable', `${LOCATION} could not be written (TimeoutError)`);
    };
    // The deadline aborts the store, whatever it awaits.
    const isAborted = async (awaited: Promise<void>): Promise<boolean> => {
      await settledOrAborted(awaited, signal);
      return check.dead ? new Promise<never>(() => {}) : signal.aborted;
    };
    if (signal.aborted || (await isAborted(this.#transit(step, check)))) throw failure();
    if (fault === 'crash before') return this.#crash(check);
    if (fault === 'fails') throw failure();
    if (fault === 'hangs') {
      await isAborted(clock.sleep(STORE_TIMEOUT_MS, check));
      throw failure();
    }
    if (fault === 'applied late') {
      clock.at(clock.now + random.between(1, 4000), commit);
      throw failure();
    }
    if (!commit()) {
      await this.#transit(step, check);
      throw new StateConflict(LOCATION, version);
    }
    if (await isAborted(this.#transit(step, check))) throw failure();
    if (fault === 'crash after') return this.#crash(check);
    if (fault === 'hangs after effect') await isAborted(clock.sleep(STORE_TIMEOUT_MS, check));
    if (fault === 'response lost' || fault === 'hangs after effect') throw failure();
    // The response was lost and the SDK sends the request again: its token makes it the same write.
    if (fault === 'sent twice' && (await isAborted(clock.sleep(random.between(100, 4500), check))))
      throw failure();
    return version + 1;
  }

  async #list(check: SimulatedCheck, signal: AbortSignal, aheadMs: number): Promise<ListingResult> {
    const { clock } = this.#options;
    const fault = this.#inject('list', check);
    const requestedAt = check.now + (clock.now - check.startedAt) + aheadMs;
    const respond = (listed: RawListing): ListingResult => {
      check.listed = listed;
      if (!listed.ok) return listed;
      const { records, request, apiSkewSeconds } = listed;
      const skew = apiSkewSeconds === undefined ? {} : { apiSkewSeconds };
      return { ok: true, requestedAt, syncs: records.map(parseSync), request, ...skew };
    };
    const fail = (kind: 'failed' | 'refused' | 'malformed', received: string) => {
      const error = new SyncAlertsError('timbal_unreachable', `could not list: ${received}`);
      return respond({ ok: false, requestedAt, failure: { kind, request: REQUEST, received }, error });
    };
    await this.#transit('list', check);
    if (fault === 'crash before') return this.#crash(check);
    if (fault === 'fails') return fail('failed', '503 Service Unavailable, 4 attempts');
    if (fault === 'key refused') return fail('refused', '403 Forbidden');
    const records = this.#options.records(clock.now);
    const skew = this.#apiSkew(requestedAt - aheadMs);
    await this.#transit('list', check);
    if (fault === 'crash after') return this.#crash(check);
    if (fault === 'response lost') return fail('failed', 'nothing: the connection was cut, 4 attempts');
    if (fault === 'malformed') return fail('malformed', '200 with a page instead of JSON');
    if (fault === 'hangs' || fault === 'hangs after effect') {
      await aborted(signal);
      if (check.dead) return new Promise<never>(() => {});
      return fail('failed', 'no answer in time, 2 attempts');
    }
    return respond({
      ok: true,
      requestedAt,
      records: this.#distorted(records, fault),
      request: REQUEST,
      ...skew,
    });
  }

  /** By the `Date` of a response, which came as fast as the request was sent. */
  #apiSkew(at: number): Pick<Extract<RawListing, { readonly ok: true }>, 'apiSkewSeconds'> {
    const { clock, apiAheadMs } = this.#options;
    if (apiAheadMs === undefined) return {};
    const date = new Date(clock.now + apiAheadMs(clock.now)).toUTCString();
    const apiSkewSeconds = apiSkew(new Headers({ date }), { sentAt: at, respondedAt: at });
    return apiSkewSeconds === undefined ? {} : { apiSkewSeconds };
  }

  /** The listing as a fault of the API changes it. */
  #distorted(
    records: readonly Record<string, unknown>[],
    fault: Fault | undefined,
  ): readonly Record<string, unknown>[] {
    const { random, clock } = this.#options;
    switch (fault) {
      case 'empty':
        return [];
      case 'partial':
        return records.filter(() => random.chance(0.8));
      case 'shrunken':
        return records.slice(0, Math.floor(records.length / 4));
      case 'half unreadable':
        for (const record of records)
          if (random.chance(0.7)) corrupt(record, random.integer(0, 4), clock.now);
        return records;
      default:
        return records;
    }
  }

  async #post(check: SimulatedCheck, message: Message, signal: AbortSignal): Promise<PostResult> {
    const { random, observer } = this.#options;
    const fault = this.#inject('post', check);
    const { covers, endsReminder } = message;
    const post: Post = {
      covers,
      endsReminder,
      message,
      by: check,
      isConfirmed: false,
      repeats: 0,
    };
    check.posts.push(post);
    observer.posting(post);
    const respond = (result: PostResult): PostResult => {
      post.result = result.kind;
      observer.answered(post);
      return result;
    };
    const refuse = (
      more: { readonly invalidPayload?: boolean; readonly retryAfterSeconds?: number } = {},
      received = '503',
    ) => {
      const error = new SyncAlertsError('slack_refused', `Slack webhook "default" answered ${received}`);
      return respond({ kind: 'refused', invalidPayload: false, error, ...more });
    };
    const unconfirmed = (received = 'did not answer in time') => {
      const error = new SyncAlertsError('slack_unconfirmed', `Slack webhook "default" ${received}`);
      return respond({ kind: 'unconfirmed', error });
    };
    /** A gateway, or a Slack that did not take the message, responds with 200 and this body. */
    const answer = (body: string) => {
      switch (readAcceptedBody(body).kind) {
        case 'accepted':
          return respond({ kind: 'accepted' });
        case 'page':
          return unconfirmed('answered 200 with a page');
        case 'refusal':
          return refuse({}, '200 with a refusal');
      }
    };
    // The webhook sends nothing after the deadline.
    if (signal.aborted) return refuse();
    await this.#transit('post', check);
    if (signal.aborted) return refuse();
    if (fault === 'crash before') return this.#crash(check);
    if (fault === 'fails') return answer(random.chance(0.3) ? SIGN_IN_PAGE : NOT_OK);
    if (fault === 'retry-after') return refuse({ retryAfterSeconds: random.pick([30, 400, 1800, 90_000]) });
    if (fault === 'blocks refused') return refuse({ invalidPayload: true });
    if (fault === 'hangs') {
      await aborted(signal);
      if (check.dead) return new Promise<never>(() => {});
      return unconfirmed();
    }
    observer.delivered(post);
    await this.#transit('post', check);
    if (fault === 'crash after') return this.#crash(check);
    if (fault === 'hangs after effect') {
      await aborted(signal);
      if (check.dead) return new Promise<never>(() => {});
    }
    if (fault === 'response lost' || fault === 'hangs after effect' || signal.aborted) return unconfirmed();
    return respond({ kind: 'accepted' });
  }
}

/** Which of its writes a check is about to make. */
function writeStep(check: SimulatedCheck, state: WatchState): Step {
  if (check.writes === 0)
    return state.supersededInARow > (check.supersededInARow ?? 0) ? 'save superseded' : 'save facts';
  if (check.lastWriteFailed) return 'save again';
  return state.lease === undefined ? 'save last' : 'save post';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves when `awaited` does, or when the signal aborts. */
function settledOrAborted(awaited: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', done);
    void awaited.then(done);
  });
}
