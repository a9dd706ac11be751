import type { Alert } from '../../../lambda/core/alert.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import { track } from '../../../lambda/core/track/track.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anUnavailableEvaluation,
  aSync,
  defaultPolicy,
  hours,
  later,
  minutes,
} from '../a-sync.ts';
import {
  aSlowSync,
  aStalledSync,
  ORDERS,
  stateAfter,
  stateOf,
  statesOf,
  trackAll,
  trackOnce,
} from './track-evaluations.ts';

test('an alert about something unknown, written by a later version, stays as it is', () => {
  const facts = { ...aFacts(), alerts: { 'destination:default': anAlert() } };
  expect(trackOnce([aSync()], { facts }).alerts).toEqual(facts.alerts);
  expect(trackOnce('failed', { facts }).alerts).toMatchObject(facts.alerts);
});

test('one unreadable record is an alert without a last success, and the other syncs are judged', () => {
  const unreadable = aSync({ id: 'a', enabled: null, faults: ['enabled'] });
  const facts = trackOnce([unreadable, aSlowSync({ id: 'b' }), aFailingSync({ id: 'c' })]);
  expect(statesOf(facts)).toEqual({ 'sync:a': 'firing', 'sync:c': 'firing' });
  // The dates of an unreadable record may be wrong: no newer success is measured against them.
  const alert = { problem: 'unreadable', severity: 'warning', lastSuccessAt: null };
  expect(facts.alerts['sync:a']).toMatchObject(alert);
});

describe('a repeated id has one alert, by its worst record, in either order', () => {
  const failing = aFailingSync();
  const critical = aFailingSync({ lastSuccessAt: ago(20_000) });
  const healthy = aSync();
  const unreadable = aSync({ enabled: null, faults: ['enabled'] });
  const others = [aSlowSync({ id: 'users' }), aSlowSync({ id: 'items' })];

  test.each<[string, readonly Sync[], Partial<Alert> | undefined]>([
    ['healthy and failing', [healthy, failing], { problem: 'failing' }],
    ['failing and critical', [failing, critical], { severity: 'critical' }],
    ['healthy and healthy', [healthy, healthy], undefined],
    ['healthy and unreadable', [healthy, unreadable], { problem: 'unreadable' }],
  ])('%s', (_, syncs, alert) => {
    for (const listed of [syncs, syncs.toReversed()]) {
      const { alerts } = trackOnce([...listed, ...others]);
      if (alert === undefined) expect(alerts).toEqual({});
      else expect(alerts[ORDERS]).toMatchObject(alert);
    }
  });

  test('and the same facts when both are equally bad', () => {
    const twice = [
      aFailingSync({ lastSuccessAt: ago(1000), name: 'one' }),
      aFailingSync({ lastSuccessAt: ago(1100), name: 'two' }),
    ];
    const [forwards, backwards] = [twice, twice.toReversed()].map((syncs) =>
      trackOnce([...syncs, ...others]),
    );
    expect(forwards).toEqual(backwards);
  });
});

describe('through several evaluations', () => {
  test('a disabled sync that is enabled with its old failure resolves with a success', () => {
    const old = { lastRunAt: ago(minutes(10)), lastSuccessAt: ago(minutes(30)) };
    const disabled = aSync({ ...old, enabled: false, disabledReason: '10 failures', lastState: 'failed' });
    const enabled = aSync({ ...old, lastState: 'failed' });
    const firing = trackAll([[0, [disabled]]]);
    expect(firing.alerts[ORDERS]).toMatchObject({
      state: 'firing',
      problem: 'disabled',
      severity: 'critical',
    });
    const enabledAgain = trackAll([[300, [enabled]]], { facts: firing });
    expect(enabledAgain.histories[ORDERS]).toMatchObject({ enabledSince: later(300) });
    const healthy = aSync({ lastRunAt: later(500), lastSuccessAt: later(500), secondsSinceSuccess: 100 });
    const resolved = trackAll([[600, [healthy]]], { facts: enabledAgain });
    expect(resolved.alerts[ORDERS]).toMatchObject({ state: 'ended', resolution: { how: 'resolved' } });
    expect(resolved.histories).toEqual({});
  });

  test('a failing sync that a person stopped resolves only with a newer success', () => {
    const stopped = aFailingSync({ lastState: 'stopped' });
    const facts = trackAll([
      [0, [aFailingSync()]],
      [300, [stopped]],
    ]);
    expect(stateOf(facts)).toBe('firing');
    const succeeded = aSync({ lastState: 'stopped', lastSuccessAt: later(500), secondsSinceSuccess: 100 });
    expect(stateAfter([[600, [succeeded]]], { facts })).toBe('resolved by success');
  });

  test('a stalled alert whose sync was failing before does not resolve by another interval', () => {
    const failing = aFailingSync({ lastSuccessAt: ago(1000) });
    const stopped = { lastState: 'stopped', lastSuccessAt: ago(1000) };
    const facts = trackAll([
      [0, [failing]],
      [1500, [aSync(stopped)]],
    ]);
    expect(facts.alerts[ORDERS]?.problems).toEqual(expect.arrayContaining(['failing', 'stalled']));
    const slower = aSync({ ...stopped, intervalSeconds: hours(6) });
    expect(stateAfter([[1800, [slower]]], { facts })).toBe('firing');
  });

  test('a new stalled alert has to disprove a failure that the history still holds', () => {
    const histories = { [ORDERS]: { failing: { lastSuccessAt: ago(2400) } } };
    const stopped = aStalledSync({ lastState: 'stopped' });
    const { alerts } = trackOnce([stopped], { facts: aFacts({}, { histories }) });
    expect(alerts[ORDERS]?.problems).toEqual(['stalled', 'failing']);
  });

  test('the facts stay the same when nothing changes', () => {
    const listed = [aFailingSync(), aSlowSync({ id: 'x' })];
    const facts = trackAll([[0, listed]]);
    expect(trackAll([[300, listed]], { facts })).toEqual(facts);
  });

  test('an alert stays the same when the listing fails', () => {
    const facts = trackAll([[0, [aFailingSync(), aSlowSync({ id: 'x' })]]]);
    const options = { policy: defaultPolicy, initialRun: false };
    expect(track(facts, anUnavailableEvaluation(), options).alerts[ORDERS]).toEqual(facts.alerts[ORDERS]);
  });
});
