import { onsetOf, type Population } from '../../../lambda/core/notify/population.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aFailingSync,
  ago,
  anAlert,
  anEndedAlert,
  anEvaluation,
  aPolicy,
  aSync,
  days,
  minutes,
} from '../a-sync.ts';
import { alertsOf, failing, idle, many, populationIn, succeeded } from './a-population.ts';

const namesOf = ({ candidates }: Population) => [...candidates.keys()].toSorted();
const memberIn = (sync: Sync, alerts = alertsOf([sync])) => {
  const [member] = populationIn([sync], { alerts }).members;
  if (member === undefined) throw new Error('the sync is left out');
  return member;
};

describe('the population', () => {
  it('leaves out paused and excluded syncs, and holds those that the platform disabled', () => {
    const policy = aPolicy({ exclude: [{ match: { id: 'x' }, reason: 'known' }] });
    const syncs = [
      idle('a'),
      aSync({ id: 'p', enabled: false, disabledReason: null }),
      aSync({ id: 'd', enabled: false, disabledReason: '10 failures' }),
      idle('x'),
    ];
    const { members } = populationIn(syncs, { policy });
    expect(members.map(({ fingerprint }) => fingerprint)).toEqual(['sync:a', 'sync:d']);
  });

  it('counts a sync without a connection as a connection of its own', () => {
    const syncs = [failing('a'), failing('b'), failing('c', { connectionRef: null })];
    expect(populationIn(syncs).connections).toBe(2);
  });
});

describe('the candidates', () => {
  it.each([
    [2, false],
    [3, true],
  ])('are what at least 3 open alerts share: %d: %p', (count, isCandidate) => {
    const away = { connectorId: 'hubspot', connectionRef: 'hub', kbUid: 'kb_crm' };
    const { candidates } = populationIn([...many(count, 's', failing), idle('w', away)]);
    expect(candidates.has('connection:8:postgres:pg-main')).toBe(isCandidate);
  });

  it('do not include a connector or a knowledge base that holds every sync', () => {
    const syncs = [
      ...many(3, 'a', failing),
      ...many(3, 'b', (id) => failing(id, { connectionRef: 'pg-other' })),
    ];
    expect(namesOf(populationIn(syncs))).toEqual([
      'connection:8:postgres:pg-main',
      'connection:8:postgres:pg-other',
      'organisation',
    ]);
  });

  it('do not include an organisation of one connection', () => {
    expect(namesOf(populationIn(many(5, 's', failing)))).toEqual(['connection:8:postgres:pg-main']);
  });

  it('include a connector that holds every sync but one', () => {
    const away = { connectorId: 'hubspot', connectionRef: 'hub', kbUid: 'kb_crm' };
    expect(namesOf(populationIn([...many(3, 's', failing), idle('w', away)]))).toContain(
      'connector:postgres',
    );
  });
});

describe('a member', () => {
  it('has its open alert', () => {
    expect(memberIn(failing('a'))).toMatchObject({ alert: { problem: 'failing' } });
  });

  it.each([
    ['is pending', anAlert({ state: 'pending' })],
    ['has ended', anEndedAlert()],
    ['is held open while it is healthy', anAlert({ healthySince: ago(60), flapping: 'often' })],
  ])('has no alert when that %s', (_, alert) => {
    const member = memberIn(failing('a'), { 'sync:a': alert });
    expect(member).not.toHaveProperty('alert');
    expect(member).not.toHaveProperty('onset');
  });

  it('has the time of its last success only when it is healthy without an open alert', () => {
    expect(memberIn(succeeded('a')).healthyRunAt).toBe(ago(minutes(1)));
    const held = anAlert({ healthySince: ago(60), flapping: 'often' });
    expect(memberIn(succeeded('a'), { 'sync:a': held })).not.toHaveProperty('healthyRunAt');
    expect(memberIn(failing('a'))).not.toHaveProperty('healthyRunAt');
    const young = aSync({
      id: 'a',
      lastSuccessAt: null,
      lastRunAt: null,
      lastState: null,
      createdAt: ago(60),
    });
    expect(memberIn(young)).not.toHaveProperty('healthyRunAt');
  });
});

describe('the onset of an alert', () => {
  const onset = (sync: Sync, since = ago(0), apiSkewSeconds = 0) => {
    const evaluation = anEvaluation([sync]);
    const diagnosis = evaluation.kind === 'listed' ? evaluation.diagnoses.get('sync:orders') : undefined;
    if (diagnosis === undefined) throw new Error('the sync is not listed');
    return onsetOf(anAlert({ since }), diagnosis, apiSkewSeconds);
  };

  it("is by the API's clock, and the alert's beginning by ours", () => {
    const unread = aSync({ lastSuccessAt: null, createdAt: null });
    expect(onset(unread, ago(60), -3600)).toBe(ago(3660));
  });

  const stalled = { lastState: 'completed', lastRunAt: ago(minutes(60)) } as const;

  it.each<[string, number, Sync]>([
    ['one interval after its last success', 45, aSync({ ...stalled, lastSuccessAt: ago(minutes(60)) })],
    [
      'one interval after its creation when it never succeeded',
      75,
      aSync({ lastState: null, lastRunAt: null, lastSuccessAt: null, createdAt: ago(minutes(90)) }),
    ],
    [
      'the last run of a failing sync when that is earlier',
      12,
      aFailingSync({ lastSuccessAt: ago(minutes(20)), lastRunAt: ago(minutes(12)) }),
    ],
    [
      'one interval after the last success of a failing sync when that is earlier',
      5,
      aFailingSync({ lastSuccessAt: ago(minutes(20)), lastRunAt: ago(minutes(2)) }),
    ],
  ])('is %s', (_, minutesAgo, sync) => {
    expect(onset(sync)).toBe(ago(minutes(minutesAgo)));
  });

  it('is never later than the beginning of the alert', () => {
    expect(onset(aFailingSync(), ago(days(1)))).toBe(ago(days(1)));
  });
});
