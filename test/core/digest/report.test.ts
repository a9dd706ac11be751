import type { Diagnosis } from '../../../lambda/core/diagnose/diagnose.ts';
import type { ListedEvaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { type Report, reportDigest, reportedSync, reportOf } from '../../../lambda/core/digest/report.ts';
import { slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { NOTHING_REMEMBERED } from '../../../lambda/core/state.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aDiagnosis,
  ago,
  anAlert,
  anEndedAlert,
  isoAgo,
  labelsOf,
  NOW,
  outline,
  PLACE,
  POLICY,
  read,
  seen,
} from '../a-digest.ts';

const NO_FACTS = NOTHING_REMEMBERED.facts;

function saw(diagnoses: readonly Diagnosis[]): ListedEvaluation {
  const evaluation = seen(diagnoses);
  if (evaluation.kind !== 'listed') throw new Error('it saw nothing');
  return evaluation;
}

const succeeded = (minutes: number) => ({
  last_state: 'completed',
  last_run_at: isoAgo(minutes * MINUTE),
  last_success_at: isoAgo(minutes * MINUTE),
  seconds_since_success: minutes * 60,
});

/** One sync in each state, named after it. */
const LOOK = saw([
  aDiagnosis({ id: 'well', name: 'well', ...succeeded(2) }),
  aDiagnosis({ id: 'paused', name: 'paused', ...succeeded(2), enabled: false, disabled_reason: null }),
  aDiagnosis({ id: 'unreadable', name: 'unreadable', interval_secs: -1 }),
  aDiagnosis({ id: 'stalled', name: 'stalled', ...succeeded(60) }),
  aDiagnosis({ id: 'failing', name: 'failing' }),
  aDiagnosis({
    id: 'late',
    name: 'late',
    last_success_at: isoAgo(9 * HOUR),
    seconds_since_success: 9 * 3600,
  }),
  aDiagnosis({ id: 'gave-up', name: 'gave-up', enabled: false, disabled_reason: '10 failures' }),
]);

describe('a report', () => {
  it('puts the worst first: by severity, then by status; what a person paused comes last', () => {
    expect(ids(reportOf(LOOK, NO_FACTS, POLICY, NOW))).toEqual([
      'gave-up disabled',
      'late failing',
      'failing failing',
      'stalled stalled',
      'unreadable unreadable',
      'paused paused',
    ]);
  });

  it('puts the latest in intervals first among equals, then goes by the name', () => {
    const late = (id: string, minutes: number) => aDiagnosis({ id, name: id, ...succeeded(minutes) });
    const evaluation = saw([late('b', 60), late('a', 60), late('c', 90)]);
    expect(ids(reportOf(evaluation, NO_FACTS, POLICY, NOW))).toEqual(['c stalled', 'a stalled', 'b stalled']);
  });

  it('counts every record of the listing once', () => {
    const { tally, unhealthy, healthy } = reportOf(LOOK, NO_FACTS, POLICY, NOW);
    expect(tally).toMatchObject({
      healthy: 1,
      problems: { disabled: 2, failing: 2, stalled: 1, unreadable: 1 },
    });
    expect(unhealthy.length + healthy.reduce((sum, { count }) => sum + count, 0)).toBe(7);
  });

  it('folds the healthy by connector, the largest first, with the range of their lag', () => {
    const well = (id: string, connector: string | null, minutes: number) =>
      aDiagnosis({ id, connector_id: connector, ...succeeded(minutes) });
    const evaluation = saw([
      well('a', 'mysql', 4),
      well('b', 'postgres', 14),
      well('c', 'postgres', 2),
      well('d', 'postgres', 8),
      aDiagnosis({ id: 'e', connector_id: 's3', ...NEVER_RAN }),
    ]);
    const { healthy } = reportOf(evaluation, NO_FACTS, POLICY, NOW);
    expect(healthy).toEqual([
      { connector: 'postgres', count: 3, lagSeconds: { least: 120, most: 840 } },
      { connector: 'mysql', count: 1, lagSeconds: { least: 240, most: 240 } },
      { connector: 's3', count: 1 },
    ]);
    expect(sections(evaluation)['Healthy: 5']).toEqual([
      '`postgres`: 3 syncs, last success 2 m to 14 m ago',
      '`mysql`: 1 sync, last success 4 m ago',
      '`s3`: 1 sync, no run due yet',
    ]);
  });

  it('has a section for each status, in the order of the worst of each', () => {
    expect(sections(LOOK)).toEqual({
      'Disabled: 1': ['`gave-up` *is disabled*'],
      'Failing: 2': ['`late` *is failing*', '`failing` *is failing*'],
      'Stalled: 1': ['`stalled` *has stalled*'],
      'Could not be judged: 1': ['`unreadable` *could not be read*'],
      'Paused: 1': ['`paused` *is paused*'],
      'Healthy: 1': ['`postgres`: 1 sync, last success 2 m ago'],
    });
    expect(Object.keys(sections(LOOK))[0]).toBe('Disabled: 1');
  });

  it('says at its top how many need a person', () => {
    expect(digestOf(LOOK).headline).toBe(
      'Report: 5 syncs need a person (2 critical), 1 paused and 1 healthy',
    );
    expect(digestOf(saw([aDiagnosis(succeeded(2))])).headline).toBe(
      'Report: no sync needs a person and 1 healthy',
    );
  });

  it('tells nothing: whatever is posted of it, nothing is to be remembered', () => {
    const messages = slackMessages(digestOf(LOOK));
    expect(messages.flatMap(({ covers }) => covers)).toEqual([]);
    expect(messages.some(({ coversShrinkage }) => coversShrinkage)).toBe(false);
  });

  it('leaves out what the policy ignores, and counts it', () => {
    const policy = { ...POLICY, exclude: [{ match: { id: 'failing' }, reason: 'known' }] };
    const report = reportOf(LOOK, NO_FACTS, policy, NOW);
    expect(ids(report)).not.toContain('failing failing');
    expect(report.tally.excluded).toBe(1);
    expect(outline(reportDigest(report, LOOK, PLACE, NOW))['Ignored']).toEqual([
      '1 sync that the policy says to ignore',
    ]);
  });

  it('counts records without an id', () => {
    const evaluation = { ...saw([aDiagnosis(succeeded(2))]), withoutId: 2 };
    expect(sections(evaluation)['Could not be judged: 1']).toEqual(['*2 records* *could not be read*']);
  });

  it('says since when an alert is open', () => {
    const facts = { ...NO_FACTS, alerts: { 'sync:failing': anAlert({ since: ago(3 * HOUR) }) } };
    const report = reportOf(LOOK, facts, POLICY, NOW);
    expect(report.open).toBe(1);
    const row = report.unhealthy.find(({ fingerprint }) => fingerprint === 'sync:failing');
    expect(row && reportedSync(row, LOOK, NOW)).toMatchObject({
      openSince: isoAgo(3 * HOUR),
      says: expect.stringContaining('open for 3 h'),
    });
  });

  it('lists what is open and not proved over, and what is open and not in the listing', () => {
    const alert = anAlert({ problems: ['failing'], labels: labelsOf('orders') });
    const unresolved = aDiagnosis(
      { last_state: null },
      { problems: ['failing'], mark: { failing: { lastSuccessAt: ago(20 * MINUTE) } } },
    );
    const facts = {
      ...NO_FACTS,
      alerts: { 'sync:orders': alert, 'sync:lost': anAlert({ labels: labelsOf('lost') }) },
    };
    const evaluation = saw([unresolved]);
    expect(outline(reportDigest(reportOf(evaluation, facts, POLICY, NOW), evaluation, PLACE, NOW))).toEqual({
      'Open, and not proved over: 1': ['`orders` *is failing*'],
      'Open, and not in the listing: 1': ['`lost` *is failing*'],
    });
  });

  it('takes a sync that is well for healthy, though its alert is still to be closed', () => {
    const facts = { ...NO_FACTS, alerts: { 'sync:orders': anAlert() } };
    const report = reportOf(saw([aDiagnosis(succeeded(2))]), facts, POLICY, NOW);
    expect([report.unhealthy.length, report.tally.healthy, report.open]).toEqual([0, 1, 1]);
  });

  it('takes a flapping one that is held open for unproved', () => {
    const firings = [1, 2, 3, 4].map((hours) => ago(hours * HOUR));
    const held = anAlert({ firings, healthySince: ago(10 * MINUTE) });
    const facts = { ...NO_FACTS, alerts: { 'sync:orders': held } };
    expect(ids(reportOf(saw([aDiagnosis(succeeded(2))]), facts, POLICY, NOW))).toEqual(['orders unproved']);
  });

  it('counts as open what is open alone, and lists nothing else that the listing does not show', () => {
    const facts = {
      ...NO_FACTS,
      alerts: {
        'sync:gone': anEndedAlert({ how: 'unlisted' }),
        'sync:waits': anAlert({ state: 'pending' }),
        listing: anAlert({ problem: 'listing_failed', labels: null }),
      },
    } as const;
    const report = reportOf(saw([aDiagnosis(succeeded(2))]), facts, POLICY, NOW);
    expect([report.open, report.unhealthy]).toEqual([1, []]);
  });

  it('says of one that opens again nothing of when it was open before', () => {
    const facts = {
      ...NO_FACTS,
      alerts: { 'sync:failing': anEndedAlert(undefined, { since: ago(3 * HOUR) }) },
    };
    const row = reportOf(LOOK, facts, POLICY, NOW).unhealthy.find(({ status }) => status === 'failing');
    expect(row?.alert.since).toBe(NOW);
    expect(row).not.toHaveProperty('openSince');
  });

  it('goes by the id among those of one name', () => {
    const evaluation = saw(['b', 'a'].map((id) => aDiagnosis({ id, name: 'same' })));
    expect(ids(reportOf(evaluation, NO_FACTS, POLICY, NOW))).toEqual(['a failing', 'b failing']);
  });

  it('folds those without a connector, too, and goes by the name among connectors of one size', () => {
    const well = (id: string, connector: unknown) =>
      aDiagnosis({ id, connector_id: connector, ...succeeded(2) });
    const evaluation = saw([well('a', 'mysql'), well('b', {}), well('c', 'dbt')]);
    expect(sections(evaluation)['Healthy: 3']).toEqual([
      'without a connector: 1 sync, last success 2 m ago',
      '`dbt`: 1 sync, last success 2 m ago',
      '`mysql`: 1 sync, last success 2 m ago',
    ]);
  });

  it.each([
    ['1 sync needs a person and 0 healthy', aDiagnosis()],
    [
      '1 sync needs a person (1 critical) and 0 healthy',
      aDiagnosis({ enabled: false, disabled_reason: '10 failures' }),
    ],
    [
      'no sync needs a person, 1 paused and 0 healthy',
      aDiagnosis({ ...succeeded(2), enabled: false, disabled_reason: null }),
    ],
  ])('says at its top: %s', (headline, diagnosis) => {
    expect(digestOf(saw([diagnosis])).headline).toBe(`Report: ${headline}`);
  });

  it('shows what this look found, not what is remembered of a sync', () => {
    const facts = {
      ...NO_FACTS,
      alerts: { 'sync:stalled': anAlert({ problem: 'failing', severity: 'critical' }) },
    };
    const row = reportOf(LOOK, facts, POLICY, NOW).unhealthy.find(({ status }) => status === 'stalled');
    expect(row?.alert).toMatchObject({ problem: 'stalled', severity: 'warning' });
  });

  it('ends with where it comes from', () => {
    expect(read(digestOf(LOOK).context)).toBe(
      'Report, asked for by hand · 7 syncs listed · 0 open · `acme` (`prod`) · 09:00',
    );
  });
});

describe('a sync in trouble, for programs', () => {
  it('has its figures, and in words what a person needs to know', () => {
    const evaluation = saw([aDiagnosis()]);
    const [row] = reportOf(evaluation, NO_FACTS, POLICY, NOW).unhealthy;
    expect(row && reportedSync(row, evaluation, NOW)).toEqual({
      id: 'orders',
      name: 'orders',
      status: 'failing',
      severity: 'warning',
      says: 'orders is failing: last success 20 m ago, runs every 15 m · last run 5 m ago · orders → kb_sales / orders',
      connector: 'postgres',
      connection: 'pg-main',
      source: 'public.orders',
      knowledgeBase: 'kb_sales',
      table: 'orders',
      intervalSeconds: 900,
      lagSeconds: 1200,
      lastState: 'failed',
      lastSuccessAt: isoAgo(20 * MINUTE),
      openSince: null,
    });
  });
});

describe('what has no diagnosis, for programs', () => {
  const NOTHING = {
    name: null,
    connector: null,
    connection: null,
    source: null,
    knowledgeBase: null,
    table: null,
    intervalSeconds: null,
    lagSeconds: null,
    lastState: null,
    lastSuccessAt: null,
    openSince: null,
  };

  it('is the records without an id, together', () => {
    const evaluation = { ...saw([aDiagnosis(succeeded(2))]), withoutId: 2 };
    const [row] = reportOf(evaluation, NO_FACTS, POLICY, NOW).unhealthy;
    expect(row && reportedSync(row, evaluation, NOW)).toEqual({
      ...NOTHING,
      id: null,
      status: 'unreadable',
      severity: 'warning',
      says: '2 records could not be read: each lacks a usable id',
    });
  });

  it('is a sync that is open and not listed, by what is remembered of it', () => {
    const evaluation = saw([]);
    const alerts = { 'sync:lost': anAlert({ labels: null, severity: 'critical' }) };
    const [row] = reportOf(evaluation, { ...NO_FACTS, alerts }, POLICY, NOW).unhealthy;
    expect(row && reportedSync(row, evaluation, NOW)).toEqual({
      ...NOTHING,
      id: 'lost',
      status: 'absent',
      severity: 'critical',
      says: 'lost is failing: not in the last listing · open for 1 h',
      openSince: isoAgo(HOUR),
    });
  });
});

const NEVER_RAN = {
  last_state: null,
  last_run_at: null,
  last_success_at: null,
  seconds_since_success: null,
  created_at: isoAgo(MINUTE),
};

function ids({ unhealthy }: Report): readonly string[] {
  return unhealthy.map(({ fingerprint, status }) => `${fingerprint.slice('sync:'.length)} ${status}`);
}

function digestOf(evaluation: ListedEvaluation) {
  return reportDigest(reportOf(evaluation, NO_FACTS, POLICY, NOW), evaluation, PLACE, NOW);
}

function sections(evaluation: ListedEvaluation) {
  return outline(digestOf(evaluation));
}
