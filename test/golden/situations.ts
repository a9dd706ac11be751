import type { ListingFailure } from '../../lambda/core/listing.ts';
import type { Instant } from '../../lambda/core/time.ts';
import type { Shown } from '../commands/a-world.ts';
import {
  aCrmOfTheShop,
  aDatabaseOfTheShop,
  aLargeOrganisation,
  aShop,
  disabledSince,
  enabledAgainAfter,
  failingSince,
  HOSTILE,
  type Overrides,
  PAUSED,
  stalledSince,
  UNREADABLE,
} from './an-organisation.ts';

/** Some checks of an organisation. The golden files keep the digest and the messages of the last one. */
export interface Situation {
  /** In a sentence. */
  readonly description: string;
  readonly checks: readonly Check[];
}

export interface Check {
  /** Minutes since the beginning. */
  readonly atMinute: number;
  readonly shown: (now: Instant) => Shown;
  /** Slack refuses the messages of this check. */
  readonly slackRefuses?: true;
}

/** A check of the shop at that minute; these syncs are not healthy. */
function at(atMinute: number, overrides: Overrides = {}): Check {
  return { atMinute, shown: (now) => aShop(now, overrides) };
}

/** A check at that minute whose listing fails. */
function listingFailureAt(atMinute: number): Check {
  return { atMinute, shown: () => UNREACHABLE };
}

const UNREACHABLE: ListingFailure = {
  kind: 'failed',
  request: 'GET https://api.timbal.ai/orgs/acme/connectors/syncs',
  received: '503 Service Unavailable, 4 attempts',
};

const OPEN_FOR_A_DAY: Overrides = {
  orders: failingSince(-5),
  invoices: disabledSince(0),
  budget: PAUSED,
};

/** By the name of their files. */
export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'initial-run-300-unhealthy': {
    description: 'The first check of an organisation of 360 syncs, of which 300 are unhealthy.',
    checks: [{ atMinute: 0, shown: aLargeOrganisation }],
  },
  'one-new': {
    description: 'One sync starts to fail.',
    checks: [at(0), at(40, { orders: failingSince(-5) })],
  },
  'shared-cause': {
    description: 'A database is unreachable, and its eight syncs fail.',
    checks: [at(0), at(40, aDatabaseOfTheShop(failingSince(-5)))],
  },
  escalation: {
    description: 'A stalled sync falls more than twelve intervals behind.',
    checks: [at(0), at(60, { orders: stalledSince(0) }), at(200, { orders: stalledSince(0) })],
  },
  recovery: {
    description: 'One unhealthy sync succeeds, and another is enabled again.',
    checks: [
      at(0),
      at(40, { orders: failingSince(0), invoices: disabledSince(0) }),
      at(100, { invoices: enabledAgainAfter(0) }),
    ],
  },
  'shared-cause-resolved': {
    description: 'The database is reachable again, and its eight syncs succeed.',
    checks: [at(0), at(40, aDatabaseOfTheShop(failingSince(-5))), at(100)],
  },
  'resolved-undelivered': {
    description: 'A sync failed and recovered while Slack refused the messages.',
    checks: [at(0), { ...at(40, { orders: failingSince(0) }), slackRefuses: true }, at(100)],
  },
  unlisted: {
    description:
      'Two listings in a row lack a sync that was failing, and nothing else changes for 15 minutes.',
    checks: [
      at(0),
      at(40, { orders: failingSince(0) }),
      at(45, { orders: 'absent' }),
      at(50, { orders: 'absent' }),
      at(65, { orders: 'absent' }),
    ],
  },
  'many-unlisted': {
    description: 'Two listings in a row lack the syncs of a CRM: more than a tenth of all.',
    checks: [at(0), at(5, aCrmOfTheShop('absent')), at(10, aCrmOfTheShop('absent'))],
  },
  paused: {
    description: 'A person pauses the syncs of a CRM, one of which is failing.',
    checks: [
      at(0),
      at(40, { contacts: failingSince(-20) }),
      at(45, aCrmOfTheShop(PAUSED)),
      at(60, aCrmOfTheShop(PAUSED)),
    ],
  },
  'nothing-listed': {
    description: 'The first check lists no sync at all.',
    checks: [{ atMinute: 0, shown: () => [] }],
  },
  'disable-imminent': {
    description: 'The next failure of a sync disables it.',
    checks: [at(0), at(60, { orders: failingSince(-5) }), at(150, { orders: failingSince(-5) })],
  },
  reminder: {
    description: 'A day after the first message, the alerts are still open.',
    checks: [at(0), at(300, OPEN_FOR_A_DAY), at(300 + 24 * 60, OPEN_FOR_A_DAY)],
  },
  'listing-failure': {
    description: 'The listing fails while an alert is open.',
    checks: [at(0), at(40, { orders: failingSince(0) }), listingFailureAt(45), listingFailureAt(60)],
  },
  'listing-restored': {
    description: 'The listing succeeds again, and shows that the open alert is resolved.',
    checks: [at(0), at(40, { orders: failingSince(0) }), listingFailureAt(45), listingFailureAt(60), at(90)],
  },
  flapping: {
    description: 'A sync fails for the fourth time in a day.',
    checks: [60, 120, 180, 240].flatMap((minute) => [
      at(minute - 30),
      at(minute, { orders: failingSince(minute - 30) }),
    ]),
  },
  'hostile-names': {
    description: 'The name and the texts of a sync contain markup that could break a message.',
    checks: [at(0), at(40, { orders: HOSTILE })],
  },
  'all-at-once': {
    description:
      'A database is unreachable while other syncs escalate, recover, are unlisted, were undelivered or are unreadable.',
    checks: [
      at(0),
      at(300, {
        contacts: stalledSince(0),
        tickets: stalledSince(0),
        budget: PAUSED,
        agents: failingSince(100),
        refunds: failingSince(200),
      }),
      {
        ...at(600, { contacts: stalledSince(0), macros: failingSince(500), agents: 'absent' }),
        slackRefuses: true,
      },
      { ...at(605, { contacts: stalledSince(0), agents: 'absent' }), slackRefuses: true },
      at(800, {
        ...aDatabaseOfTheShop(failingSince(760)),
        contacts: stalledSince(0),
        invoices: disabledSince(700),
        companies: UNREADABLE,
        agents: 'absent',
      }),
    ],
  },
};
