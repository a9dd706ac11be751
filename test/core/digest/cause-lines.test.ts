import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { openLine } from '../../../lambda/core/digest/alert-lines.ts';
import {
  closedCauseLine,
  type Folded,
  folded,
  openCauseLines,
} from '../../../lambda/core/digest/cause-lines.ts';
import type { Item } from '../../../lambda/core/digest/write-digest.ts';
import type { Notification } from '../../../lambda/core/notify/plan.ts';
import type { SharedCause } from '../../../lambda/core/notify/shared-cause.ts';
import type { NotifiedCause } from '../../../lambda/core/state.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aCause,
  aDiagnosis,
  ago,
  anEndedAlert,
  announced,
  BLIND,
  isoAgo,
  labelsOf,
  NOW,
  named,
  read,
  seen,
  told,
} from '../a-digest.ts';

const CRITICAL = { severity: 'critical', critical: { from: NOW } } as const;
const OPENED_NOW = { since: NOW };

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`);

/** So many of a cause that opened at this look. */
function many(count: number, reason: 'new' | 'escalated' | 'changed' = 'new'): readonly Notification[] {
  return names(count).map((name) => named(reason, name, OPENED_NOW));
}

/** Its sync, whose last success was so many minutes ago. */
function failedFor({ fingerprint }: Notification, minutes: number) {
  const success = { last_success_at: isoAgo(minutes * MINUTE), seconds_since_success: null };
  return aDiagnosis({ id: fingerprint.slice('sync:'.length), ...success });
}

/** The lines of a cause; the look saw each of its alerts, unless it is given. */
function linesOf(
  alerts: readonly Notification[],
  cause: Partial<SharedCause> = {},
  evaluation: Evaluation = seen(alerts.map((one, index) => failedFor(one, 20 + index))),
): readonly Item[] {
  const group = { cause: aCause({ open: { failing: alerts.length }, ...cause }), alerts };
  const line = (one: Notification) => openLine(one, one.reason, evaluation, NOW);
  return openCauseLines(group, ({ reason }) => reason, line, evaluation, NOW);
}

/** The line of the cause itself. */
function headOf(...given: Parameters<typeof linesOf>) {
  const [head] = linesOf(...given);
  if (head === undefined) throw new Error('there is no line');
  return told(head);
}

function wasToldOf(members: number, overrides: Partial<NotifiedCause> = {}): NotifiedCause {
  return {
    at: ago(HOUR),
    inARow: { brought: 'firings', times: 1 },
    severity: 'warning',
    members: names(members).map((name) => `sync:${name}`),
    ...overrides,
  };
}

describe('how many a cause affects', () => {
  it.each([
    [3, 3, '3 of 3 syncs failing'],
    [3, 14, '3 of 14 syncs failing'],
    [3, 1200, '3 of 1,200 syncs failing'],
  ])('is told of all that share it: %d of %d', (open, listed, said) => {
    const own = { listed, succeeded: 0 };
    expect(headOf(many(open), { own }).title).toBe(`connection \`pg-main\`: *${said}*`);
  });

  it('counts those that were open before, too', () => {
    const own = { listed: 14, succeeded: 0 };
    expect(headOf(many(3), { own, open: { failing: 11 } }).title).toContain('*11 of 14 syncs failing*');
  });

  it('is never more than there are, though the listing lacks some of them', () => {
    const own = { listed: 2, succeeded: 0 };
    expect(headOf(many(3), { own }).title).toContain('*3 of 3 syncs failing*');
  });

  it.each([
    [{ disabled: 3 }, '3 of 9 syncs disabled'],
    [{ failing: 3 }, '3 of 9 syncs failing'],
    [{ never_succeeded: 3 }, '3 of 9 syncs without any success'],
    [{ stalled: 3 }, '3 of 9 syncs stalled'],
    [{ unreadable: 3 }, '3 of 9 syncs unreadable'],
  ])('says what is wrong with them where that is one thing: %j', (open, said) =>
    expect(headOf(many(3), { own: { listed: 9, succeeded: 0 }, open }).title).toBe(
      `connection \`pg-main\`: *${said}*`,
    ),
  );

  it('counts them by problem where there are several, in the order of the problems', () => {
    const open = { stalled: 3, disabled: 1, failing: 1200 };
    expect(headOf(many(3), { own: { listed: 1300, succeeded: 0 }, open }).title).toBe(
      'connection `pg-main`: *1,204 of 1,300 syncs in trouble* (1 disabled, 1,200 failing, 3 stalled)',
    );
  });

  it.each([
    ['connection', 'connection `x`: '],
    ['connector', 'connector `x`: '],
    ['knowledge base', 'knowledge base `x`: '],
  ] as const)('is said of the %s by its name', (kind, said) =>
    expect(headOf(many(3), { kind, name: 'x' }).title.startsWith(said)).toBe(true),
  );

  it('has the severity of the worst of them for its mark', () => {
    for (const severity of ['warning', 'critical'] as const)
      expect(linesOf(many(3), { severity })[0]?.level).toBe(severity);
  });

  it('at a blind check is how many are told, by problem', () => {
    expect(headOf(many(1), {}, BLIND).title).toBe('connection `pg-main`: *1 sync* (1 failing)');
    expect(headOf(many(3), { open: { failing: 3, stalled: 2 } }, BLIND).title).toBe(
      'connection `pg-main`: *3 syncs* (3 failing, 2 stalled)',
    );
  });
});

describe('a cause that was told before', () => {
  const own = { listed: 14, succeeded: 0 };
  const titleOf = (alerts: readonly Notification[], open: number) =>
    headOf(alerts, { own, open: { failing: open }, notified: wasToldOf(5) }).title;
  const escalated = (name: string) => named('escalated', name, CRITICAL);

  it.each<readonly [string, readonly Notification[]]>([
    ['3 more', many(3)],
    ['2 critical now', [escalated('a'), escalated('b')]],
    ['2 changed', many(2, 'changed')],
    ['3 more and 2 critical now', [...many(3), escalated('a'), escalated('b')]],
    [
      '2 more, 1 critical now and 1 changed',
      [...many(2), escalated('a'), named('changed', 'b', { problem: 'stalled' })],
    ],
  ])('begins with what is new: %s', (said, alerts) =>
    expect(titleOf(alerts, 8)).toBe(`connection \`pg-main\`: *${said}, 8 of 14 syncs failing*`),
  );

  it('is reminded of by how many it affects alone', () => {
    const alerts = many(3);
    const [head] = openCauseLines(
      { cause: aCause({ own, notified: wasToldOf(3) }), alerts },
      () => 'reminder',
      (one) => openLine(one, 'reminder', BLIND, NOW),
      BLIND,
      NOW,
    );
    expect(head && read(head.title)).toBe('connection `pg-main`: *3 of 14 syncs failing*');
  });
});

describe('how late they are', () => {
  const late = (id: string, milliseconds: number) =>
    aDiagnosis({ id, last_success_at: isoAgo(milliseconds), seconds_since_success: null });

  it('is the oldest success of them, and the most intervals', () => {
    const hourly = aDiagnosis({
      id: 's3',
      interval_secs: 3600,
      last_success_at: isoAgo(5 * HOUR),
      seconds_since_success: null,
    });
    const evaluation = seen([late('s1', 3 * HOUR), late('s2', HOUR), hourly]);
    expect(headOf(many(3), {}, evaluation).detail).toEqual([
      'oldest success 5 h ago, up to 12 intervals behind',
    ]);
  });

  it.each([
    [30 * MINUTE - 1000, 'last success 29 m ago'],
    [30 * MINUTE, 'last success 30 m ago, up to 2 intervals behind'],
  ])('counts intervals from two on: %d ms', (milliseconds, said) =>
    expect(headOf(many(1), {}, seen([late('s1', milliseconds)])).detail).toEqual([said]),
  );

  it('is left out where none ever succeeded, and where none is listed', () => {
    const never = aDiagnosis({ id: 's1', last_success_at: null, seconds_since_success: null });
    expect(headOf(many(1), {}, seen([never])).detail).toEqual([]);
    expect(headOf(many(1), {}, seen([])).detail).toEqual([]);
  });

  it('is that of those that are listed', () => {
    expect(headOf(many(2), {}, seen([late('s1', 3 * HOUR)])).detail).toEqual([
      'oldest success 3 h ago, up to 12 intervals behind',
    ]);
  });

  it('is as last seen at a blind check', () => {
    const alerts = names(3).map((name) => named('new', name));
    expect(headOf(alerts, {}, BLIND).detail).toEqual(['as last seen', 'open for 1 h']);
  });

  it('says since when the first of them is open, unless that is now', () => {
    const alerts = [named('new', 's1', OPENED_NOW), named('escalated', 's2', { since: ago(3 * HOUR) })];
    expect(headOf(alerts).detail.at(-1)).toBe('open for 3 h');
    expect(headOf(many(2)).detail.join()).not.toContain('open for');
  });
});

describe('which others ran well', () => {
  /** What is said of them; three are open. */
  const fineOf = (cause: Partial<SharedCause>) =>
    headOf(many(3), cause).detail.filter((part) => part.includes('well') || part.includes('other'));
  const none = (listed: number) => ({ listed, succeeded: 0 });

  it.each<readonly [string, Partial<SharedCause>, readonly string[]]>([
    ['one of it', { own: { listed: 4, succeeded: 1 } }, ['the other one of this connection ran well since']],
    ['all of it', { own: { listed: 15, succeeded: 12 } }, ['the other 12 of this connection ran well since']],
    [
      'some of it',
      { own: { listed: 15, succeeded: 8 } },
      ['8 of the other 12 of this connection ran well since'],
    ],
    [
      'one of some of it',
      { own: { listed: 1203, succeeded: 1 } },
      ['1 of the other 1,200 of this connection ran well since'],
    ],
    [
      'its connector, where it has no others',
      { own: none(3), beyond: { listed: 8, succeeded: 7, where: 'connector' } },
      ['7 of the other 8 syncs of this connector ran well since'],
    ],
    [
      'all of its connector',
      { own: none(3), beyond: { listed: 8, succeeded: 8, where: 'connector' } },
      ['the other 8 syncs of this connector ran well since'],
    ],
    [
      'the only other of its connector',
      { own: none(3), beyond: { listed: 1, succeeded: 1, where: 'connector' } },
      ['the other sync of this connector ran well since'],
    ],
    [
      'all others, where its connector has none',
      { own: none(3), beyond: { listed: 180, succeeded: 60, where: 'all' } },
      ['60 of the other 180 syncs ran well since'],
    ],
    [
      'the only other of all',
      { own: none(3), beyond: { listed: 1, succeeded: 1, where: 'all' } },
      ['the other sync ran well since'],
    ],
    [
      'its connector, where its others have not run',
      { own: none(5), beyond: { listed: 4, succeeded: 4, where: 'connector' } },
      ['no other of this connection has run well since; the other 4 syncs of this connector ran well since'],
    ],
    [
      'none of its connector',
      { own: none(5), beyond: { listed: 4, succeeded: 0, where: 'connector' } },
      ['no other sync of this connector has run well since'],
    ],
    [
      'none at all',
      { own: none(3), beyond: { listed: 4, succeeded: 0, where: 'all' } },
      ['no other sync has run well since'],
    ],
    [
      'none, where there are no others but its own',
      { own: none(5), beyond: { listed: 0, succeeded: 0, where: 'all' } },
      ['no other of this connection has run well since'],
    ],
    [
      'nothing, where there are no others',
      { own: none(3), beyond: { listed: 0, succeeded: 0, where: 'all' } },
      [],
    ],
    ['nothing, at a blind check', {}, []],
    // One of the three is well, and held open since it flaps.
    ['nothing of one that is open', { own: { listed: 3, succeeded: 1 } }, []],
  ])('is said of %s', (_which, cause, said) => expect(fineOf(cause)).toEqual(said));

  it.each([
    ['connector', 'the other 2 of this connector ran well since'],
    ['knowledge base', 'the other 2 of this knowledge base ran well since'],
  ] as const)('is said of a %s as such', (kind, said) =>
    expect(fineOf({ kind, own: { listed: 5, succeeded: 2 } })).toEqual([said]),
  );
});

describe('the alerts of a cause', () => {
  it('stand beneath it, each with its evidence in short and where it lands', () => {
    const [head, ...beneath] = linesOf(many(3));
    expect(head?.isNested).toBeUndefined();
    expect(head?.covers).toEqual([]);
    expect(beneath.every((item) => item.isNested)).toBe(true);
    expect(beneath.map(told)).toEqual(
      names(3).map((name, index) => ({
        title: `\`${name}\` *is failing*`,
        detail: [`last success ${20 + index} m ago, runs every 15 m`, `\`${name}\` → \`kb_sales / orders\``],
      })),
    );
  });

  it('of which the same is to be said are said together', () => {
    const alerts = many(7);
    const [, together, ...others] = linesOf(alerts, {}, seen(alerts.map((one) => failedFor(one, 20))));
    expect(others).toEqual([]);
    expect(together && told(together)).toEqual({
      title: '`s1`, `s2`, `s3`, `s4`, `s5` and 2 more',
      detail: ['each: last success 20 m ago, runs every 15 m'],
    });
    expect(together).toMatchObject({ mark: 'note', isNested: true });
    expect(together?.covers.map(({ listed }) => listed)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    const [, ...one] = linesOf(
      [...many(2), named('new', 's3', { problem: 'stalled', ...OPENED_NOW })],
      {},
      seen([]),
    );
    expect(one).toHaveLength(3);
  });

  it('have each a line where one of them differs', () => {
    const alerts = many(3);
    const evaluation = seen(alerts.map((one, index) => failedFor(one, index === 2 ? 21 : 20)));
    expect(linesOf(alerts, {}, evaluation)).toHaveLength(4);
  });

  it('are told as last seen at a blind check, and as not listed where the listing lacks them', () => {
    const alerts = names(3).map((name) => named('new', name));
    const [, blind] = linesOf(alerts, {}, BLIND);
    expect(blind && told(blind).detail).toEqual([
      'as last seen',
      'open for 1 h',
      '`s1` → `kb_sales / orders`',
    ]);
    const [, absent] = linesOf(alerts, {}, seen([]));
    expect(absent && told(absent).detail[0]).toBe('not in the last listing');
  });

  it('are told by their lines, with the key of their cause', () => {
    const cause = aCause();
    const alerts = many(3).map((one) => ({ ...one, cause }));
    expect(linesOf(alerts).flatMap(({ covers }) => covers)).toEqual(
      alerts.map(({ fingerprint }) => ({ fingerprint, reason: 'new', listed: true, cause: cause.key })),
    );
  });

  const shown = (count: number) =>
    linesOf(many(count))
      .map(({ title }) => read(title))
      .slice(1);

  it('are all shown up to five', () => {
    expect(shown(5)).toEqual(names(5).map((name) => `\`${name}\` *is failing*`));
  });

  it.each([
    [6, 'and 3 more of this connection'],
    [1203, 'and 1,200 more of this connection'],
  ])('are the worst three and a count where there are more: %d', (count, more) => {
    expect(shown(count)).toEqual([...names(3).map((name) => `\`${name}\` *is failing*`), more]);
  });

  it('that are only counted are told as not listed, with the reason of each', () => {
    const alerts = [...many(4), named('escalated', 'a', CRITICAL), named('changed', 'b')];
    const [more] = linesOf(alerts).slice(-1);
    expect(more).toMatchObject({ mark: 'note', isNested: true, detail: [] });
    expect(more?.covers).toEqual([
      { fingerprint: 'sync:s4', reason: 'new', listed: false },
      { fingerprint: 'sync:a', reason: 'escalated', listed: false },
      { fingerprint: 'sync:b', reason: 'changed', listed: false },
    ]);
  });
});

describe('a cause that is over', () => {
  /** So many closings, of alerts that were open for fifty minutes and ended ten minutes ago. */
  const closings = (
    count: number,
    ended: Parameters<typeof anEndedAlert>[0] = { how: 'resolved', by: 'success' },
  ) =>
    names(count).map((name) =>
      announced('resolved', `sync:${name}`, anEndedAlert(ended, { labels: labelsOf(name) })),
    );
  type Phrase = Parameters<typeof closedCauseLine>[2];
  const lineOf = (
    alerts: readonly Notification[],
    cause: Partial<SharedCause> = {},
    phrase: Phrase = 'over',
  ) => closedCauseLine({ cause: aCause({ open: {}, ...cause }), alerts }, 'resolved', phrase, NOW);

  it('is so when the last of all that were told is back', () => {
    const item = lineOf(closings(3), { notified: wasToldOf(14) });
    expect(item.level).toBe('good');
    expect(told(item)).toEqual({
      title: 'connection `pg-main`: *all 14 are back*',
      detail: ['in trouble for 50 m', '`s1`, `s2`, `s3`'],
    });
  });

  it('counts with those that were told the ones that were not', () => {
    const told = wasToldOf(3, { members: ['sync:s1', 'sync:x', 'sync:y'] });
    expect(read(lineOf(closings(2), { notified: told }).title)).toContain('*all 4 are back*');
  });

  it('and was not told as one before, is so when all of these are back', () => {
    expect(read(lineOf(closings(1200)).title)).toContain('*all 1,200 are back*');
  });

  it.each([
    [1, 1, '1 sync is back', '1 still open'],
    [3, 5, '3 syncs are back', '5 still open'],
    [3, 1200, '3 syncs are back', '1,200 still open'],
  ])('in part says how many are still open: %d, %d', (count, open, said, left) => {
    const item = lineOf(closings(count), {
      open: { failing: open - 1, stalled: 1 },
      notified: wasToldOf(14),
    });
    expect(told(item).title).toBe(`connection \`pg-main\`: *${said}*`);
    expect(told(item).detail.slice(0, 2)).toEqual([left, 'in trouble for 50 m']);
  });

  it('of a single one does not say "all"', () => {
    expect(read(lineOf(closings(1), { notified: wasToldOf(1) }).title)).toContain('*1 sync is back*');
  });

  it.each(['enabled', 'readable', 'no_longer_late'] as const)(
    'is not said to be back where one was resolved by another thing than a success: %s',
    (by) => {
      const alerts = [...closings(2), ...closings(3, { how: 'resolved', by }).slice(2)];
      expect(read(lineOf(alerts).title)).toContain('*all 3 are over*');
      expect(read(lineOf(alerts, { open: { failing: 1 } }).title)).toContain('*3 syncs are over*');
    },
  );

  it.each([
    [1, '1 sync is no longer watched'],
    [3, '3 syncs are no longer watched'],
  ])('since nobody watches is no good news: %d', (count, said) => {
    const item = lineOf(closings(count, { how: 'unlisted' }), {}, 'no longer watched');
    expect(item.level).toBe('note');
    expect(told(item).title).toBe(`connection \`pg-main\`: *${said}*`);
  });

  it.each([
    [1, '1 sync came and went'],
    [3, '3 syncs came and went'],
  ])('before it could be told came and went: %d', (count, said) => {
    const item = lineOf(closings(count), { open: { failing: 2 } }, 'came and went');
    expect(item.level).toBe('note');
    expect(told(item)).toMatchObject({
      title: `connection \`pg-main\`: *${said}*`,
      detail: ['2 still open', 'in trouble for 50 m', expect.any(String)],
    });
  });

  it.each([
    [3, '`s1`, `s2`, `s3`'],
    [4, '`s1`, `s2`, `s3` and 1 more'],
    [1203, '`s1`, `s2`, `s3` and 1,200 more'],
  ])('names three of them: %d', (count, said) =>
    expect(told(lineOf(closings(count))).detail.at(-1)).toBe(said),
  );

  it('names one without a name by its source, and one without either by its id', () => {
    const [a, b] = closings(2);
    if (a === undefined || b === undefined) throw new Error('two');
    const alerts = [
      { ...a, alert: { ...a.alert, labels: labelsOf(null) } },
      { ...b, alert: { ...b.alert, labels: null } },
    ];
    expect(told(lineOf(alerts)).detail.at(-1)).toBe('`public.orders`, `s2`');
  });

  it('was in trouble from when the first began to when the last ended, however late that is told', () => {
    const one = (name: string, since: number, at: number) =>
      announced('resolved', `sync:${name}`, anEndedAlert({ how: 'resolved', by: 'success', at }, { since }));
    const alerts = [one('a', ago(5 * HOUR), ago(3 * HOUR)), one('b', ago(4 * HOUR), ago(2 * HOUR))];
    expect(told(lineOf(alerts)).detail[0]).toBe('in trouble for 3 h');
  });

  it('is told of all of them, as not listed', () => {
    const cause = aCause();
    const alerts = closings(4).map((one) => ({ ...one, cause }));
    expect(lineOf(alerts).covers).toEqual(
      alerts.map(({ fingerprint }) => ({
        fingerprint,
        reason: 'resolved',
        listed: false,
        cause: cause.key,
      })),
    );
  });
});

describe('alerts by their causes', () => {
  const sharing = (cause: SharedCause | undefined, ...ids: readonly string[]) =>
    ids.map((id) => ({ ...named('new', id), ...(cause && { cause }) }));
  const shape = ({ causes, singles }: ReturnType<typeof folded<Notification>>) => ({
    causes: causes.map(({ cause, alerts }: Folded) => `${cause.name}: ${alerts.length}`),
    singles: singles.map(({ fingerprint }) => fingerprint.slice('sync:'.length)),
  });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => aCause({ name }));
  const critical = aCause({ name: 'critical', severity: 'critical' });

  it('stand alone where they have none, in their order', () => {
    expect(shape(folded(sharing(undefined, 'x', 'y')))).toEqual({ causes: [], singles: ['x', 'y'] });
  });

  it('stand alone where they are fewer than two, or than is asked for', () => {
    const alerts = [...sharing(undefined, 'x'), ...sharing(a, 'y'), ...sharing(b, 'z', 'w')];
    expect(shape(folded(alerts))).toEqual({ causes: ['b: 2'], singles: ['x', 'y'] });
    expect(shape(folded(alerts, 1))).toEqual({ causes: ['b: 2', 'a: 1'], singles: ['x'] });
    expect(shape(folded(alerts, 3))).toEqual({ causes: [], singles: ['x', 'y', 'z', 'w'] });
  });

  it('are critical causes first, then those of most alerts, then by their keys', () => {
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
