import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { openLine } from '../../../lambda/core/digest/alert-lines.ts';
import { folded, openCauseLines } from '../../../lambda/core/digest/cause-lines.ts';
import type { Item } from '../../../lambda/core/digest/digest.ts';
import type { Notification, SharedCause } from '../../../lambda/core/notify/notification.ts';
import type { NotifiedCause } from '../../../lambda/core/state.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aCause,
  aDiagnosis,
  ago,
  isoAgo,
  itemText,
  lineText,
  listed,
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

/** The diagnosis of its sync, whose last success was so many minutes ago. */
function diagnosisAt({ fingerprint }: Notification, minutes: number) {
  const success = { last_success_at: isoAgo(minutes * MINUTE), seconds_since_success: null };
  return aDiagnosis({ id: fingerprint.slice('sync:'.length), ...success });
}

/** The lines of a cause. Unless an evaluation is given, it lists the sync of each alert. */
function linesOf(
  alerts: readonly Notification[],
  cause: Partial<SharedCause> = {},
  evaluation: Evaluation = listed(alerts.map((one, index) => diagnosisAt(one, 20 + index))),
): readonly Item[] {
  const group = { cause: aCause({ open: { failing: alerts.length }, ...cause }), alerts };
  const line = (one: Notification) => openLine(one, one.reason, evaluation);
  return openCauseLines(group, { reasonOf: ({ reason }) => reason, line, evaluation });
}

/** The line of the cause itself. */
function headOf(...given: Parameters<typeof linesOf>) {
  const [head] = linesOf(...given);
  if (head === undefined) throw new Error('there is no line');
  return itemText(head);
}

const NOTIFIED: NotifiedCause = {
  at: ago(HOUR),
  inARow: { brought: 'firings', times: 1 },
  severity: 'warning',
  members: names(5).map((name) => `sync:${name}`),
};

describe('the line of a shared cause', () => {
  it.each([
    [3, 3, '3 of 3 syncs failing'],
    [3, 14, '3 of 14 syncs failing'],
    [3, 1200, '3 of 1,200 syncs failing'],
  ])('counts its open alerts and its listed syncs: %d of %d', (open, listed, text) => {
    const own = { listed, succeeded: 0 };
    expect(headOf(alertsOf(open), { own }).title).toBe(`connection \`pg-main\`: *${text}*`);
  });

  it('counts the alerts that were open before, too', () => {
    const own = { listed: 14, succeeded: 0 };
    expect(headOf(alertsOf(3), { own, open: { failing: 11 } }).title).toContain('*11 of 14 syncs failing*');
  });

  it('never counts more open alerts than syncs, though the listing lacks some of them', () => {
    const own = { listed: 2, succeeded: 0 };
    expect(headOf(alertsOf(3), { own }).title).toContain('*3 of 3 syncs failing*');
  });

  it.each([
    [{ disabled: 3 }, '3 of 9 syncs disabled'],
    [{ failing: 3 }, '3 of 9 syncs failing'],
    [{ never_succeeded: 3 }, '3 of 9 syncs without any success'],
    [{ stalled: 3 }, '3 of 9 syncs stalled'],
    [{ unreadable: 3 }, '3 of 9 syncs unreadable'],
  ])('names the problem when all of them have the same: %j', (open, text) =>
    expect(headOf(alertsOf(3), { own: { listed: 9, succeeded: 0 }, open }).title).toBe(
      `connection \`pg-main\`: *${text}*`,
    ),
  );

  it('counts by problem when they have several, in the order of the problems', () => {
    const open = { stalled: 3, disabled: 1, failing: 1200 };
    expect(headOf(alertsOf(3), { own: { listed: 1300, succeeded: 0 }, open }).title).toBe(
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

  it('counts the alerts that are sent, by problem, while the listing fails', () => {
    expect(headOf(alertsOf(1), {}, UNAVAILABLE).title).toBe('connection `pg-main`: *1 sync* (1 failing)');
    expect(headOf(alertsOf(3), { open: { failing: 3, stalled: 2 } }, UNAVAILABLE).title).toBe(
      'connection `pg-main`: *3 syncs* (3 failing, 2 stalled)',
    );
  });
});

describe('the line of a cause that was notified before', () => {
  const own = { listed: 14, succeeded: 0 };
  const escalated = (name: string) => named('escalated', name, CRITICAL);

  it.each<readonly [string, readonly Notification[]]>([
    ['3 more', alertsOf(3)],
    ['2 critical now', [escalated('a'), escalated('b')]],
    ['2 changed', alertsOf(2, 'changed')],
    ['3 more and 2 critical now', [...alertsOf(3), escalated('a'), escalated('b')]],
    [
      '2 more, 1 critical now and 1 changed',
      [...alertsOf(2), escalated('a'), named('changed', 'b', { problem: 'stalled' })],
    ],
  ])('begins with the news: %s', (news, alerts) => {
    const { title } = headOf(alerts, { own, open: { failing: 8 }, notified: NOTIFIED });
    expect(title).toBe(`connection \`pg-main\`: *${news}, 8 of 14 syncs failing*`);
  });

  it('has no news in a reminder', () => {
    const group = { cause: aCause({ own, notified: NOTIFIED }), alerts: alertsOf(3) };
    const [head] = openCauseLines(group, {
      reasonOf: () => 'reminder',
      line: (one) => openLine(one, 'reminder', UNAVAILABLE),
      evaluation: UNAVAILABLE,
    });
    expect(head && lineText(head.title)).toBe('connection `pg-main`: *3 of 14 syncs failing*');
  });
});

describe('the lag in the line of a cause', () => {
  const late = (id: string, milliseconds: number) =>
    aDiagnosis({ id, last_success_at: isoAgo(milliseconds), seconds_since_success: null });

  it('is that of the oldest success, and the most intervals behind', () => {
    const hourly = aDiagnosis({
      id: 's3',
      interval_secs: 3600,
      last_success_at: isoAgo(5 * HOUR),
      seconds_since_success: null,
    });
    const evaluation = listed([late('s1', 3 * HOUR), late('s2', HOUR), hourly]);
    expect(headOf(alertsOf(3), {}, evaluation).detail).toEqual([
      'oldest success 5 h ago, up to 12 intervals behind',
    ]);
  });

  it.each([
    [30 * MINUTE - 1000, 'last success 29 m ago'],
    [30 * MINUTE, 'last success 30 m ago, up to 2 intervals behind'],
  ])('has the intervals from two on: after %d ms', (milliseconds, text) =>
    expect(headOf(alertsOf(1), {}, listed([late('s1', milliseconds)])).detail).toEqual([text]),
  );

  it('is left out when none of its syncs ever succeeded, and when none is listed', () => {
    const never = aDiagnosis({ id: 's1', last_success_at: null, seconds_since_success: null });
    expect(headOf(alertsOf(1), {}, listed([never])).detail).toEqual([]);
    expect(headOf(alertsOf(1), {}, listed([])).detail).toEqual([]);
  });

  it('is that of the listed ones among its syncs', () => {
    expect(headOf(alertsOf(2), {}, listed([late('s1', 3 * HOUR)])).detail).toEqual([
      'oldest success 3 h ago, up to 12 intervals behind',
    ]);
  });

  it('is "as last listed" while the listing fails', () => {
    const alerts = names(3).map((name) => named('new', name));
    expect(headOf(alerts, {}, UNAVAILABLE).detail).toEqual(['as last listed', 'open for 1 h']);
  });

  it('is followed by how long the first alert is open, unless it fired now', () => {
    const alerts = [named('new', 's1', FIRED_NOW), named('escalated', 's2', { since: ago(3 * HOUR) })];
    expect(headOf(alerts).detail.at(-1)).toBe('open for 3 h');
    expect(headOf(alertsOf(2)).detail.join()).not.toContain('open for');
  });
});

describe('the lines beneath a cause', () => {
  it('have the evidence of each alert in short, and its destination', () => {
    const [head, ...nested] = linesOf(alertsOf(3));
    expect(head?.isNested).toBeUndefined();
    expect(head?.covers).toEqual([]);
    expect(nested.every((item) => item.isNested)).toBe(true);
    expect(nested.map(itemText)).toEqual(
      names(3).map((name, index) => ({
        title: `\`${name}\` *is failing*`,
        detail: [`last success ${20 + index} m ago, runs every 15 m`, `\`${name}\` → \`kb_sales / orders\``],
      })),
    );
  });

  it('are one line with five names when the evidence is the same', () => {
    const alerts = alertsOf(7);
    const [, together, ...others] = linesOf(alerts, {}, listed(alerts.map((one) => diagnosisAt(one, 20))));
    expect(others).toEqual([]);
    expect(together && itemText(together)).toEqual({
      title: '`s1`, `s2`, `s3`, `s4`, `s5` and 2 more',
      detail: ['each: last success 20 m ago, runs every 15 m'],
    });
    expect(together).toMatchObject({ level: 'note', isNested: true });
    expect(together?.covers.map(({ listed }) => listed)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('are one for each alert when there is no evidence', () => {
    const alerts = [...alertsOf(2), named('new', 's3', { problem: 'stalled', ...FIRED_NOW })];
    const [, ...nested] = linesOf(alerts, {}, listed([]));
    expect(nested).toHaveLength(3);
  });

  it('are one for each alert when the evidence of one differs', () => {
    const alerts = alertsOf(3);
    const evaluation = listed(alerts.map((one, index) => diagnosisAt(one, index === 2 ? 21 : 20)));
    expect(linesOf(alerts, {}, evaluation)).toHaveLength(4);
  });

  it.each([{ problem: 'stalled' }, { severity: 'critical' }] as const)(
    'are one for each alert when one differs in %j',
    (difference) => {
      const alerts = [...alertsOf(2), named('new', 's3', { ...FIRED_NOW, ...difference })];
      const evaluation = listed(alerts.map((one) => diagnosisAt(one, 20)));
      expect(linesOf(alerts, {}, evaluation)).toHaveLength(4);
    },
  );

  it('say "as last listed" while the listing fails, and "not in the last listing" of an absent sync', () => {
    const alerts = names(3).map((name) => named('new', name));
    const [, unavailable] = linesOf(alerts, {}, UNAVAILABLE);
    expect(unavailable && itemText(unavailable).detail).toEqual([
      'as last listed',
      'open for 1 h',
      '`s1` → `kb_sales / orders`',
    ]);
    const [, absent] = linesOf(alerts, {}, listed([]));
    expect(absent && itemText(absent).detail[0]).toBe('not in the last listing');
  });

  it('cover the alerts, with the key of their cause', () => {
    const cause = aCause();
    const alerts = alertsOf(3).map((one) => ({ ...one, cause }));
    expect(linesOf(alerts).flatMap(({ covers }) => covers)).toEqual(
      alerts.map(({ fingerprint }) => ({ fingerprint, reason: 'new', listed: true, cause: cause.key })),
    );
  });

  const titles = (count: number) =>
    linesOf(alertsOf(count))
      .map(({ title }) => lineText(title))
      .slice(1);

  it('are all shown up to five', () => {
    expect(titles(5)).toEqual(names(5).map((name) => `\`${name}\` *is failing*`));
  });

  it.each([
    [6, 'and 3 more of this connection'],
    [1203, 'and 1,200 more of this connection'],
  ])('are the worst three and a count from six on: %d', (count, more) => {
    expect(titles(count)).toEqual([...names(3).map((name) => `\`${name}\` *is failing*`), more]);
  });

  it('cover the alerts that they only count as not listed, each with its reason', () => {
    const alerts = [...alertsOf(4), named('escalated', 'a', CRITICAL), named('changed', 'b')];
    const [more] = linesOf(alerts).slice(-1);
    expect(more).toMatchObject({ level: 'note', isNested: true, detail: [] });
    expect(more?.covers).toEqual([
      { fingerprint: 'sync:s4', reason: 'new', listed: false },
      { fingerprint: 'sync:a', reason: 'escalated', listed: false },
      { fingerprint: 'sync:b', reason: 'changed', listed: false },
    ]);
  });
});

describe('alerts folded by cause', () => {
  const sharing = (cause: SharedCause | undefined, ...ids: readonly string[]) =>
    ids.map((id) => ({ ...named('new', id), ...(cause && { cause }) }));
  const shape = ({ causes, singles }: ReturnType<typeof folded<Notification>>) => ({
    causes: causes.map(({ cause, alerts }) => `${cause.name}: ${alerts.length}`),
    singles: singles.map(({ fingerprint }) => fingerprint.slice('sync:'.length)),
  });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => aCause({ name }));
  const critical = aCause({ name: 'critical', severity: 'critical' });

  it('are singles in their order when they have no cause', () => {
    expect(shape(folded(sharing(undefined, 'x', 'y')))).toEqual({ causes: [], singles: ['x', 'y'] });
  });

  it('are singles when fewer than two, or than is asked for, share a cause', () => {
    const alerts = [...sharing(undefined, 'x'), ...sharing(a, 'y'), ...sharing(b, 'z', 'w')];
    expect(shape(folded(alerts))).toEqual({ causes: ['b: 2'], singles: ['x', 'y'] });
    expect(shape(folded(alerts, 1))).toEqual({ causes: ['b: 2', 'a: 1'], singles: ['x'] });
    expect(shape(folded(alerts, 3))).toEqual({ causes: [], singles: ['x', 'y', 'z', 'w'] });
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
