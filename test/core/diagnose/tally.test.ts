import { changes, tally, undelivered, unhealthyCount } from '../../../lambda/core/diagnose/tally.ts';
import { NOTHING_REMEMBERED } from '../../../lambda/core/state.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  aLook,
  anAlert,
  aPolicy,
  aRoute,
  aSync,
  aTelling,
  BLINDNESS,
  defaultPolicy,
  hours,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';

const NONE = { unreadable: 0, disabled: 0, failing: 0, never_succeeded: 0, stalled: 0 };
const succeeded = (secondsAgo: number) => ({ lastSuccessAt: ago(secondsAgo), lastRunAt: ago(secondsAgo) });

describe('what a check saw', () => {
  it('accounts for every record', () => {
    const unresolved = { ...succeeded(minutes(20)), id: 'u', lastState: 'stopped' };
    const facts = aFacts(
      { 'sync:u': anAlert() },
      { marks: { 'sync:u': { failing: { lastSuccessAt: ago(minutes(20)) } } } },
    );
    const evaluation = aLook(
      [
        aSync({ id: 'a' }),
        aSync({ id: 'b', name: null, faults: ['name'] }),
        aSync(unresolved),
        aFailingSync({ id: 'c' }),
        aFailingSync({ id: 'c' }),
        aSync({ id: 'd', enabled: false, disabledReason: null }),
        aFailingSync({ id: 'sandbox' }),
        aSync({ id: null, faults: ['id'] }),
      ],
      { facts },
    );
    const policy = aPolicy({ exclude: [{ match: { id: 'sandbox' }, reason: 'a sandbox' }] });
    expect(tally(evaluation, policy)).toEqual({
      listed: 8,
      healthy: 2,
      inconclusive: 1,
      problems: { ...NONE, failing: 1, disabled: 1 },
      excluded: 1,
      withoutId: 1,
      repeated: 1,
      unknownFields: { name: 1 },
      worstLagIntervals: 1.33,
    });
  });

  it('is nothing at a blind check, and why', () => {
    expect(tally({ kind: 'unavailable', failure: BLINDNESS, recordCount: 7 }, defaultPolicy)).toEqual({
      listed: 7,
      healthy: 0,
      inconclusive: 0,
      problems: NONE,
      excluded: 0,
      withoutId: 0,
      repeated: 0,
      unknownFields: {},
      blind: BLINDNESS,
    });
  });

  it.each<[string, readonly Parameters<typeof aSync>[0][], number | undefined]>([
    ['is that of the latest', [succeeded(450), succeeded(5000), succeeded(900)], 5.56],
    ['is in intervals of its own', [succeeded(450), { intervalSeconds: hours(1), ...succeeded(1800) }], 0.5],
    [
      'is not that of one that a person paused',
      [succeeded(450), { enabled: false, disabledReason: null, ...succeeded(hours(9)) }],
      0.5,
    ],
    [
      'is that of one that the platform disabled',
      [succeeded(450), { enabled: false, disabledReason: '10 failures', ...succeeded(1800) }],
      2,
    ],
    ['is none where nothing is listed', [], undefined],
    [
      'is none where no lag could be read',
      [{ enabled: false, disabledReason: 'x', lastSuccessAt: null, createdAt: null }],
      undefined,
    ],
  ])('the worst lag %s', (_, syncs, worst) => {
    const listed = syncs.map((overrides, index) => aSync({ id: `s${index}`, ...overrides }));
    expect(tally(aLook(listed), defaultPolicy).worstLagIntervals).toBe(worst);
  });

  it('has in trouble whatever has a problem', () => {
    const problems = { unreadable: 1, disabled: 2, failing: 4, never_succeeded: 8, stalled: 16 };
    expect(unhealthyCount({ ...tally(aLook([]), defaultPolicy), problems })).toBe(31);
  });
});

it('tells of each alert by its name, what is wrong, how bad, and why', () => {
  const one = { fingerprint: 'sync:a', alert: anAlert(), logEntry: {}, reason: 'new' } as const;
  const labels = { ...LABELS, name: null, source: null };
  const alert = anAlert({ problem: 'stalled', severity: 'critical', labels });
  const other = { fingerprint: 'sync:b', alert, logEntry: aTelling() };
  expect(changes({ notifications: [one], reminder: [other] })).toEqual([
    { alert: 'sync:a', name: 'orders', problem: 'failing', severity: 'warning', reason: 'new' },
    { alert: 'sync:b', name: null, problem: 'stalled', severity: 'critical', reason: 'reminder' },
  ]);
});

describe('what is still due', () => {
  it('is counted over all routes, with the oldest of it', () => {
    const routes = {
      default: aRoute({ 'sync:a': { undeliveredSince: NOW }, 'sync:b': aTelling() }),
      other: aRoute({ 'sync:a': { undeliveredSince: ago(60) }, 'sync:c': { undeliveredSince: ago(30) } }),
    };
    expect(undelivered({ ...NOTHING_REMEMBERED, routes })).toEqual({ count: 3, since: ago(60) });
  });

  it('is nothing, where all is told', () => {
    const routes = { default: aRoute({ 'sync:b': aTelling() }) };
    expect(undelivered({ ...NOTHING_REMEMBERED, routes })).toEqual({ count: 0 });
  });
});
