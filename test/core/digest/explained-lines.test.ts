import { EMPTY_FACTS } from '../../../lambda/core/alert.ts';
import type { Diagnosis } from '../../../lambda/core/diagnose/diagnose.ts';
import type { DigestEvaluation } from '../../../lambda/core/digest/digest-evaluation.ts';
import { writeDigest } from '../../../lambda/core/digest/write-digest.ts';
import type { Evidence } from '../../../lambda/core/evidence.ts';
import { explain } from '../../../lambda/core/explain/explain.ts';
import { EMPTY_PLAN, type Notification } from '../../../lambda/core/notify/notification.ts';
import { MINUTE } from '../../commands/a-world.ts';
import {
  aCause,
  aDiagnosis,
  ago,
  aNotification,
  anAlert,
  isoAgo,
  lineText,
  listed,
  policyOf,
  succeededAgo,
} from '../a-digest.ts';
import {
  aCompletedRun,
  aConnector,
  aLiveRun,
  aRun,
  completedRuns,
  runsOf,
} from '../explain/some-evidence.ts';

/** The lines of a digest about these alerts, as text: a title, then its detail, then what to do. */
function linesOf(
  notifications: readonly Notification[],
  diagnoses: readonly Diagnosis[],
  { evidence = {} as Evidence, written = {} as unknown, isBrief = false, links = false } = {},
) {
  const evaluation = listed(diagnoses);
  const explanations = {
    ...explain(evidence, evaluation, policyOf(written)),
    ...(isBrief && { isBrief: true as const }),
  };
  const shown: DigestEvaluation = {
    ...evaluation,
    explanations,
    ...(links && {
      linkOf: ({ fingerprint }: { readonly fingerprint: string }) => `https://app.example/${fingerprint}`,
    }),
  };
  const origin = { environment: 'prod', organisation: 'acme', moreHint: 'more' };
  const digest = writeDigest(
    { ...EMPTY_PLAN, notifications },
    { facts: EMPTY_FACTS, evaluation: shown, origin, initialRun: false, isNewDestination: false },
  );
  const items = digest.sections.flatMap((section) => section.items);
  return { digest, push: lineText(digest.push), items, titles: items.map(({ title }) => lineText(title)) };
}

const labelled = (name: string, overrides: Readonly<Record<string, unknown>> = {}) => ({
  name,
  connectorId: 'postgres',
  connectionRef: 'pg-main',
  sourceKind: 'postgres',
  source: `public.${name}`,
  kbUid: 'kb_1',
  destTable: name,
  intervalSeconds: 900,
  ...overrides,
});
const failing = (name: string, overrides = {}, labels = {}) =>
  aNotification('new', `sync:${name}`, anAlert({ labels: labelled(name, labels), ...overrides }));
const diagnosed = (name: string, fields: Readonly<Record<string, unknown>> = {}) =>
  aDiagnosis({ id: name, name, consecutive_failures: 1, ...fields });

describe('a failing sync', () => {
  const evidence = {
    ...runsOf({ orders: [aRun(5), ...completedRuns(5)] }),
    knowledgeBases: new Map([['kb_1', 'Finance']]),
  };
  const only = (options = {}) =>
    linesOf([failing('orders')], [diagnosed('orders')], { evidence, ...options });

  it('is named with its error, also on a lock screen', () => {
    const { titles, push } = only();
    expect(titles).toEqual(['`orders` *is failing*: `timeout after 30 s`']);
    expect(push).toBe('`orders` *is failing*, to be disabled at about 17:30: `timeout after 30 s`');
  });

  it('says first what comes next, and what that stops', () => {
    const detail = lineText(only().items[0]?.detail ?? []);
    expect(detail).toMatch(
      /^if this goes on, the platform disables it at about 17:30 \(in 8 h 30 m\): about 120,000 rows a day into `Finance \/ orders` would stop \(late, not lost\) · /,
    );
  });

  it('says what to do when the error tells', () => {
    const denied = runsOf({
      orders: [aRun(5, { message: 'FATAL: password authentication failed for user "etl"' })],
    });
    const { items } = only({
      evidence: { ...denied, connectors: new Map([aConnector('postgres', { name: 'box 1' })]) },
    });
    expect(lineText(items[0]?.action ?? [])).toBe(
      'Check the credentials of connection `pg-main` on connector `box 1`.',
    );
  });

  it('says nothing about what to do when the error tells nothing', () => {
    expect(
      only({ evidence: runsOf({ orders: [aRun(5, { message: 'a riddle' })] }) }).items[0],
    ).not.toHaveProperty('action');
  });

  it('has the words of the policy where it has some', () => {
    const written = { advice: [{ error: '*TIMEOUT*', text: 'Wake {connection}.' }] };
    expect(lineText(only({ written }).items[0]?.action ?? [])).toBe('Wake connection `pg-main`.');
  });

  it('quotes 240 characters of its error at most, 80 on a lock screen, and 80 without advice where room is short', () => {
    const long = runsOf({ orders: [aRun(5, { message: `timeout: could not connect ${'x'.repeat(500)}` })] });
    const quoted = (text: string) => /: `([^`]*)`$/.exec(text)?.[1]?.length;
    const full = only({ evidence: long });
    expect([quoted(full.titles[0] ?? ''), quoted(full.push)]).toEqual([240, 80]);
    const brief = only({ evidence: long, isBrief: true });
    expect(quoted(brief.titles[0] ?? '')).toBe(80);
    expect(brief.items[0]).not.toHaveProperty('action');
  });

  it('links to its page where the policy has one', () => {
    expect(only({ links: true }).items[0]?.title[0]).toMatchObject({
      text: 'orders',
      url: 'https://app.example/sync:orders',
    });
  });

  it('is not explained by an error before its last success, unless it fails on and off', () => {
    const old = { evidence: runsOf({ orders: [aRun(25)] }) };
    expect(only(old).titles).toEqual(['`orders` *is failing*']);
    const flapping = [failing('orders', { flapping: 'intermittent' })];
    expect(linesOf(flapping, [diagnosed('orders')], old).titles).toEqual([
      '`orders` *fails intermittently*: `timeout after 30 s`',
    ]);
  });

  it('has the error in its title and the countdown first below, but the countdown on a lock screen', () => {
    const imminent = [failing('orders', { severity: 'critical', disableImminent: true })];
    const { titles, items, push } = linesOf(imminent, [diagnosed('orders', { consecutive_failures: 9 })], {
      evidence,
    });
    expect(titles).toEqual(['`orders` *is failing*: `timeout after 30 s`']);
    expect(lineText(items[0]?.detail ?? [])).toMatch(
      /^\*the next failure disables it\* at about 09:55 \(in 55 m\): about 120,000 rows/,
    );
    expect(push).toBe('CRITICAL: `orders` *is failing*, to be disabled at about 09:55: `timeout after 30 s`');
  });

  it('does not repeat the reason of the platform that quotes its error', () => {
    const disabled = diagnosed('orders', { enabled: false, disabled_reason: 'gave up: timeout after 30 s' });
    const { items, titles } = linesOf([failing('orders', { problem: 'disabled' })], [disabled], { evidence });
    expect(titles).toEqual(['`orders` *is disabled*: `timeout after 30 s`']);
    expect(lineText(items[0]?.detail ?? [])).not.toContain('gave up');
  });
});

describe('the runs of a sync', () => {
  const stalled = [failing('orders', { problem: 'stalled' })];
  const detailOf = (runs: Evidence, fields = {}) =>
    lineText(
      linesOf(stalled, [diagnosed('orders', { ...succeededAgo(50), consecutive_failures: 0, ...fields })], {
        evidence: runs,
      }).items[0]?.detail ?? [],
    );

  it('are said to move nothing where they usually do', () => {
    const empty = [1, 2, 3].map((minutes) => aCompletedRun(minutes, { rows: 0 }));
    expect(detailOf(runsOf({ orders: [...empty, ...completedRuns(5)] }))).toContain(
      'the last 3 runs completed and moved 0 rows; usually about 1,200',
    );
  });

  it.each([
    [399, true],
    [400, false],
    [3600, false],
    [3601, true],
  ])('are said to move more or less than three times the usual: %d', (rows, isSaid) => {
    const detail = detailOf(runsOf({ orders: [aCompletedRun(1, { rows }), ...completedRuns(7)] }));
    expect(detail.includes('usually about 1,200')).toBe(isSaid);
  });

  it('are said to take more than three times the usual', () => {
    const slow = aCompletedRun(1, { startedAt: ago(10 * MINUTE) });
    expect(detailOf(runsOf({ orders: [slow, ...completedRuns(7)] }))).toContain(
      'the last run took 9 m; usually 30 s',
    );
  });

  it('say how far the one in progress is', () => {
    const running = { last_state: 'running', last_run_at: isoAgo(12 * MINUTE) };
    const detail = detailOf(runsOf({ orders: [aLiveRun(12), ...completedRuns(5)] }), running);
    expect(detail).toContain('the run in progress has moved 7 rows so far · a run usually takes 30 s');
  });
});

describe('one error of several syncs', () => {
  const names = ['a', 'b', 'c', 'd'];
  const errorOf = (name: string) => [aRun(5, { message: `ERROR: permission denied for schema ${name}` })];
  const alerts = names.map((name, index) => failing(name, {}, { connectionRef: `pg-${index % 2}` }));
  const diagnoses = names.map((name) => diagnosed(name));
  const evidence = runsOf(Object.fromEntries(names.map((name) => [name, errorOf(name)])));

  it('is one line, with the first original text', () => {
    const { titles } = linesOf(alerts, diagnoses, { evidence });
    expect(titles).toEqual([
      '4 syncs on 2 connections *are failing*: `ERROR: permission denied for schema a`',
      '`a`, `b`, `c`, `d`',
    ]);
  });

  it('names up to three in its title', () => {
    const { titles, items } = linesOf(alerts.slice(0, 3), diagnoses, { evidence });
    expect(titles).toEqual(['`a`, `b` and `c` *are failing*: `ERROR: permission denied for schema a`']);
    expect(items[0]?.covers.map(({ fingerprint }) => fingerprint)).toEqual(['sync:a', 'sync:b', 'sync:c']);
  });

  it('is critical when one of them is, and stands before warnings', () => {
    const one = failing('d', { severity: 'critical' }, { connectionRef: 'pg-1' });
    const alone = failing('e', { severity: 'warning' });
    const { items, titles } = linesOf([alone, ...alerts.slice(0, 3), one], [...diagnoses, diagnosed('e')], {
      evidence,
    });
    expect(items[0]?.level).toBe('critical');
    expect(titles[1]).toBe('`d`, `a`, `b`, `c`');
  });

  it('is told from another error, and from alerts with another reason', () => {
    const other = {
      ...runsOf({ ...Object.fromEntries(names.map((name) => [name, errorOf(name)])), d: [aRun(5)] }),
    };
    expect(linesOf(alerts, diagnoses, { evidence: other }).titles).toHaveLength(2);
    const escalated = { ...failing('a'), reason: 'escalated' as const };
    expect(linesOf([escalated, ...alerts.slice(1, 2)], diagnoses, { evidence }).titles).toHaveLength(2);
  });

  it('counts the same alerts as without it', () => {
    const covered = (given: Evidence) =>
      linesOf(alerts, diagnoses, { evidence: given })
        .items.flatMap(({ covers }) => covers)
        .toSorted((one, another) => (one.fingerprint < another.fingerprint ? -1 : 1));
    expect(covered(evidence)).toEqual(covered({}));
  });
});

describe('a shared cause', () => {
  const names = ['a', 'b', 'c', 'd'];
  const cause = aCause({ open: { failing: 4 }, listed: 4 });
  const alerts = names.map((name) => ({ ...failing(name), cause }));
  const diagnoses = names.map((name) => diagnosed(name));

  it('is named with the error that most of its syncs have', () => {
    const evidence = runsOf({ a: [aRun(5)], b: [aRun(5)], c: [aRun(5)], d: [aRun(5, { message: 'other' })] });
    const { titles, push } = linesOf(alerts, diagnoses, { evidence });
    expect(titles[0]).toBe('connection `pg-main`: *4 of 4 syncs failing*: `timeout after 30 s` (3 of 4)');
    expect(push).toBe(
      'connection `pg-main`: *4 of 4 syncs failing*, to be disabled at about 17:30: `timeout after 30 s`',
    );
  });

  it('is named without an error when none is that of half of them', () => {
    const errors = Object.fromEntries(
      names.map((name) => [name, [aRun(5, { message: `${name} failed oddly` })]]),
    );
    expect(linesOf(alerts, diagnoses, { evidence: runsOf(errors) }).titles[0]).toBe(
      'connection `pg-main`: *4 of 4 syncs failing*',
    );
  });
});

describe('an agent that is gone', () => {
  const stalled = { problem: 'stalled' } as const;
  const late = (name: string) => diagnosed(name, { ...succeededAgo(50), consecutive_failures: 0 });
  const elsewhere = aDiagnosis({ id: 'x', connector_id: 'saas', ...succeededAgo(5) });
  const gone = new Map([
    aConnector('postgres', { name: 'box 1', lastSeenAt: ago(45 * MINUTE) }),
    aConnector('saas'),
  ]);

  it('is the subject of a line about several syncs', () => {
    const alerts = ['a', 'b', 'c', 'd'].map((name) => failing(name, stalled));
    const { titles, items, push } = linesOf(alerts, [...'abcd'].map(late).concat(elsewhere), {
      evidence: { connectors: gone },
    });
    expect(push).toBe('agent `box 1` not seen since 08:15: 4 syncs late');
    expect(titles[0]).toBe(
      'the agent of connector `box 1` has not been seen since 08:15: all 4 of its syncs are late',
    );
    expect(lineText(items[0]?.detail ?? [])).toMatch(/^4 syncs \*are stalled\* · /);
    expect(lineText(items[0]?.action ?? [])).toBe(
      'Check the machine of connector `box 1` and its network: nothing fails, because nothing is started. Rows are late, not lost.',
    );
  });

  it('is said on a lock screen and in the headline with how many are late, and how many will be', () => {
    const soon = (name: string, minutes: number) =>
      diagnosed(name, { ...succeededAgo(minutes), interval_secs: 1800, consecutive_failures: 0 });
    const alerts = ['a', 'b'].map((name) => failing(name, stalled));
    const { digest, push } = linesOf(
      alerts,
      [late('a'), late('b'), soon('c', 60), soon('d', 46), elsewhere],
      {
        evidence: { connectors: gone },
      },
    );
    expect(push).toBe('agent `box 1` not seen since 08:15: 2 syncs late, 4 by 09:19');
    expect(digest.headline).toBe('2 syncs need attention, 4 late by 09:19 UTC (one shared cause)');
  });

  it('names who is next, and not the minute that has begun', () => {
    const next = diagnosed('next', { ...succeededAgo(64.5), interval_secs: 1800, consecutive_failures: 0 });
    const { items } = linesOf([failing('a', stalled)], [late('a'), next, elsewhere], {
      evidence: { connectors: gone },
    });
    expect(lineText(items[0]?.detail ?? [])).toContain('the next is `next`, within a minute · ');
  });

  it('is the reason of a single one, with who is next', () => {
    const next = diagnosed('next', { ...succeededAgo(46), interval_secs: 1800, consecutive_failures: 0 });
    const { titles, items } = linesOf([failing('a', stalled)], [late('a'), next, elsewhere], {
      evidence: { connectors: gone },
    });
    expect(titles).toEqual([
      '`a` *has stalled*: the agent of connector `box 1` has not been seen since 08:15',
    ]);
    expect(lineText(items[0]?.detail ?? [])).toMatch(
      /^1 of its 2 syncs is late, both will be by 09:19, the next is `next` at 09:19 · /,
    );
  });

  it('is revoked when the organisation has it no more', () => {
    const connectors = new Map([aConnector('saas')]);
    const { titles, items } = linesOf([failing('a', stalled)], [late('a'), elsewhere], {
      evidence: { connectors },
    });
    expect(titles).toEqual(['`a` *has stalled*: the connector `postgres` was revoked']);
    expect(lineText(items[0]?.action ?? [])).toMatch(
      /^Nothing starts the syncs of connector `postgres`, which is no longer/,
    );
  });

  it('does not explain a sync that fails', () => {
    const { titles } = linesOf(
      [failing('a')],
      [diagnosed('a', { ...succeededAgo(50), last_state: 'failed' })],
      { evidence: { connectors: gone } },
    );
    expect(titles).toEqual(['`a` *is failing*']);
  });
});

describe('what to do about a sync that is not started', () => {
  const stalled = [failing('orders', { problem: 'stalled' })];
  const idle = diagnosed('orders', { ...succeededAgo(90), consecutive_failures: 0 });
  const actionOf = (...others: readonly Diagnosis[]) =>
    lineText(linesOf(stalled, [idle, ...others]).items[0]?.action ?? []);
  const other = (minutesAgo: number, connector = 'postgres') =>
    aDiagnosis({ id: 'other', connector_id: connector, ...succeededAgo(minutesAgo) });

  it.each([
    ['alone', []],
    ['another connector runs its syncs', [other(5, 'saas')]],
    ['the others started at most half an hour later', [other(60)]],
  ])('is to check its connector: %s', (_, others) => {
    expect(actionOf(...others)).toBe(
      'Check that connector `postgres` is running: nothing fails, because nothing is started.',
    );
  });

  it('is to start it by hand where its connector runs others', () => {
    expect(actionOf(other(59))).toBe(
      'Start a run by hand in Timbal: connector `postgres` runs its other syncs.',
    );
  });

  it('is to look after a run that has not ended', () => {
    const running = diagnosed('orders', {
      ...succeededAgo(400),
      last_state: 'running',
      last_run_at: isoAgo(200 * MINUTE),
      consecutive_failures: 0,
    });
    expect(lineText(linesOf(stalled, [running]).items[0]?.action ?? [])).toMatch(
      /^Check whether the run still moves rows/,
    );
  });
});
