import type { Facts } from '../../../lambda/core/alert.ts';
import type { ListedEvaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { reportDigest } from '../../../lambda/core/digest/report-digest.ts';
import { slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { MINUTE } from '../../commands/a-world.ts';
import {
  aDiagnosis,
  ago,
  anAlert,
  isoAgo,
  labelsOf,
  lineText,
  listed,
  ORIGIN,
  outline,
  POLICY,
  policyOf,
  succeededAgo,
} from '../a-digest.ts';
import { aReport, EVALUATION, NO_FACTS } from './a-report.ts';

function digestOf(
  evaluation: ListedEvaluation,
  facts: Facts = NO_FACTS,
  policy: Parameters<typeof aReport>[2] = POLICY,
) {
  return reportDigest(aReport(evaluation, facts, policy), { evaluation, origin: ORIGIN });
}

describe('the sections of a report', () => {
  it('are one for each status, in the order of the worst sync of each, then the healthy syncs', () => {
    const sections = outline(digestOf(EVALUATION));
    expect(sections).toEqual({
      'Disabled: 1': ['`gave-up` *is disabled*'],
      'Failing: 2': ['`late` *is failing*', '`failing` *is failing*'],
      'Stalled: 1': ['`stalled` *has stalled*'],
      'Could not be judged: 1': ['`unreadable` *could not be read*'],
      'Paused: 1': ['`paused` *is paused*'],
      'Healthy: 1': ['`postgres`: 1 sync, last success 2 m ago'],
    });
    expect(Object.keys(sections)[0]).toBe('Disabled: 1');
  });

  it('list the healthy syncs by connector, with the range of their lag', () => {
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
    expect(outline(digestOf(evaluation))['Healthy: 5']).toEqual([
      '`postgres`: 3 syncs, last success 2 m to 14 m ago',
      '`mysql`: 1 sync, last success 4 m ago',
      '`s3`: 1 sync, no run due yet',
    ]);
  });

  it('list healthy syncs without a connector, and sort connectors of one size by name', () => {
    const healthySync = (id: string, connector: unknown) =>
      aDiagnosis({ id, connector_id: connector, ...succeededAgo(2) });
    const evaluation = listed([healthySync('a', 'mysql'), healthySync('b', {}), healthySync('c', 'dbt')]);
    expect(outline(digestOf(evaluation))['Healthy: 3']).toEqual([
      'without a connector: 1 sync, last success 2 m ago',
      '`dbt`: 1 sync, last success 2 m ago',
      '`mysql`: 1 sync, last success 2 m ago',
    ]);
  });

  it('count the syncs that the policy excludes', () => {
    const exclude = [{ match: { id: ['a', 'b'] }, reason: 'known', until: '2026-12-01' }];
    const overrides = [{ match: { id: 'c' }, exclude: { reason: 'not in use' } }];
    const policy = policyOf({ exclude, overrides });
    const evaluation = listed(['a', 'b', 'c', 'd'].map((id) => aDiagnosis({ id }, {}, policy)));
    const { 'Excluded by the policy: 3': excluded } = outline(digestOf(evaluation, NO_FACTS, policy));
    expect(excluded).toEqual([
      '2 syncs by `exclude.0`: `known`, until 00:00',
      '1 sync by `overrides.0`: `not in use`',
    ]);
  });

  it('name the entries of the policy that match no sync or have ended', () => {
    const exclude = [
      { match: { id: 'a' }, reason: 'known' },
      { match: { id: 'a' }, reason: 'known', until: '2026-11-24T09:00:00Z' },
    ];
    const overrides = [{ match: { name: ['tmp_*', 'old'] }, grace: '1h' }];
    const policy = policyOf({ exclude, overrides });
    const evaluation = listed([aDiagnosis({ id: 'a' }, {}, policy)]);
    const { 'Entries of the policy': entries } = outline(digestOf(evaluation, NO_FACTS, policy));
    expect(entries).toEqual([
      '`exclude.1` (`id a`) has ended: remove it',
      '`overrides.0` (`name tmp_* or old`) matches no sync: correct or remove it',
    ]);
  });

  it('name the owner of a sync', () => {
    const policy = policyOf({ overrides: [{ match: { id: 'a' }, owner: 'data-eng' }] });
    const [section] = digestOf(listed([aDiagnosis({ id: 'a' }, {}, policy)]), NO_FACTS, policy).sections;
    expect(section?.items.map(({ detail }) => lineText(detail))[0]).toMatch(/ · owner `data-eng`$/);
  });

  it('say of a sync without a schedule that it has none', () => {
    const evaluation = listed([aDiagnosis({ interval_secs: 0 })]);
    const [section] = digestOf(evaluation).sections;
    expect(section?.items.map(({ detail }) => lineText(detail).split(' · ')[0])).toEqual([
      'last success 20 m ago, no schedule',
    ]);
  });

  it('count the records without an id', () => {
    const evaluation = listed([aDiagnosis(succeededAgo(2))], { withoutId: 2 });
    expect(outline(digestOf(evaluation))['Could not be judged: 1']).toEqual([
      '*2 records* *could not be read*',
    ]);
  });

  it('list open alerts that are not proven over, and those that the listing lacks', () => {
    const inconclusive = aDiagnosis(
      { last_state: null },
      { problems: ['failing'], history: { failing: { lastSuccessAt: ago(20 * MINUTE) } } },
    );
    const alerts = {
      'sync:orders': anAlert({ problems: ['failing'] }),
      'sync:lost': anAlert({ labels: labelsOf('lost') }),
    };
    expect(outline(digestOf(listed([inconclusive]), { ...NO_FACTS, alerts }))).toEqual({
      'Open, and not proven to have recovered: 1': ['`orders` *is failing*'],
      'Open, and not in the listing: 1': ['`lost` *is failing*'],
    });
  });
});

describe('the headline of a report', () => {
  const paused = { ...succeededAgo(2), enabled: false, disabled_reason: null };
  it.each([
    ['5 syncs need attention (2 critical), 1 paused and 1 healthy', EVALUATION],
    ['no sync needs attention and 1 healthy', listed([aDiagnosis(succeededAgo(2))])],
    ['1 sync needs attention and 0 healthy', listed([aDiagnosis()])],
    [
      '1 sync needs attention (1 critical) and 0 healthy',
      listed([aDiagnosis({ enabled: false, disabled_reason: '10 failures' })]),
    ],
    ['no sync needs attention, 1 paused and 0 healthy', listed([aDiagnosis(paused)])],
  ])('counts who needs attention: %s', (headline, evaluation) => {
    expect(digestOf(evaluation).headline).toBe(`Report: ${headline}`);
  });
});

it('the last line of a report counts the listed syncs and the open alerts, with origin and time', () => {
  expect(lineText(digestOf(EVALUATION).context)).toBe(
    'Report on demand · 7 syncs listed · 0 open · `acme` (`prod`) · 09:00',
  );
});

it('a report covers no alert, so that posting it records nothing', () => {
  const messages = slackMessages(digestOf(EVALUATION));
  expect(messages.flatMap(({ covers }) => covers)).toEqual([]);
});
