import type { Report } from '../../../lambda/core/digest/report.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aDiagnosis,
  ago,
  anAlert,
  anEndedAlert,
  isoAgo,
  labelsOf,
  listed,
  NOW,
  policyOf,
  succeededAgo,
} from '../a-digest.ts';
import { aReport, EVALUATION, NO_FACTS } from './a-report.ts';

function rowsOf({ unhealthy }: Report): readonly string[] {
  return unhealthy.map(({ fingerprint, status }) => `${fingerprint.slice('sync:'.length)} ${status}`);
}

describe('the unhealthy syncs of a report', () => {
  it('are sorted by severity, then by status; paused ones come last', () => {
    expect(rowsOf(aReport())).toEqual([
      'gave-up disabled',
      'late failing',
      'failing failing',
      'stalled stalled',
      'unreadable unreadable',
      'paused paused',
    ]);
  });

  it('are sorted by intervals behind, then by name, within one status', () => {
    const late = (id: string, minutes: number) => aDiagnosis({ id, name: id, ...succeededAgo(minutes) });
    const evaluation = listed([late('b', 60), late('a', 60), late('c', 90)]);
    expect(rowsOf(aReport(evaluation))).toEqual(['c stalled', 'a stalled', 'b stalled']);
  });

  it('are sorted by id when they have the same name', () => {
    const evaluation = listed(['b', 'a'].map((id) => aDiagnosis({ id, name: 'same' })));
    expect(rowsOf(aReport(evaluation))).toEqual(['a failing', 'b failing']);
  });

  it('lack those that the policy excludes, which are counted', () => {
    const policy = policyOf({ exclude: [{ match: { id: 'a' }, reason: 'known' }] });
    const evaluation = listed(['a', 'b'].map((id) => aDiagnosis({ id, name: id }, {}, policy)));
    const report = aReport(evaluation, NO_FACTS, policy);
    expect(rowsOf(report)).toEqual(['b failing']);
    expect(report.tally.excluded).toBe(1);
  });

  it('have the time at which the saved alert opened', () => {
    const facts = { ...NO_FACTS, alerts: { 'sync:failing': anAlert({ since: ago(3 * HOUR) }) } };
    const report = aReport(EVALUATION, facts);
    expect(report.open).toBe(1);
    const row = report.unhealthy.find(({ fingerprint }) => fingerprint === 'sync:failing');
    expect(row).toMatchObject({ openSince: ago(3 * HOUR), alert: { since: ago(3 * HOUR) } });
  });

  it('have no such time when the saved alert has ended', () => {
    const facts = {
      ...NO_FACTS,
      alerts: { 'sync:failing': anEndedAlert(undefined, { since: ago(3 * HOUR) }) },
    };
    const row = aReport(EVALUATION, facts).unhealthy.find(({ status }) => status === 'failing');
    expect(row?.alert.since).toBe(NOW);
    expect(row).not.toHaveProperty('openSince');
  });

  it('have the problem of this evaluation, whatever the saved alert has', () => {
    const facts = {
      ...NO_FACTS,
      alerts: { 'sync:stalled': anAlert({ problem: 'failing', severity: 'critical' }) },
    };
    const row = aReport(EVALUATION, facts).unhealthy.find(({ status }) => status === 'stalled');
    expect(row?.alert).toMatchObject({ problem: 'stalled', severity: 'warning' });
  });

  it('include a sync whose open alert is not proven over, and one that the listing lacks', () => {
    const inconclusive = aDiagnosis(
      { last_state: null },
      { problems: ['failing'], history: { failing: { lastSuccessAt: ago(20 * MINUTE) } } },
    );
    const alerts = {
      'sync:orders': anAlert({ problems: ['failing'] }),
      'sync:lost': anAlert({ labels: labelsOf('lost') }),
    };
    const report = aReport(listed([inconclusive]), { ...NO_FACTS, alerts });
    expect(rowsOf(report)).toEqual(['orders unresolved', 'lost absent']);
  });

  it('include a flapping sync whose alert is held open', () => {
    const firings = [1, 2, 3, 4].map((hours) => ago(hours * HOUR));
    const flapping = anAlert({ firings, healthySince: ago(10 * MINUTE) });
    const facts = { ...NO_FACTS, alerts: { 'sync:orders': flapping } };
    expect(rowsOf(aReport(listed([aDiagnosis(succeededAgo(2))]), facts))).toEqual(['orders unresolved']);
  });

  it('lack a healthy sync whose open alert the next check resolves', () => {
    const facts = { ...NO_FACTS, alerts: { 'sync:orders': anAlert() } };
    const report = aReport(listed([aDiagnosis(succeededAgo(2))]), facts);
    expect([report.unhealthy.length, report.tally.healthy, report.open]).toEqual([0, 1, 1]);
  });

  it('lack an ended and a pending alert that the listing lacks, and the alert about the listing', () => {
    const alerts = {
      'sync:gone': anEndedAlert({ how: 'unlisted' }),
      'sync:pending': anAlert({ state: 'pending' }),
      listing: anAlert({ problem: 'listing_failed', labels: null }),
    };
    const report = aReport(listed([aDiagnosis(succeededAgo(2))]), { ...NO_FACTS, alerts });
    expect([report.open, report.unhealthy]).toEqual([1, []]);
  });
});

it('a report counts every record of the listing once', () => {
  const { tally, unhealthy, healthy } = aReport();
  expect(tally).toMatchObject({
    healthy: 1,
    paused: 1,
    problems: { disabled: 1, failing: 2, stalled: 1, unreadable: 1 },
  });
  expect(unhealthy.length + healthy.reduce((sum, { count }) => sum + count, 0)).toBe(7);
});

it('a report counts the healthy syncs by connector, the largest first, with the range of their lag', () => {
  const healthySync = (id: string, connector: string, minutes: number) =>
    aDiagnosis({ id, connector_id: connector, ...succeededAgo(minutes) });
  const neverRan = {
    last_state: null,
    last_run_at: null,
    last_success_at: null,
    seconds_since_success: null,
    created_at: isoAgo(MINUTE),
  };
  const evaluation = listed([
    healthySync('a', 'mysql', 4),
    healthySync('b', 'postgres', 14),
    healthySync('c', 'postgres', 2),
    healthySync('d', 'postgres', 8),
    aDiagnosis({ id: 'e', connector_id: 's3', ...neverRan }),
  ]);
  expect(aReport(evaluation).healthy).toEqual([
    { connector: 'postgres', count: 3, lagSeconds: { least: 120, most: 840 } },
    { connector: 'mysql', count: 1, lagSeconds: { least: 240, most: 240 } },
    { connector: 's3', count: 1 },
  ]);
});
