import type { Random } from './random.ts';
import type { SyncProperties } from './simulated-sync.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** No world has faults for longer. */
const MAX_HOURS = 48;

export type Interval = readonly [from: number, to: number];

export function isIn([from, to]: Interval, at: number): boolean {
  return from <= at && at < to;
}

/** What people do to some syncs at a time. */
export type WorldEvent = {
  readonly at: number;
  readonly covers: (sync: SyncProperties) => boolean;
} & ({ readonly kind: 'pause' | 'resume' | 're-create' } | { readonly kind: 'hide'; readonly until: number });

/** Pauses, deletions with new ids, and times in which a key does not see some syncs, in the order of their times. */
export function worldEvents(random: Random, start: number): WorldEvent[] {
  const events: WorldEvent[] = [];
  const meanHours = random.pick([4, 12, 60]);
  const end = start + MAX_HOURS * HOUR;
  for (let at = start + random.wait(meanHours * HOUR); at < end; at += random.wait(meanHours * HOUR)) {
    const covers = someSyncs(random);
    // Some come back within minutes, some after more than a day.
    const until = at + random.pick([6 * MINUTE, 20 * MINUTE, 2 * HOUR, 8 * HOUR, 26 * HOUR]);
    switch (random.integer(0, 4)) {
      case 0:
      case 1:
        events.push({ kind: 'pause', at, covers }, { kind: 'resume', at: until, covers });
        break;
      case 2:
        events.push({ kind: 're-create', at, covers });
        break;
      default:
        events.push({ kind: 'hide', at, until, covers });
    }
  }
  return events.sort((one, other) => one.at - other.at);
}

/** The syncs of a connection, of a connector or a knowledge base, a few of them, or one. */
function someSyncs(random: Random): WorldEvent['covers'] {
  const number = random.integer(0, 3);
  switch (random.integer(0, 4)) {
    case 0:
      return ({ connection }) => connection === `pg-${number}`;
    case 1:
      return ({ connector }) => connector === `postgres-${number % 2}`;
    case 2:
      return ({ knowledgeBase }) => knowledgeBase === `kb-${number % 2}`;
    case 3:
      return ({ id }) => id.startsWith(`sync-${number}`);
    default:
      return ({ id }) => id === `sync-${number}`;
  }
}

/** When an organisation lists nothing: before its first sync, for some hours, or for more than a day. */
export function emptyTimes(random: Random, start: number): readonly Interval[] {
  const draw = random.next();
  if (draw < 0.06) return [[start, start + random.between(1, 6) * HOUR]];
  if (draw > 0.14) return [];
  const from = start + random.between(2, 14) * HOUR;
  return [[from, from + random.pick([0.5, 3, 25, 30]) * HOUR]];
}
