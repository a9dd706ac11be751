import type { Ports } from '../../lambda/commands/ports.ts';
import type { Message } from '../../lambda/core/render/slack-messages.ts';
import type { WatchState } from '../../lambda/core/state.ts';
import { NOTHING_REMEMBERED } from '../../lambda/core/state.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import type { PostResult } from '../../lambda/slack/webhook.ts';
import { decode, encode } from '../../lambda/state/document.ts';
import { StateConflict, StateError } from '../../lambda/state/errors.ts';
import type { LoadedState, StateStore } from '../../lambda/state/state-store.ts';
import type { ListingResult } from '../../lambda/timbal/listing.ts';
import type { Clock } from './clock.ts';
import type { Fault, Step, Tally } from './faults.ts';
import type { CheckRun, Post, Watcher } from './history.ts';
import type { Random } from './random.ts';
import { corrupt } from './sync-life.ts';

const TRIED = 'GET https://api.example/orgs/acme/connectors/syncs';
const PLACE = 'the memory of the simulation';
/** When the store gives up (lambda/memory/dynamodb-store.ts). */
const STORE_GIVES_UP_MS = 5000;
const NEVER = new AbortController().signal;

/** What a stage is run with. */
export interface StageOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly watcher: Watcher;
  readonly tally: Tally;
  /** The records of the API at a moment. */
  readonly records: (at: number) => readonly Record<string, unknown>[];
  /** The fault of the next step, if there is to be one. */
  readonly faultAt: (step: Step, run: CheckRun) => Fault | undefined;
  /** How long a step takes when nothing is wrong, in milliseconds; 0 in the small. */
  readonly latency: (step: Step, random: Random) => number;
}

/**
 * The outside of a check: a table, an API and a Slack that keep the contracts of the real ones, over which checks run
 * at once. Each step takes time; others act in between.
 */
export class Stage {
  readonly #options: StageOptions;
  #document: string | undefined;
  #version = 0;

  constructor(options: StageOptions) {
    this.#options = options;
  }

  get version(): number {
    return this.#version;
  }

  read(): LoadedState {
    if (this.#document === undefined) return { state: NOTHING_REMEMBERED, version: 0 };
    return decode(JSON.parse(this.#document), PLACE);
  }

  /** Writes if `version` is still the latest; whether it did. */
  write(state: WatchState, version: number): boolean {
    if (version !== this.#version) return false;
    this.#version += 1;
    this.#document = JSON.stringify(encode(state, this.#version));
    return true;
  }

  portsFor(run: CheckRun, listedAheadMs = 0): Ports {
    return {
      now: () => run.now,
      state: this.storeFor(run),
      listing: { list: ({ signal }) => this.#list(run, signal, listedAheadMs) },
      slack: { post: (message, { signal }) => this.#post(run, message as Message, signal) },
    };
  }

  storeFor(run: CheckRun): StateStore {
    return {
      load: () => this.#recall(run),
      save: (state, version, by) => this.#remember(run, state, version, by?.signal),
    };
  }

  /** Counts a fault, and has the check die where the fault says so. */
  #hit(step: Step, fault: Fault | undefined, run: CheckRun): void {
    if (fault === undefined) return;
    const { tally, watcher } = this.#options;
    tally[`${step}|${fault}`] = (tally[`${step}|${fault}`] ?? 0) + 1;
    run.faulty = true;
    watcher.hindered(run);
  }

  async #died(run: CheckRun): Promise<never> {
    if (!run.dead) {
      run.dead = true;
      this.#options.watcher.ended(run, { kind: 'died' });
    }
    return new Promise<never>(() => {});
  }

  /** The time to the other side, or back. */
  #way(step: Step, run: CheckRun): Promise<void> {
    const { clock, random, latency } = this.#options;
    const ms = latency(step, random) / 2;
    return ms === 0 ? Promise.resolve() : clock.sleep(ms, run);
  }

  async #recall(run: CheckRun): Promise<LoadedState> {
    const { faultAt, clock } = this.#options;
    const fault = faultAt('load', run);
    this.#hit('load', fault, run);
    await this.#way('load', run);
    if (fault === 'crash before') return this.#died(run);
    const unreadable = () => new StateError('state_unreadable', `${PLACE} cannot be read (TimeoutError)`);
    if (fault === 'before') throw unreadable();
    if (fault === 'hangs' || fault === 'hangs, done') await clock.sleep(STORE_GIVES_UP_MS, run);
    let loaded = this.read();
    await this.#way('load', run);
    // Between two versions, or throttled: it is read again.
    if (fault === 'asked twice') {
      await this.#way('load', run);
      loaded = this.read();
      await this.#way('load', run);
    }
    if (fault === 'crash after') return this.#died(run);
    if (fault === 'after' || fault === 'hangs' || fault === 'hangs, done') throw unreadable();
    run.recalledVersion = loaded.version;
    run.settledBefore = loaded.state.initialized;
    run.overtakenBefore = loaded.state.supersededInARow;
    return loaded;
  }

  async #remember(run: CheckRun, state: WatchState, version: number, signal = NEVER): Promise<number> {
    const { faultAt, clock, random, watcher } = this.#options;
    const step = stepOf(run, state);
    run.writes += 1;
    run.lastWriteFailed = false;
    const fault = faultAt(step, run);
    this.#hit(step, fault, run);
    const write = (): boolean => {
      if (!this.write(state, version)) return false;
      run.wrote = true;
      watcher.committed(run, state, version + 1);
      return true;
    };
    const fails = () => {
      run.lastWriteFailed = true;
      return new StateError('state_unwritable', `${PLACE} could not be written (TimeoutError)`);
    };
    // The store is cut when the check ends, whatever it is waiting for.
    const isCut = async (waited: Promise<void>): Promise<boolean> => {
      await whichever(waited, signal);
      return run.dead ? new Promise<never>(() => {}) : signal.aborted;
    };
    if (signal.aborted || (await isCut(this.#way(step, run)))) throw fails();
    if (fault === 'crash before') return this.#died(run);
    if (fault === 'before') throw fails();
    if (fault === 'hangs') {
      await isCut(clock.sleep(STORE_GIVES_UP_MS, run));
      throw fails();
    }
    if (fault === 'lands late') {
      clock.at(clock.now + random.between(1, 4000), write);
      throw fails();
    }
    if (!write()) {
      await this.#way(step, run);
      throw new StateConflict(PLACE, version);
    }
    if (await isCut(this.#way(step, run))) throw fails();
    if (fault === 'crash after') return this.#died(run);
    if (fault === 'hangs, done') await isCut(clock.sleep(STORE_GIVES_UP_MS, run));
    if (fault === 'after' || fault === 'hangs, done') throw fails();
    // The answer was lost and it is asked for again: the token makes it the same write.
    if (fault === 'asked twice' && (await isCut(clock.sleep(random.between(100, 4500), run)))) throw fails();
    return version + 1;
  }

  async #list(run: CheckRun, signal: AbortSignal, aheadMs: number): Promise<ListingResult> {
    const { faultAt, clock, random } = this.#options;
    const fault = faultAt('list', run);
    this.#hit('list', fault, run);
    const requestedAt = run.now + (clock.now - run.startedAt) + aheadMs;
    const answer = (listed: ListingResult): ListingResult => {
      run.listed = listed;
      return listed;
    };
    const blind = (kind: 'failed' | 'refused' | 'malformed', received: string) => {
      const error = new SyncAlertsError('timbal_unreachable', `could not list: ${received}`);
      return answer({ ok: false, requestedAt, failure: { kind, request: TRIED, received }, error });
    };
    await this.#way('list', run);
    if (fault === 'crash before') return this.#died(run);
    if (fault === 'before') return blind('failed', '503 Service Unavailable, 4 tries');
    if (fault === 'refused key') return blind('refused', '403 Forbidden');
    const records = this.#options.records(clock.now);
    await this.#way('list', run);
    if (fault === 'crash after') return this.#died(run);
    if (fault === 'after') return blind('failed', 'nothing: the connection was cut, 4 tries');
    if (fault === 'malformed') return blind('malformed', '200 with a page instead of JSON');
    if (fault === 'hangs' || fault === 'hangs, done') {
      await aborted(signal);
      if (run.dead) return new Promise<never>(() => {});
      return blind('failed', 'no answer in time, 2 tries');
    }
    return answer({
      ok: true,
      requestedAt,
      records: seenThrough(fault, records, clock.now, random),
      request: TRIED,
    });
  }

  async #post(run: CheckRun, message: Message, signal: AbortSignal): Promise<PostResult> {
    const { faultAt, random, watcher } = this.#options;
    const fault = faultAt('post', run);
    this.#hit('post', fault, run);
    const { covers, endsReminder, coversShrinkage } = message;
    const post: Post = {
      covers,
      endsReminder,
      coversShrinkage,
      message,
      by: run,
      delivered: false,
      certain: false,
      repeats: 0,
    };
    run.posts.push(post);
    watcher.posting(post);
    const answer = (posted: PostResult): PostResult => {
      post.answered = posted.kind;
      watcher.answered(post);
      return posted;
    };
    const deliver = () => {
      post.delivered = true;
      watcher.delivered(post);
    };
    const refused = (form: boolean, waitSeconds?: number) => {
      const error = new SyncAlertsError('slack_refused', 'slack webhook "default" answered 503');
      return answer({ kind: 'refused', form, error, ...(waitSeconds !== undefined && { waitSeconds }) });
    };
    const uncertain = () => {
      const error = new SyncAlertsError(
        'slack_unconfirmed',
        'slack webhook "default" did not answer in time',
      );
      return answer({ kind: 'unconfirmed', error });
    };
    // Nothing is sent after the deadline.
    if (signal.aborted) return refused(false);
    await this.#way('post', run);
    if (signal.aborted) return refused(false);
    if (fault === 'crash before') return this.#died(run);
    if (fault === 'before') return random.chance(0.3) ? uncertain() : refused(false);
    if (fault === 'told to wait') return refused(false, random.pick([30, 400, 1800, 90_000]));
    if (fault === 'form refused') return refused(true);
    if (fault === 'hangs') {
      await aborted(signal);
      if (run.dead) return new Promise<never>(() => {});
      return uncertain();
    }
    deliver();
    await this.#way('post', run);
    if (fault === 'crash after') return this.#died(run);
    if (fault === 'hangs, done') {
      await aborted(signal);
      if (run.dead) return new Promise<never>(() => {});
    }
    if (fault === 'after' || fault === 'hangs, done' || signal.aborted) return uncertain();
    return answer({ kind: 'accepted' });
  }
}

/** Which of its writes a check is about to make. */
function stepOf(run: CheckRun, state: WatchState): Step {
  if (run.writes === 0)
    return state.supersededInARow > (run.overtakenBefore ?? 0) ? 'remember overtaken' : 'remember facts';
  if (run.lastWriteFailed) return 'remember again';
  return state.lease === undefined ? 'remember last' : 'remember post';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves when the wait is over, or when it is cut. */
function whichever(waited: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      signal.removeEventListener('abort', over);
      resolve();
    };
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', over);
    void waited.then(over);
  });
}

/** A listing that is not what the API holds. */
function seenThrough(
  fault: Fault | undefined,
  records: readonly Record<string, unknown>[],
  now: number,
  random: Random,
): readonly Record<string, unknown>[] {
  switch (fault) {
    case 'empty':
      return [];
    case 'partial':
      return records.filter(() => random.chance(0.8));
    case 'shrunken':
      return records.slice(0, Math.floor(records.length / 4));
    case 'half unreadable':
      for (const record of records) if (random.chance(0.7)) corrupt(record, random.integer(0, 4), now);
      return records;
    default:
      return records;
  }
}
