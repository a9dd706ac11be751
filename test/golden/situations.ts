import type { ListingFailure } from '../../lambda/core/alert.ts';
import type { Instant } from '../../lambda/core/time.ts';
import type { Shown } from '../commands/a-world.ts';
import {
  aLargeOrganisation,
  disabledSince,
  enabledAgainAfter,
  failingSince,
  HOSTILE,
  PAUSED,
  stalledSince,
  type Troubles,
  theShop,
  theShopsDatabase,
  UNREADABLE,
} from './an-organisation.ts';

/** What happens to an organisation, check by check; what the last check says is kept in golden files. */
export interface Situation {
  /** In a sentence. */
  readonly story: string;
  readonly checks: readonly Check[];
}

export interface Check {
  /** Since the story began. */
  readonly atMinute: number;
  readonly shown: (now: Instant) => Shown;
  /** Slack refuses what this check posts. */
  readonly slackRefuses?: true;
}

/** A check at that minute of the story, which sees the shop with these troubles. */
function at(atMinute: number, troubles: Troubles = {}): Check {
  return { atMinute, shown: (now) => theShop(now, troubles) };
}

/** A check that cannot list. */
function blindAt(atMinute: number): Check {
  return { atMinute, shown: () => UNREACHABLE };
}

const UNREACHABLE: ListingFailure = {
  kind: 'failed',
  request: 'GET https://api.timbal.ai/orgs/acme/connectors/syncs',
  received: '503 Service Unavailable, 4 tries',
};

const OPEN_FOR_A_DAY: Troubles = {
  orders: failingSince(-5),
  invoices: disabledSince(0),
  budget: PAUSED,
};

/** By the names of their files. */
export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'first-look-300-in-trouble': {
    story: 'The first look at an organisation of 360 syncs, 300 of which are in trouble.',
    checks: [{ atMinute: 0, shown: aLargeOrganisation }],
  },
  'one-new': {
    story: 'One sync begins to fail.',
    checks: [at(0), at(40, { orders: failingSince(-5) })],
  },
  'many-of-one-cause': {
    story: 'A database goes away, and its eight syncs fail together.',
    checks: [at(0), at(40, theShopsDatabase(failingSince(-5)))],
  },
  escalation: {
    story: 'A sync that has stalled is more than twelve intervals behind.',
    checks: [at(0), at(60, { orders: stalledSince(0) }), at(200, { orders: stalledSince(0) })],
  },
  recovery: {
    story: 'Of two syncs in trouble one succeeds, and the other is enabled again.',
    checks: [
      at(0),
      at(40, { orders: failingSince(0), invoices: disabledSince(0) }),
      at(100, { invoices: enabledAgainAfter(0) }),
    ],
  },
  'recovery-of-a-cause': {
    story: 'The database is back, and all of its eight syncs with it.',
    checks: [at(0), at(40, theShopsDatabase(failingSince(-5))), at(100)],
  },
  missed: {
    story: 'A sync failed and recovered, and Slack had refused to hear of it.',
    checks: [at(0), { ...at(40, { orders: failingSince(0) }), slackRefuses: true }, at(100)],
  },
  gone: {
    story: 'A sync that was failing is absent from two listings in a row.',
    checks: [
      at(0),
      at(40, { orders: failingSince(0) }),
      at(45, { orders: 'absent' }),
      at(50, { orders: 'absent' }),
    ],
  },
  reminder: {
    story: 'A day later, what was told is still open.',
    checks: [at(0), at(300, OPEN_FOR_A_DAY), at(300 + 24 * 60, OPEN_FOR_A_DAY)],
  },
  listingFailure: {
    story: 'The syncs can no longer be listed, while an alert is open.',
    checks: [at(0), at(40, { orders: failingSince(0) }), blindAt(45), blindAt(60)],
  },
  'sight-restored': {
    story: 'The syncs can be listed again, and the alert that was open has ended meanwhile.',
    checks: [at(0), at(40, { orders: failingSince(0) }), blindAt(45), blindAt(60), at(90)],
  },
  flapping: {
    story: 'A sync fails for the fourth time in a day.',
    checks: [60, 120, 180, 240].flatMap((minute) => [
      at(minute - 30),
      at(minute, { orders: failingSince(minute - 30) }),
    ]),
  },
  'hostile-names': {
    story: 'What a sync is called, and what is said of it, is written to break a message.',
    checks: [at(0), at(40, { orders: HOSTILE })],
  },
  'all-at-once': {
    story: 'A database goes down while others get worse, recover, vanish, were missed or cannot be read.',
    checks: [
      at(0),
      at(300, {
        contacts: failingSince(0),
        tickets: stalledSince(0),
        budget: PAUSED,
        agents: failingSince(100),
        refunds: failingSince(200),
      }),
      {
        ...at(600, { contacts: failingSince(0), macros: failingSince(500), agents: 'absent' }),
        slackRefuses: true,
      },
      { ...at(605, { contacts: failingSince(0), agents: 'absent' }), slackRefuses: true },
      at(800, {
        ...theShopsDatabase(failingSince(760)),
        contacts: failingSince(0),
        invoices: disabledSince(700),
        companies: UNREADABLE,
        agents: 'absent',
      }),
    ],
  },
};
