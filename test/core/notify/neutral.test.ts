import type { Alert } from '../../../lambda/core/alert.ts';
import type { Condition } from '../../../lambda/core/condition.ts';
import {
  areManyUnlisted,
  areNeutralDue,
  endedWithCondition,
  neutralChanges,
} from '../../../lambda/core/notify/neutral.ts';
import type { NeutralChange } from '../../../lambda/core/notify/notification.ts';
import { EMPTY_ROSTER, type RosterEntry } from '../../../lambda/core/roster.ts';
import type { Destination, NotificationLogEntry } from '../../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  ago,
  aLogEntry,
  anAlert,
  anEndedAlert,
  aPolicy,
  days,
  defaultPolicy,
  minutes,
  NOW,
} from '../a-sync.ts';

const ORDERS = 'sync:orders';
type Kind = Condition['condition'];

function aCondition(condition: Kind, overrides: Partial<Condition> = {}): Condition {
  return { condition, since: ago(minutes(5)), name: 'orders', ...overrides };
}

const changes = (
  condition: Condition,
  sent?: Kind,
  {
    policy = defaultPolicy,
    alert,
    at = ago(minutes(30)),
  }: { policy?: typeof defaultPolicy; alert?: Alert; at?: number } = {},
) => {
  const facts = aFacts(alert === undefined ? {} : { [ORDERS]: alert }, {
    conditions: { [ORDERS]: condition },
  });
  const destination = aDestination(
    alert === undefined ? {} : { [ORDERS]: aLogEntry() },
    sent === undefined ? {} : { conditions: { [ORDERS]: { condition: sent, at } } },
  );
  return neutralChanges(facts, { destination, policy });
};
const kindOf = (...given: Parameters<typeof changes>) => changes(...given)[0]?.kind ?? 'none';

describe('a change of condition', () => {
  it.each<[Kind | undefined, Kind, NeutralChange['kind'] | 'none']>([
    [undefined, 'active', 'none'],
    [undefined, 'paused', 'paused'],
    [undefined, 'unlisted', 'unlisted'],
    ['paused', 'paused', 'none'],
    ['paused', 'active', 'resumed'],
    ['paused', 'unlisted', 'unlisted'],
    ['unlisted', 'unlisted', 'none'],
    ['unlisted', 'active', 'listed_again'],
    ['unlisted', 'paused', 'listed_again'],
  ])('is the difference to what the destination was sent: sent %s, now %s: %s', (sent, now, kind) => {
    expect(kindOf(aCondition(now), sent)).toBe(kind);
  });

  it('says that a new id brings the work of an unlisted sync', () => {
    expect(kindOf(aCondition('unlisted', { recreated: true }))).toBe('recreated');
  });

  it.each<[Kind, number, NeutralChange['kind'] | 'none']>([
    ['active', days(1), 'listed_again'],
    ['active', days(1) + 1, 'none'],
    ['unlisted', days(1), 'none'],
    ['unlisted', days(1) + 1, 'unlisted'],
    ['paused', days(1) + 1, 'paused'],
  ])(
    'starts anew for a sync that came back more than a day after it was sent as unlisted: %s, after %d s: %s',
    (now, seconds, kind) => {
      const condition = aCondition(now, { relistedAt: ago(minutes(20)) });
      expect(kindOf(condition, 'unlisted', { at: ago(minutes(20) + seconds) })).toBe(kind);
    },
  );

  it('is not sent for a pause when the policy says so, unless the pause ends an alert that was sent', () => {
    const policy = aPolicy({ notifyPauses: false });
    expect(kindOf(aCondition('paused'), undefined, { policy })).toBe('none');
    expect(kindOf(aCondition('active'), 'paused', { policy })).toBe('none');
    expect(kindOf(aCondition('unlisted'), undefined, { policy })).toBe('unlisted');
    const alert = anEndedAlert({ resolution: { how: 'paused', at: NOW } });
    expect(kindOf(aCondition('paused'), undefined, { policy, alert })).toBe('paused');
  });

  it.each<[string, Alert, boolean]>([
    ['ended by the pause', anEndedAlert({ resolution: { how: 'paused', at: NOW } }), true],
    ['ended by a success', anEndedAlert(), false],
    ['is open', anAlert(), false],
  ])('brings the alert that %s only when it is its resolution', (_, alert, isBrought) => {
    expect(changes(aCondition('paused'), undefined, { alert })[0]?.alert !== undefined).toBe(isBrought);
  });
});

describe('the resolution of an alert that ended by a condition', () => {
  const ended = (how: 'paused' | 'unlisted') => anEndedAlert({ resolution: { how, at: NOW } });
  const isWithCondition = (
    how: 'paused' | 'unlisted',
    {
      condition,
      entry,
      destination = {},
      logEntry = aLogEntry(),
    }: {
      condition?: Condition;
      entry?: Partial<RosterEntry>;
      destination?: Partial<Destination>;
      logEntry?: NotificationLogEntry;
    },
  ) => {
    const facts = aFacts(
      { [ORDERS]: ended(how) },
      {
        conditions: condition === undefined ? {} : { [ORDERS]: condition },
        roster: {
          ...EMPTY_ROSTER,
          syncs: entry === undefined ? {} : { [ORDERS]: { name: 'orders', work: '0', ...entry } },
        },
      },
    );
    const whole = aDestination({ [ORDERS]: logEntry }, destination);
    const policy = defaultPolicy;
    return endedWithCondition(facts, neutralChanges(facts, { destination: whole, policy }), whole).has(
      ORDERS,
    );
  };
  const sent = (condition: Kind) => ({ conditions: { [ORDERS]: { condition, at: ago(60) } } });

  it('is the line about the condition', () => {
    expect(isWithCondition('paused', { condition: aCondition('paused') })).toBe(true);
    expect(isWithCondition('unlisted', { condition: aCondition('unlisted') })).toBe(true);
  });

  it('waits for that line while the sync is missing', () => {
    expect(isWithCondition('unlisted', { entry: { missingSince: ago(minutes(10)) } })).toBe(true);
  });

  it.each<[string, Parameters<typeof isWithCondition>]>([
    ['the pause was undone before it was sent', ['paused', { condition: aCondition('active'), entry: {} }]],
    ['the sync is back before it counted as unlisted', ['unlisted', { entry: {} }]],
    [
      'the pause was sent already',
      ['paused', { condition: aCondition('paused'), destination: sent('paused') }],
    ],
    [
      'the absence was sent already',
      [
        'unlisted',
        {
          condition: aCondition('unlisted'),
          entry: { missingSince: ago(600) },
          destination: sent('unlisted'),
        },
      ],
    ],
    ['the roster only counts', ['unlisted', {}]],
    [
      'its firing was never sent',
      [
        'unlisted',
        { entry: { missingSince: ago(minutes(10)) }, logEntry: { undeliveredSince: ago(minutes(20)) } },
      ],
    ],
  ])('is sent by itself when %s', (_, given) => {
    expect(isWithCondition(...given)).toBe(false);
  });
});

describe('neutral lines', () => {
  const change = (kind: NeutralChange['kind'], secondsAgo: number, id = 'orders'): NeutralChange => ({
    fingerprint: `sync:${id}`,
    kind,
    condition: aCondition(kind === 'unlisted' ? 'unlisted' : 'paused', { since: ago(secondsAgo) }),
  });
  const rosterOf = (count: number) =>
    aFacts(
      {},
      {
        roster: {
          kind: 'syncs',
          syncs: Object.fromEntries(
            Array.from({ length: count }, (_, index) => [`sync:${index}`, { name: `${index}`, work: '0' }]),
          ),
        },
      },
    );
  const isDue = (given: readonly NeutralChange[], facts = rosterOf(300)) =>
    areNeutralDue(given, facts, { destination: aDestination(), policy: defaultPolicy, now: NOW });

  it('are not due without a change', () => {
    expect(isDue([])).toBe(false);
  });

  it.each([
    [15 * 60 - 151, false],
    [15 * 60 - 150, true],
  ])('are due 15 minutes less half a period after the last change: %d s: %p', (seconds, expected) => {
    expect(isDue([change('paused', seconds + 600, 'a'), change('paused', seconds, 'b')])).toBe(expected);
  });

  it.each([
    [60 * 60 - 151, false],
    [60 * 60 - 150, true],
  ])('are due an hour less half a period after the first change: %d s: %p', (seconds, expected) => {
    expect(isDue([change('paused', seconds, 'a'), change('paused', 0, 'b')])).toBe(expected);
  });

  it.each([
    [9, 300, false],
    [10, 300, true],
    [3, 30, false],
    [4, 30, true],
  ])(
    'are due at once when ten syncs, or more than a tenth, are unlisted: %d of %d: %p',
    (count, of, expected) => {
      const unlisted = Array.from({ length: count }, (_, index) => change('unlisted', 0, `${index}`));
      expect(areManyUnlisted(unlisted, rosterOf(of))).toBe(expected);
      expect(isDue(unlisted, rosterOf(of))).toBe(expected);
    },
  );

  it('are not due at once when many syncs are paused or re-created', () => {
    for (const kind of ['paused', 'recreated'] as const)
      expect(isDue(Array.from({ length: 40 }, (_, index) => change(kind, 0, `${index}`)))).toBe(false);
  });
});
