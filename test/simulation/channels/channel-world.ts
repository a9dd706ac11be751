import { check } from '../../../lambda/commands/check.ts';
import { CheckFailed } from '../../../lambda/commands/outcome.ts';
import type { Ports } from '../../../lambda/commands/ports.ts';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import type { Silence } from '../../../lambda/core/silence.ts';
import { INITIAL_STATE } from '../../../lambda/core/state.ts';
import { slackDestination } from '../../../lambda/destinations/slack-destination.ts';
import type { PostResult } from '../../../lambda/slack/webhook.ts';
import { StateConflict, StateError } from '../../../lambda/state/errors.ts';
import type { LoadedState } from '../../../lambda/state/state-store.ts';
import {
  aFailingRecord,
  aRecord,
  MINUTE,
  refusal,
  START,
  settings,
  UNCONFIRMED,
} from '../../commands/a-world.ts';
import { aPolicy } from '../../core/a-sync.ts';
import { Random } from '../random.ts';
import { ChannelLaws, type Checked, type Delivered, isMatch } from './channel-laws.ts';

const SYNCS = 18;
const STEP = 5 * MINUTE;
const CHECKS = 220;
/** Longer than any hold of an alert that flaps. */
const CALM_CHECKS = 320;

const DESTINATIONS = {
  shop: { kind: 'slack', webhook: 'shop' },
  payments: { kind: 'slack', webhook: 'payments' },
  pager: { kind: 'pagerduty', key: 'pager' },
  mail: { kind: 'sns', topicArn: 'arn:aws:sns:eu-west-1:123456789012:mail' },
} as const;
const NAMES = ['default', ...Object.keys(DESTINATIONS)];

const MATCHES = [
  { connector: 'box-0' },
  { connector: ['box-0', 'box-1'] },
  { connection: 'pg-1' },
  { name: 'sync-1*' },
  { severity: 'critical' },
  { kb: 'kb-1', severity: ['warning', 'critical'] },
  { problem: ['disabled', 'failing'] },
];

/** What a channel does with a message for some time. */
type Fate = 'takes it' | 'refuses it' | 'does not answer' | 'takes it and does not answer' | 'asks to wait';
const FATES: readonly Fate[] = [
  'refuses it',
  'does not answer',
  'takes it and does not answer',
  'asks to wait',
];

/** What is played: by default the real check. */
export type RunCheck = typeof check;

export interface PlayedWorld {
  readonly violations: readonly string[];
  readonly checks: number;
  readonly delivered: number;
}

/**
 * One world by its seed: syncs that fail and recover, deploys of other routes, channels that die and return or are
 * exchanged, silences, and a store that fails to save. It then becomes calm, and everything recovers.
 */
export async function playChannels(seed: number, runCheck: RunCheck = check): Promise<PlayedWorld> {
  const world = new ChannelWorld(new Random(seed), runCheck);
  for (let index = 0; index < CHECKS; index += 1) {
    world.stir();
    await world.check();
  }
  world.heal();
  // What is open by now is told everywhere; then all of it ends.
  for (let index = 0; index < 24; index += 1) await world.check();
  world.recover();
  for (let index = 0; index < CALM_CHECKS; index += 1) await world.check();
  return world.end();
}

class ChannelWorld {
  readonly #random: Random;
  readonly #runCheck: RunCheck;
  readonly #laws = new ChannelLaws();
  #now = START;
  #stored: LoadedState = { state: INITIAL_STATE, version: 0 };
  #policy: Policy;
  readonly #failing = new Set<number>();
  readonly #disabled = new Set<number>();
  #silences: readonly Silence[] = [];
  readonly #fates = new Map<string, Fate>();
  readonly #channels: Record<string, number> = {};
  #failsToSave = false;
  #delivered: {
    readonly to: string;
    readonly covers: Delivered['covers'];
    readonly result: PostResult['kind'];
    readonly isTaken: boolean;
  }[] = [];
  #hasRefused = new Set<string>();
  #checks = 0;
  #messages = 0;
  #last: Checked | undefined;

  constructor(random: Random, runCheck: RunCheck) {
    this.#random = random;
    this.#runCheck = runCheck;
    this.#policy = this.#randomPolicy();
  }

  /** Something happens between two checks, or nothing. */
  stir(): void {
    const random = this.#random;
    if (random.chance(0.12)) toggle(this.#failing, random.integer(0, SYNCS - 1));
    if (random.chance(0.02)) for (let index = 0; index < SYNCS; index += 3) this.#failing.add(index);
    if (random.chance(0.03)) this.#failing.clear();
    if (random.chance(0.03)) toggle(this.#disabled, random.integer(0, SYNCS - 1));
    if (random.chance(0.02)) this.#policy = this.#randomPolicy();
    if (random.chance(0.05)) this.#fates.set(random.pick(NAMES), random.pick(FATES));
    if (random.chance(0.08)) this.#fates.set(random.pick(NAMES), 'takes it');
    if (random.chance(0.01)) {
      const name = random.pick(NAMES);
      this.#channels[name] = (this.#channels[name] ?? 0) + 1;
    }
    if (random.chance(0.02)) this.#silences = [...this.#silences, this.#randomSilence()];
    if (random.chance(0.01)) this.#silences = this.#silences.slice(1);
    this.#failsToSave = random.chance(0.03);
  }

  /** From now on every channel lives, nothing is silenced, and the store works. */
  heal(): void {
    this.#fates.clear();
    this.#silences = [];
    this.#failsToSave = false;
  }

  recover(): void {
    this.#failing.clear();
    this.#disabled.clear();
  }

  async check(): Promise<void> {
    this.#now += STEP;
    this.#checks += 1;
    this.#delivered = [];
    this.#hasRefused = new Set();
    let writes = 0;
    const fails = this.#failsToSave && this.#random.chance(0.5) ? 1 : this.#failsToSave ? 2 : 0;
    const ports: Ports = {
      ...this.#ports(),
      state: {
        load: async () => ({ ...this.#stored, silences: { known: this.#silences, unknown: [] } }),
        save: async (state, from) => {
          writes += 1;
          // The first write or all after it: the posts are not sent, or what became of them is not remembered.
          if (fails > 0 && writes >= fails)
            throw new StateError('state_unwritable', 'the state of this world');
          if (from !== this.#stored.version) throw new StateConflict('the state of this world', from);
          this.#stored = { state, version: from + 1 };
          return from + 1;
        },
      },
    };
    await this.#runCheck(ports, settings({ policy: this.#policy })).catch((error: unknown) => {
      if (!(error instanceof CheckFailed)) throw error;
    });
    this.#judge(fails === 0 || writes < fails);
  }

  end(): PlayedWorld {
    if (this.#last !== undefined) this.#laws.ended(this.#last);
    return { violations: this.#laws.violations, checks: this.#checks, delivered: this.#messages };
  }

  /** @param isSaved Everything that the check tried to save. */
  #judge(isSaved: boolean): void {
    const channels = Object.fromEntries(this.#names().map((name) => [name, this.#idOf(name)]));
    // What a channel refused is in doubt as well where the check could not save that.
    const known = this.#delivered.filter(({ result }) => result !== 'refused' || !isSaved);
    const delivered = known.map(({ to, covers, result, isTaken }) => ({
      to,
      covers,
      isTaken,
      isCertain: result === 'accepted' && isSaved,
    }));
    this.#messages += delivered.length;
    const alive = new Set(
      this.#names().filter(
        (name) => (this.#fates.get(name) ?? 'takes it') === 'takes it' && !this.#hasRefused.has(name),
      ),
    );
    this.#last = {
      now: this.#now,
      policy: this.#policy,
      alerts: this.#stored.state.facts.alerts,
      delivered,
      channels,
      alive,
      isSaved,
      isSilenced: (fingerprint, alert) =>
        this.#silences.some(
          (silence) =>
            silence.startsAt <= this.#now &&
            this.#now < silence.endsAt &&
            (silence.kind === 'matcher'
              ? isMatch(silence.match, fingerprint, alert, false)
              : silence.kind === 'alerts' && silence.alerts.includes(fingerprint)),
        ),
    };
    this.#laws.checked(this.#last);
  }

  #names(): readonly string[] {
    return ['default', ...Object.keys(this.#policy.destinations)];
  }

  #idOf(name: string): string {
    return `${name}-${this.#channels[name] ?? 0}`;
  }

  #ports(): Omit<Ports, 'state'> {
    const poster = (name: string): Ports['slack'] => ({
      destinationId: async () => this.#idOf(name),
      post: async (message) => {
        const result = this.#post(name);
        const to = `${name} ${this.#idOf(name)}`;
        const fate = this.#fates.get(name) ?? 'takes it';
        const { covers = [] } = message as { covers?: Delivered['covers'] };
        const isTaken = fate.startsWith('takes it');
        this.#delivered.push({ to, covers, result: result.kind, isTaken });
        if (!isTaken) this.#hasRefused.add(name);
        return result;
      },
    });
    const others = Object.keys(this.#policy.destinations).map(
      (name) => [name, slackDestination(poster(name))] as const,
    );
    return {
      now: () => this.#now,
      slack: poster('default'),
      destinations: Object.fromEntries(others),
      listing: {
        list: async () => ({
          ok: true,
          requestedAt: this.#now,
          syncs: this.#records().map(parseSync),
          request: 'GET /syncs',
        }),
      },
    };
  }

  #post(name: string): PostResult {
    switch (this.#fates.get(name) ?? 'takes it') {
      case 'takes it':
        return { kind: 'accepted' };
      case 'refuses it':
        return refusal();
      case 'asks to wait':
        return refusal({ retryAfterSeconds: 400 });
      case 'does not answer':
      case 'takes it and does not answer':
        return UNCONFIRMED;
    }
  }

  #records(): readonly unknown[] {
    return Array.from({ length: SYNCS }, (_, index) => {
      const fields = {
        id: `sync-${index}`,
        name: `sync-${index}`,
        connector_id: `box-${index % 4}`,
        connection_ref: `pg-${index % 6}`,
        kb_uid: `kb-${index % 3}`,
        ...(this.#disabled.has(index) && { enabled: false, disabled_reason: 'too many failures' }),
      };
      return this.#failing.has(index) ? aFailingRecord(this.#now, fields) : aRecord(this.#now, fields);
    });
  }

  #randomPolicy(): Policy {
    const random = this.#random;
    const routes = Array.from({ length: random.integer(0, 4) }, () => ({
      match: random.pick(MATCHES),
      to: random.pick(NAMES),
      continue: random.chance(0.3),
    }));
    const defaultRoute = { to: random.chance(0.8) ? 'default' : random.pick(NAMES) };
    return aPolicy({ destinations: DESTINATIONS, routes, defaultRoute });
  }

  #randomSilence(): Silence {
    const random = this.#random;
    const startsAt = this.#now;
    const endsAt = startsAt + random.pick([20 * MINUTE, 60 * MINUTE, 240 * MINUTE]);
    const id = `s${this.#checks}`;
    const common = { id, startsAt, endsAt, createdAt: startsAt, reason: 'a test', author: 'somebody' };
    const index = random.integer(0, SYNCS - 1);
    return random.chance(0.5)
      ? { ...common, kind: 'matcher', match: { connection: [`pg-${index % 6}`] } }
      : { ...common, kind: 'alerts', alerts: [`sync:sync-${index}`] };
  }
}

function toggle(set: Set<number>, index: number): void {
  if (!set.delete(index)) set.add(index);
}
