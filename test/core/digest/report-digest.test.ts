import type { Facts } from '../../../lambda/core/alert.ts';
import type { ListedEvaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import type { AlertDecision } from '../../../lambda/core/digest/decisions.ts';
import { reportDigest } from '../../../lambda/core/digest/report-digest.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
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
  {
    policy = POLICY,
    decisions = [],
  }: { readonly policy?: Policy; readonly decisions?: readonly AlertDecision[] } = {},
) {
  return reportDigest(aReport(evaluation, facts, policy), { evaluation, origin: ORIGIN, decisions });
}

describe('the sections of a report', () => {
  it('are how each connection is, what is wrong, what is not sent, what is left out, and what is healthy', () => {
    const sections = outline(digestOf(EVALUATION));
    expect(Object.entries(sections)).toEqual([
      ['Healthy by connection', ['`pg-main` 1/6 healthy']],
      [
        'Needs attention: 4',
        [
          'connection `pg-main`: *4 of 6 syncs unhealthy* (1 disabled, 2 failing, 1 stalled)',
          '`gave-up`, `late`, `failing`, `stalled`',
          '`gave-up`: *disabled by the platform; enable it once the cause is fixed*',
        ],
      ],
      ['Could not be judged: 1', ['`unreadable` *could not be read*']],
      ['Paused: 1', ['`paused`']],
      ['Healthy: 1', ['`postgres`: 1 sync, last success 2 m ago']],
    ]);
  });

  /** Healthy and failing syncs of one connection. */
  const connection = (name: string, healthy: number, failing: number, connector = 'postgres') => [
    ...Array.from({ length: healthy }, (_, index) =>
      aDiagnosis({
        id: `${connector}-${name}-h${index}`,
        connection_ref: name,
        connector_id: connector,
        ...succeededAgo(2),
      }),
    ),
    ...Array.from({ length: failing }, (_, index) =>
      aDiagnosis({ id: `${connector}-${name}-f${index}`, connection_ref: name, connector_id: connector }),
    ),
  ];
  const connectionsLine = (diagnoses: Parameters<typeof listed>[0]) =>
    outline(digestOf(listed(diagnoses)))['Healthy by connection'];

  it('begin with one line for all connections, the worst first', () => {
    expect(
      connectionsLine([
        ...connection('stripe', 4, 0),
        ...connection('shop-db', 11, 1),
        ...connection('billing-db', 0, 15),
        ...connection('crm', 11, 1),
      ]),
    ).toEqual(['`billing-db` 0/15 healthy · `crm` 11/12 · `shop-db` 11/12 · `stripe` 4/4']);
  });

  it('tell connections of one name apart by their connectors, and leave paused and excluded syncs out of the count', () => {
    const paused = aDiagnosis({ id: 'p', connection_ref: 'main', enabled: false, disabled_reason: null });
    expect(
      connectionsLine([...connection('main', 1, 0, 'mysql'), ...connection('main', 2, 0), paused]),
    ).toEqual(['`main (postgres)` 2/2 healthy · `main (mysql)` 1/1']);
  });

  it.each([
    [20, / · `c19` 1\/1$/],
    [21, / · and 1 more, all healthy$/],
    [60, / · and 40 more, all healthy$/],
  ])('name 20 connections at most, and count the others: %d', (count, end) => {
    const names = Array.from({ length: count }, (_, index) => `c${String(index).padStart(2, '0')}`);
    const [line] = connectionsLine(names.flatMap((name) => connection(name, 1, 0))) ?? [];
    expect(line).toMatch(end);
  });

  it('fold what is wrong by its cause, as alerts are folded, and list twelve lines of it at most', () => {
    const { 'Needs attention: 15': folded } = outline(
      digestOf(listed([...connection('billing-db', 0, 15), ...connection('shop-db', 15, 0)])),
    );
    expect(folded?.[0]).toBe('connection `billing-db`: *15 of 15 syncs failing*');
    expect(folded).toHaveLength(2);
    const alone = Array.from({ length: 40 }, (_, index) =>
      connection(`c${index}`, 3, index < 14 ? 1 : 0, `connector-${index}`),
    ).flat();
    const { 'Needs attention: 14': singles } = outline(digestOf(listed(alone)));
    expect(singles).toHaveLength(13);
    expect(singles?.at(-1)).toBe(`… and 2 more: \`${ORIGIN.moreHint}\` shows them`);
  });

  it('say what was not sent yet, and why', () => {
    const decision = (alert: string, reason: AlertDecision['reason'], notify = false) => ({
      alert,
      name: alert,
      notify,
      reason,
      text: '',
    });
    const decisions = [
      decision('a', 'held_by_group'),
      decision('b', 'held_by_group'),
      decision('c', 'route_backing_off'),
      decision('d', 'pending'),
      decision('e', 'new', true),
      decision('f', 'already_notified'),
      decision('g', 'reminder', true),
      decision('h', 'nothing_new'),
    ];
    expect(outline(digestOf(EVALUATION, NO_FACTS, { decisions }))['Not sent yet']).toEqual([
      '1 alert to be sent by the next check: `e`',
      '1 alert undelivered, since nothing is posted for a while after a post failed: `c`',
      '2 alerts held for the next notification of the shared cause: `a`, `b`',
      '1 alert pending, and sent if the problem lasts: `d`',
    ]);
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
    const { 'Excluded by the policy: 3': excluded } = outline(digestOf(evaluation, NO_FACTS, { policy }));
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
    const { 'Entries of the policy': entries } = outline(digestOf(evaluation, NO_FACTS, { policy }));
    expect(entries).toEqual([
      '`exclude.1` (`id a`) has ended: remove it',
      '`overrides.0` (`name tmp_* or old`) matches no sync: correct or remove it',
    ]);
  });

  it('name the owner of a sync', () => {
    const policy = policyOf({ overrides: [{ match: { id: 'a' }, owner: 'data-eng' }] });
    const [, section] = digestOf(listed([aDiagnosis({ id: 'a' }, {}, policy)]), NO_FACTS, {
      policy,
    }).sections;
    expect(section?.items.map(({ detail }) => lineText(detail))[0]).toMatch(/ · owner `data-eng`$/);
  });

  it('say of a sync without a schedule that it has none', () => {
    const evaluation = listed([aDiagnosis({ interval_secs: 0 })]);
    const [, section] = digestOf(evaluation).sections;
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
      'Healthy by connection': ['`pg-main` 0/1 healthy'],
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
