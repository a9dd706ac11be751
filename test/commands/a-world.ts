import type { CheckSettings, Ports } from '../../lambda/commands/ports.ts';
import type { ListingFailure } from '../../lambda/core/listing.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import type { Message } from '../../lambda/core/render/slack-messages.ts';
import { INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import type { Instant } from '../../lambda/core/time.ts';
import type { DestinationPort } from '../../lambda/destinations/destination-port.ts';
import { slackDestination } from '../../lambda/destinations/slack-destination.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import type { PostResult } from '../../lambda/slack/webhook.ts';
import { StateConflict, StateError } from '../../lambda/state/errors.ts';
import type { LoadedState, StateStore } from '../../lambda/state/state-store.ts';

export const START: Instant = Date.UTC(2026, 10, 24, 9);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A sync as the API lists it, healthy at `at`, with named overrides. */
export function aRecord(
  at: Instant,
  overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const justNow = new Date(at - 2 * MINUTE).toISOString();
  return {
    id: 'orders',
    name: 'orders',
    connector_id: 'postgres',
    source_kind: 'postgres',
    connection_ref: 'pg-main',
    source_schema: 'public',
    source_table: 'orders',
    cursor_column: 'updated_at',
    kb_uid: 'kb_sales',
    dest_table: 'orders',
    interval_secs: 900,
    enabled: true,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    last_run_at: justNow,
    last_success_at: justNow,
    last_state: 'completed',
    seconds_since_success: 120,
    ...overrides,
  };
}

/** The same sync, with its last run failed and its last success 20 minutes before `at`. */
export function aFailingRecord(at: Instant, overrides: Readonly<Record<string, unknown>> = {}) {
  return aRecord(at, {
    last_state: 'failed',
    last_success_at: new Date(at - 20 * MINUTE).toISOString(),
    seconds_since_success: 1200,
    ...overrides,
  });
}

/** What the API lists at the next check, or how the listing fails. */
export type Shown = readonly unknown[] | ListingFailure;

/**
 * Fakes of the ports, each of which a test can script. They keep the contracts of the real ports; only what the store
 * holds is not encoded, which the tests of the stores cover.
 */
export class World {
  now: Instant = START;
  shown: Shown | ((at: Instant) => Shown) = [];
  /** When the listing was requested. @default now */
  requestedAt: Instant | undefined;
  /** By how many seconds the API's clock is ahead of `now`: `shown` is called with its time. */
  apiSkewSeconds = 0;
  /** The results of the next posts, in this order; after them every post is accepted. */
  readonly postResults: PostResult[] = [];
  /** Runs before the next writes, one each, in this order. */
  readonly beforeWrites: (() => void)[] = [];
  readonly posted: Message[] = [];
  /** The fakes of the other destinations, by name; `aDestination` adds one. */
  readonly others: Record<string, FakeDestination> = {};
  readonly writes: WatchState[] = [];
  stored: LoadedState = { state: INITIAL_STATE, version: 0 };
  listings = 0;
  /** What the destination is known by; undefined while that cannot be read. */
  destinationId: string | undefined = 'a channel';

  readonly state: StateStore = {
    load: async () => this.stored,
    save: async (state, version) => {
      this.beforeWrites.shift()?.();
      if (version !== this.stored.version) throw new StateConflict('the state of this test', version);
      this.stored = { state, version: version + 1 };
      this.writes.push(state);
      return version + 1;
    },
  };

  readonly #destinations: Record<string, DestinationPort> = {};

  readonly ports: Ports = {
    state: this.state,
    destinations: this.#destinations,
    now: () => this.now,
    listing: {
      list: async () => {
        this.listings += 1;
        const requestedAt = this.requestedAt ?? this.now;
        const shown =
          typeof this.shown === 'function' ? this.shown(this.now + this.apiSkewSeconds * 1000) : this.shown;
        const request = 'GET /orgs/acme/connectors/syncs';
        if ('kind' in shown) {
          const error = new SyncAlertsError('timbal_unreachable', `could not list: ${shown.received}`);
          return { ok: false, requestedAt, failure: shown, error };
        }
        const skew = this.apiSkewSeconds === 0 ? {} : { apiSkewSeconds: this.apiSkewSeconds };
        return { ok: true, requestedAt, syncs: shown.map(parseSync), request, ...skew };
      },
    },
    slack: {
      destinationId: async () => this.destinationId,
      post: async (message) => {
        const result = this.postResults.shift() ?? { kind: 'accepted' };
        this.posted.push({ covers: [], endsReminder: false, ...message });
        return result;
      },
    },
  };

  /** The fake of another destination of the policy, a channel of Slack. */
  aDestination(name: string): FakeDestination {
    const fake: FakeDestination = { id: `${name} channel`, postResults: [], posted: [] };
    this.others[name] = fake;
    this.#destinations[name] = fakePort(fake);
    return fake;
  }

  /** By destination, the texts posted since the last call; those with none are left out. */
  takePostedByDestination(): Readonly<Record<string, readonly string[]>> {
    const all = { default: this, ...this.others };
    const texts = Object.entries(all).map(
      ([name, { posted }]) => [name, posted.splice(0).map(({ text }) => text)] as const,
    );
    return Object.fromEntries(texts.filter(([, posted]) => posted.length > 0));
  }

  /** The texts posted since the last call, as a notification on a lock screen shows them. */
  takePostedTexts(): readonly string[] {
    return this.posted.splice(0).map(({ text }) => text);
  }

  /** Makes one more write fail: the next one that has nothing else scripted. */
  failNextWrite(): void {
    this.beforeWrites.push(() => {
      throw new StateError('state_unwritable', 'the state of this test is read-only');
    });
  }
}

/** Another destination, which a test can script. */
export interface FakeDestination {
  /** What it is known by; undefined while that cannot be read. */
  id: string | undefined;
  /** The results of the next posts, in this order; after them every post is accepted. */
  readonly postResults: PostResult[];
  readonly posted: Message[];
}

function fakePort(fake: FakeDestination): DestinationPort {
  return slackDestination({
    destinationId: async () => fake.id,
    post: async (message) => {
      fake.posted.push({ covers: [], endsReminder: false, ...message });
      return fake.postResults.shift() ?? { kind: 'accepted' };
    },
  });
}

export function settings(overrides: Partial<CheckSettings> = {}): CheckSettings {
  const parsed = parsePolicy({});
  if (!parsed.ok) throw new Error(parsed.faults.join());
  return {
    policy: parsed.policy,
    origin: { environment: 'test', organisation: 'acme', moreHint: 'npm start -- --json' },
    checkId: 'this check',
    remainingSeconds: 60,
    dryRun: false,
    ...overrides,
  };
}

/** A confirmed refusal by Slack, with named overrides. */
export function refusal(
  overrides: { readonly invalidPayload?: boolean; readonly retryAfterSeconds?: number } = {},
): PostResult {
  const error = new SyncAlertsError('slack_refused', 'slack webhook "default" answered 404 no_service');
  return { kind: 'refused', invalidPayload: false, error, ...overrides };
}

export const REFUSED = refusal();
export const UNCONFIRMED: PostResult = {
  kind: 'unconfirmed',
  error: new SyncAlertsError('slack_unconfirmed', 'slack webhook "default" did not answer in time'),
};
