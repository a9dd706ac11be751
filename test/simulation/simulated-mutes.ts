import type { Facts } from '../../lambda/core/alert.ts';
import type { AlertMatcher } from '../../lambda/core/matcher.ts';
import type { Silence } from '../../lambda/core/silence.ts';
import type { Random } from './random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const MATCHERS: readonly AlertMatcher[] = [
  { connection: ['pg-0'] },
  { connector: ['postgres-1'], severity: ['warning'] },
  { id: ['sync-1*', 'sync-2'] },
  { problem: ['failing', 'stalled'] },
  { kb: ['kb-0'], name: ['*'] },
  { source: ['*'] },
];

/** When people silence something, acknowledge an alert, or end a silence early. Some worlds have none of it. */
export class SimulatedMutes {
  readonly #random: Random;
  readonly #times: readonly number[];
  readonly #latestEnd: number;
  #silences: readonly Silence[] = [];

  constructor(random: Random, { start, end }: { readonly start: number; readonly end: number }) {
    this.#random = random;
    this.#latestEnd = end;
    const times: number[] = [];
    if (random.chance(0.4))
      for (let at = start + random.wait(2 * HOUR); at < end; at += random.wait(3 * HOUR)) times.push(at);
    this.#times = times;
  }

  get times(): readonly number[] {
    return this.#times;
  }

  /** The silences that a check loads now. */
  get silences(): readonly Silence[] {
    return this.#silences;
  }

  /** What somebody does at one of the times. */
  act(now: number, { alerts }: Facts): string {
    const random = this.#random;
    const [first] = this.#silences;
    if (first !== undefined && random.chance(0.2)) {
      this.#silences = this.#silences.slice(1);
      return `somebody ends the silence ${first.id}`;
    }
    const startsAt = now + random.pick([0, 0, 0, 20 * MINUTE]);
    const endsAt = Math.min(
      this.#latestEnd,
      startsAt + random.pick([10 * MINUTE, 40 * MINUTE, 2 * HOUR, 9 * HOUR]),
    );
    const id = `m${this.#silences.length}${Math.round(now / MINUTE)}`;
    const common = { id, startsAt, endsAt, createdAt: now, reason: 'a test', author: 'somebody' };
    const open = Object.entries(alerts).filter(([, { state }]) => state === 'firing');
    const picked = open.filter(() => random.chance(0.5)).slice(0, 3);
    const silence: Silence =
      picked.length === 0 || random.chance(0.4)
        ? { ...common, kind: 'matcher', match: random.pick(MATCHERS) }
        : random.chance(0.5)
          ? { ...common, kind: 'alerts', alerts: picked.map(([fingerprint]) => fingerprint) }
          : {
              ...common,
              kind: 'acknowledgement',
              alerts: picked.map(([fingerprint, { since, severity }]) => ({ fingerprint, since, severity })),
            };
    this.#silences = [...this.#silences, silence];
    return `somebody silences: ${JSON.stringify(silence)}`;
  }
}
