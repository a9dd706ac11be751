import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { folded, openCauseLines } from '../../../lambda/core/digest/cause-lines.ts';
import type { Item } from '../../../lambda/core/digest/digest.ts';
import { type Cause, ORGANISATION } from '../../../lambda/core/notify/cause.ts';
import type { Notification, SharedCause } from '../../../lambda/core/notify/notification.ts';
import type { NotifiedCause } from '../../../lambda/core/state.ts';
import { HOUR } from '../../commands/a-world.ts';
import {
  aCause,
  aDiagnosis,
  ago,
  anAlert,
  aReminder,
  isoAgo,
  itemText,
  labelsOf,
  lineText,
  listed,
  many,
  NOW,
  named,
  UNAVAILABLE,
} from '../a-digest.ts';

const CRITICAL = { severity: 'critical', critical: { from: NOW } } as const;
const FIRED_NOW = { since: NOW };

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`);

/** So many alerts of a cause, which fired at this check. */
function alertsOf(count: number, reason: 'new' | 'escalated' | 'changed' = 'new'): readonly Notification[] {
  return names(count).map((name) => named(reason, name, FIRED_NOW));
}

/** The evaluation that lists the sync of each alert, as a failing one with these fields. */
function listing(
  alerts: readonly Notification[],
  record: Readonly<Record<string, unknown>> = {},
): Evaluation {
  return listed(
    alerts.map(({ fingerprint }) => aDiagnosis({ id: fingerprint.slice('sync:'.length), ...record })),
  );
}

/** The lines of a cause. Unless an evaluation is given, it lists the sync of each alert. */
function linesOf(
  alerts: readonly Notification[],
  cause: Partial<SharedCause> = {},
  evaluation: Evaluation = listing(alerts),
): readonly Item[] {
  const group = { cause: aCause({ open: { failing: alerts.length }, ...cause }), alerts };
  return openCauseLines(group, ({ reason }) => reason, evaluation);
}

/** The line of the cause itself. */
function headOf(...given: Parameters<typeof linesOf>) {
  const [head] = linesOf(...given);
  if (head === undefined) throw new Error('there is no line');
  return itemText(head);
}

/** The titles of the lines beneath it. */
const beneath = (...given: Parameters<typeof linesOf>) =>
  linesOf(...given)
    .slice(1)
    .map(({ title }) => lineText(title));

const NOTIFIED: NotifiedCause = { began: ago(HOUR), at: ago(HOUR), times: 1, severity: 'warning' };

describe('the line of a shared cause', () => {
  it.each([
    [3, 3, '3 of 3 syncs failing'],
    [3, 14, '3 of 14 syncs failing'],
    [3, 1200, '3 of 1,200 syncs failing'],
  ])('counts its open alerts and its listed syncs: %d of %d', (open, listed, text) =>
    expect(headOf(alertsOf(open), { listed }).title).toBe(`connection \`pg-main\`: *${text}*`),
  );

  it('counts the alerts that were open before, too', () => {
    const { title } = headOf(alertsOf(3), { listed: 14, open: { failing: 11 } });
    expect(title).toContain('*11 of 14 syncs failing*');
  });

  it('never counts more open alerts than syncs, though the listing lacks some of them', () => {
    expect(headOf(alertsOf(3), { listed: 2 }).title).toContain('*3 of 3 syncs failing*');
  });

  it.each([
    [{ disabled: 3 }, '3 of 9 syncs disabled'],
    [{ failing: 3 }, '3 of 9 syncs failing'],
    [{ never_succeeded: 3 }, '3 of 9 syncs without any success'],
    [{ stalled: 3 }, '3 of 9 syncs stalled'],
    [{ unreadable: 3 }, '3 of 9 syncs unreadable'],
  ])('names the problem when all of them have the same: %j', (open, text) =>
    expect(headOf(alertsOf(3), { listed: 9, open }).title).toBe(`connection \`pg-main\`: *${text}*`),
  );

  it('counts by problem when they have several, in the order of the problems', () => {
    const open = { stalled: 3, disabled: 1, failing: 1200 };
    expect(headOf(alertsOf(3), { listed: 1300, open }).title).toBe(
      'connection `pg-main`: *1,204 of 1,300 syncs unhealthy* (1 disabled, 1,200 failing, 3 stalled)',
    );
  });

  it.each([
    ['connection', 'connection `x`: '],
    ['connector', 'connector `x`: '],
    ['knowledge base', 'knowledge base `x`: '],
  ] as const)('begins with the kind and the name: %s', (kind, text) =>
    expect(headOf(alertsOf(3), { kind, name: 'x' }).title.startsWith(text)).toBe(true),
  );

  it('has the worst severity for its level', () => {
    for (const severity of ['warning', 'critical'] as const)
      expect(linesOf(alertsOf(3), { severity })[0]?.level).toBe(severity);
  });

  it('counts the alerts that are sent while the listing fails', () => {
    expect(headOf(alertsOf(1), {}, UNAVAILABLE).title).toBe('connection `pg-main`: *1 sync*');
    expect(headOf(alertsOf(3), { open: { failing: 3, stalled: 2 } }, UNAVAILABLE).title).toBe(
      'connection `pg-main`: *3 syncs* (3 failing, 2 stalled)',
    );
  });

  it('has what the alerts have in common, then the connector, then how long the first of them is open', () => {
    const alerts = [named('new', 's1', FIRED_NOW), named('escalated', 's2', { since: ago(3 * HOUR) })];
    expect(headOf(alerts).detail).toEqual(['last success 20 m ago', 'connector `postgres`', 'open for 3 h']);
  });

  it('does not say how long they are open when all of them fired now', () => {
    expect(headOf(alertsOf(2)).detail.join()).not.toContain('open for');
  });

  it('names the connector of a connection alone, where it is known', () => {
    const nameless = named('new', 's1', { labels: labelsOf('s1', { connectorId: null }) });
    expect(headOf([nameless]).detail.join()).not.toContain('connector');
    expect(headOf(alertsOf(2), { kind: 'knowledge base' }).detail.join()).not.toContain('connector');
  });
});

describe('the line of the whole organisation', () => {
  const whole = { ...ORGANISATION, severity: 'critical' } as const;
  const alerts = ['pg-main', 'pg-shop', 'crm', 'crm'].map((connectionRef, index) =>
    named('new', `s${index}`, {
      since: NOW,
      labels: labelsOf(`s${index}`, { connectionRef, connectorId: connectionRef.slice(0, 2) }),
    }),
  );

  it.each([
    [60, 60, 'All 60 syncs are failing; nothing has succeeded for 12 m'],
    [59, 60, '59 of 60 syncs are failing; nothing has succeeded for 12 m'],
  ])('says for how long nothing has succeeded: %d of %d', (failing, listed, text) => {
    const cause = { ...whole, listed, open: { failing }, nothingSucceededForSeconds: 720 };
    expect(headOf(alerts, cause).title).toBe(`*${text}*`);
  });

  it('says how many are unhealthy when something succeeded', () => {
    const cause = { ...whole, listed: 120, open: { failing: 85 } };
    expect(headOf(alerts, cause).title).toBe('*85 of 120 syncs failing*');
  });

  it('has how far it spreads, and where to look first', () => {
    expect(headOf(alerts, { ...whole, listed: 4 }).detail.at(-1)).toBe(
      '3 connections on 2 connectors affected: check Timbal, the network or the connectors first',
    );
  });

  it('names the connection of an organisation that has only one', () => {
    const cause = { listed: 14, open: { failing: 14 }, nothingSucceededForSeconds: 720 };
    expect(headOf(alertsOf(14), cause).title).toBe(
      'connection `pg-main`: *All 14 syncs are failing; nothing has succeeded for 12 m*',
    );
  });
});

describe('the line of a cause that was notified before', () => {
  const escalated = (name: string) => named('escalated', name, CRITICAL);
  const changed = (name: string, problem: 'stalled' | 'disabled') => named('changed', name, { problem });

  it.each<readonly [string, readonly Notification[]]>([
    ['3 more', alertsOf(3)],
    ['2 critical now', [escalated('a'), escalated('b')]],
    ['1 was critical for a while', [named('escalated', 'a')]],
    ['2 were critical for a while', [named('escalated', 'a'), named('escalated', 'b')]],
    ['2 about to be disabled', ['a', 'b'].map((name) => named('disable_imminent', name))],
    ['2 disabled now', [changed('a', 'disabled'), changed('b', 'disabled')]],
    ['2 changed', [changed('a', 'disabled'), changed('b', 'stalled')]],
    ['3 more and 2 critical now', [...alertsOf(3), escalated('a'), escalated('b')]],
    [
      '2 more, 1 critical now, 1 about to be disabled and 1 stalled now',
      [...alertsOf(2), escalated('a'), named('disable_imminent', 'b'), changed('c', 'stalled')],
    ],
  ])('begins with the news: %s', (news, alerts) => {
    const { title } = headOf(alerts, { listed: 14, open: { failing: 8 }, notified: NOTIFIED });
    expect(title).toBe(`connection \`pg-main\`: *${news}, 8 of 14 syncs failing*`);
  });

  it.each([
    [1, 2, '1 of them without a success for 3 h'],
    [2, 2, 'all of them without a success for 3 h'],
  ])('says how old the data is, when nothing is new but that: %d of %d', (count, open, text) => {
    const alerts = many(count, (name) => named('escalated', name, { ...CRITICAL, criticalBy: 'age' }));
    const late = { last_success_at: isoAgo(3 * HOUR), seconds_since_success: null };
    const cause = { listed: 14, open: { failing: open }, notified: NOTIFIED };
    expect(headOf(alerts, cause, listing(alerts, late)).title).toBe(
      `connection \`pg-main\`: *still ${open} of 14 syncs failing, ${text}*`,
    );
  });

  it('has no news the first time, and none in a reminder', () => {
    expect(headOf(alertsOf(3), { listed: 14 }).title).toBe('connection `pg-main`: *3 of 14 syncs failing*');
    const group = { cause: aCause({ listed: 14, notified: NOTIFIED }), alerts: alertsOf(3) };
    const [head] = openCauseLines(group, () => 'reminder', UNAVAILABLE);
    expect(head && lineText(head.title)).toBe('connection `pg-main`: *3 of 14 syncs failing*');
  });
});

describe('the line of a cause that explains what was sent under another', () => {
  const earlier = (name: string): Cause => ({
    key: `connection:8:postgres:${name}`,
    kind: 'connection',
    name,
  });

  it.each([
    [['pg-main'], 'earlier sent as connection `pg-main`'],
    [['a', 'b', 'c'], 'earlier sent as connection `a`, connection `b`, connection `c`'],
    [['a', 'b', 'c', 'd'], 'earlier sent as connection `a`, connection `b`, connection `c` and 1 more'],
  ])('says as what it was sent: %j', (before, text) => {
    const cause = { kind: 'connector', earlierSentAs: before.map(earlier) } as const;
    expect(headOf(alertsOf(3), cause).detail).toContain(text);
  });

  it('names those that are new, and those that were sent before', () => {
    const stillOpen = ['x', 'y'].map((name) =>
      aReminder(`sync:${name}`, anAlert({ labels: labelsOf(name) })),
    );
    const lineOf = (overrides: Partial<SharedCause>) =>
      lineText(linesOf(alertsOf(2), overrides)[1]?.title ?? []);
    expect(lineOf({ stillOpen })).toBe('new: `s1`, `s2` · also open: `x`, `y`');
    expect(lineOf({ moved: stillOpen })).toBe('new: `s1`, `s2` · also open: `x`, `y`');
    expect(lineOf({})).toBe('`s1`, `s2`');
  });

  it('covers the open alerts that move to it, without listing them', () => {
    const moved = ['a', 'b'].map((name) => aReminder(`sync:${name}`, anAlert({ labels: labelsOf(name) })));
    const [head] = linesOf(alertsOf(1), { moved });
    const { key, severity } = aCause();
    expect(head?.covers).toEqual(
      ['sync:a', 'sync:b'].map((fingerprint) => ({
        fingerprint,
        reason: 'moved',
        listed: false,
        cause: { key, severity },
      })),
    );
  });
});

describe('the names beneath a cause', () => {
  it.each([
    [1, '`s1`'],
    [3, '`s1`, `s2`, `s3`'],
    [
      10,
      names(10)
        .map((name) => `\`${name}\``)
        .join(', '),
    ],
    [
      11,
      `${names(10)
        .map((name) => `\`${name}\``)
        .join(', ')} and 1 more`,
    ],
    [
      1210,
      `${names(10)
        .map((name) => `\`${name}\``)
        .join(', ')} and 1,200 more`,
    ],
  ])('are one line with up to ten names: %d', (count, text) =>
    expect(beneath(alertsOf(count))).toEqual([text]),
  );

  it('have the critical ones first, and among them those that the platform disabled', () => {
    const alerts = [
      named('new', 'warning'),
      named('new', 'critical', CRITICAL),
      named('new', 'disabled', { ...CRITICAL, problem: 'disabled' }),
    ];
    expect(beneath(alerts)[0]).toBe('`disabled`, `critical`, `warning`');
  });

  it('have the evidence of the only alert, but none where they are several', () => {
    const detailOf = (count: number) => linesOf(alertsOf(count)).map(({ detail }) => lineText(detail))[1];
    expect(detailOf(1)).toContain('last run 5 m ago');
    expect(detailOf(2)).toBe('');
  });

  it('are covered with the cause, the first ten as listed, each with its reason', () => {
    const cause = aCause();
    const alerts = [...alertsOf(10), named('escalated', 'a'), named('changed', 'b')].map((one) => ({
      ...one,
      cause,
    }));
    const [, line] = linesOf(alerts);
    expect(line).toMatchObject({ level: 'note', isNested: true, detail: [] });
    expect(line?.covers).toEqual(
      alerts.map(({ fingerprint, reason }, index) => ({
        fingerprint,
        reason,
        listed: index < 10,
        cause: { key: cause.key, severity: 'warning' },
      })),
    );
  });
});

describe('the syncs that the platform disabled, or is about to, beneath a cause', () => {
  const disabled = (name: string) => named('new', name, { ...CRITICAL, problem: 'disabled' });
  const imminent = (name: string) => named('new', name, { ...CRITICAL, disableImminent: true });

  it.each([
    [1, '`sync-01`: *disabled by the platform; enable it once the cause is fixed*'],
    [2, '`sync-01`, `sync-02`: *disabled by the platform; enable them once the cause is fixed*'],
  ])('are named with what to do: %d', (count, text) =>
    expect(beneath([...alertsOf(3), ...many(count, disabled)])[1]).toBe(text),
  );

  it('are not named a second time when all of them are disabled', () => {
    expect(beneath(many(3, disabled))).toHaveLength(1);
  });

  it.each([
    [[9], '`sync-01`: *1 more failure disables it*, at about 09:55 (in 55 m)'],
    [[9, 9], '`sync-01`, `sync-02`: *1 more failure disables each*, at about 09:55 (in 55 m)'],
    [[8, 8], '`sync-01`, `sync-02`: *2 more failures disable each*, at about 10:55 (in 1 h 55 m)'],
    [
      [8, 9],
      '`sync-01`, `sync-02`: *1 to 2 more failures disable each*, at about 09:55 to 10:55 (in 55 m to 1 h 55 m)',
    ],
    [[10], '`sync-01`: *about to be disabled by the platform*'],
  ])('are one line with the failures that are left, and in what time: after %j', (counts, text) => {
    const alerts = many(counts.length, imminent);
    const evaluation = listed(
      alerts.map(({ fingerprint }, index) =>
        aDiagnosis({ id: fingerprint.slice('sync:'.length), consecutive_failures: counts[index] }),
      ),
    );
    expect(beneath([...alerts, ...alertsOf(3)], {}, evaluation)[1]).toBe(text);
  });

  it('are critical, cover nothing a second time, and are named by at most three on a lock screen', () => {
    const [, , line] = linesOf([...many(5, disabled), ...alertsOf(3)]);
    expect(line).toMatchObject({ level: 'critical', isNested: true, covers: [] });
    expect(line?.push && lineText(line.push)).toBe('`sync-01`, `sync-02`, `sync-03` and 2 more disabled');
  });
});

describe('alerts folded by cause', () => {
  const sharing = (cause: SharedCause | undefined, ...ids: readonly string[]) =>
    ids.map((id) => ({ ...named('new', id), ...(cause && { cause }) }));
  const shape = ({ causes, singles }: ReturnType<typeof folded<Notification>>) => ({
    causes: causes.map(({ cause, alerts }) => `${cause.name}: ${alerts.length}`),
    singles: singles.map(({ fingerprint }) => fingerprint.slice('sync:'.length)),
  });
  // All of them were sent before.
  const [a, b, c] = ['a', 'b', 'c'].map((name) => aCause({ name, notified: NOTIFIED }));
  const critical = aCause({ name: 'critical', severity: 'critical', notified: NOTIFIED });

  it('are singles in their order when they have no cause', () => {
    expect(shape(folded(sharing(undefined, 'x', 'y')))).toEqual({ causes: [], singles: ['x', 'y'] });
  });

  it('are singles when fewer than two, or than is asked for, share a cause that was sent before', () => {
    const alerts = [...sharing(undefined, 'x'), ...sharing(a, 'y'), ...sharing(b, 'z', 'w')];
    expect(shape(folded(alerts))).toEqual({ causes: ['b: 2'], singles: ['x', 'y'] });
    expect(shape(folded(alerts, 1))).toEqual({ causes: ['b: 2', 'a: 1'], singles: ['x'] });
    expect(shape(folded(alerts, 3))).toEqual({ causes: [], singles: ['x', 'y', 'z', 'w'] });
  });

  it('name a cause that was never sent even for one alert, unless it only folds lines', () => {
    expect(shape(folded(sharing(aCause({ name: 'new' }), 'x'))).causes).toEqual(['new: 1']);
    expect(shape(folded(sharing(aCause({ name: 'new', isGrouping: false }), 'x'))).singles).toEqual(['x']);
  });

  it('are sorted by severity of the cause, then by number of alerts, then by key', () => {
    const alerts = [
      ...sharing(c, '1', '2'),
      ...sharing(b, '3', '4', '5'),
      ...sharing(a, '6', '7'),
      ...sharing(critical, '8', '9'),
    ];
    const order = ['critical: 2', 'b: 3', 'a: 2', 'c: 2'];
    expect(shape(folded(alerts)).causes).toEqual(order);
    expect(shape(folded(alerts.toReversed())).causes).toEqual(order);
  });
});
