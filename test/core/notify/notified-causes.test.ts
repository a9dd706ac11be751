import type { Facts } from '../../../lambda/core/alert.ts';
import type { MessageContent } from '../../../lambda/core/notify/notification.ts';
import { recordAccepted, recordInFlight } from '../../../lambda/core/notify/notification-log.ts';
import type { NotifyReason } from '../../../lambda/core/notify/reason.ts';
import type { Route } from '../../../lambda/core/state.ts';
import { aFacts, aLastNotified, aLogEntry, anAlert, anEndedAlert, aRoute, later, NOW } from '../a-sync.ts';
import { CAUSE_KEY, CRITICAL, notifiedAgo } from './a-notified-cause.ts';

function message(reason: NotifyReason, ids: readonly string[]): MessageContent {
  const covers = ids.map((id) => ({
    fingerprint: `sync:${id}`,
    reason,
    listed: reason !== 'resolved',
    cause: CAUSE_KEY,
  }));
  return { covers, coversShrinkage: false, endsReminder: false };
}
const firings = (...ids: string[]) => message('new', ids);
const resolutions = (...ids: string[]) => message('resolved', ids);

const OPEN = { 'sync:a': anAlert(), 'sync:b': anAlert(), 'sync:c': anAlert(CRITICAL) };
const FACTS = aFacts(OPEN);

const accepted = (route: Route, content: MessageContent, facts: Facts = FACTS, now = NOW) =>
  recordAccepted(route, content, { facts, now });

describe('a cause on a route', () => {
  it('has its members and the worst severity once a message of it was accepted', () => {
    const content = firings('a', 'b', 'c');
    expect(accepted(recordInFlight(aRoute(), content), content).causes).toEqual({
      [CAUSE_KEY]: {
        at: NOW,
        inARow: { brought: 'firings', times: 1 },
        severity: 'critical',
        members: ['sync:a', 'sync:b', 'sync:c'],
      },
    });
  });

  it('is not there while its first message is in flight', () => {
    expect(recordInFlight(aRoute(), firings('a', 'b', 'c'))).not.toHaveProperty('causes');
  });

  it('counts the notifications in a row that brought the same, and begins anew with the other', () => {
    const first = accepted(aRoute(), firings('a', 'b'));
    const second = accepted(first, firings('c'), FACTS, later(900));
    expect(second.causes?.[CAUSE_KEY]).toMatchObject({
      at: later(900),
      inARow: { brought: 'firings', times: 2 },
    });
    const fewer = aFacts({ ...OPEN, 'sync:a': anEndedAlert() });
    const third = accepted(second, resolutions('a'), fewer, later(1800));
    expect(third.causes?.[CAUSE_KEY]?.inARow).toEqual({ brought: 'resolutions', times: 1 });
    expect(third.causes?.[CAUSE_KEY]?.members).toHaveLength(3);
  });

  it('counts two messages of one check as one notification', () => {
    const first = accepted(aRoute(), firings('a', 'b'));
    const second = accepted(first, firings('c'));
    expect(second.causes?.[CAUSE_KEY]?.inARow.times).toBe(1);
    const third = accepted(second, firings('a'), FACTS, later(900));
    const fourth = accepted(third, firings('b'), FACTS, later(900));
    expect([third, fourth].map(({ causes }) => causes?.[CAUSE_KEY]?.inARow.times)).toEqual([2, 2]);
  });

  it.each<[string, 'firings' | 'resolutions', MessageContent[], number]>([
    ['resolutions, then firings, after resolutions', 'resolutions', [resolutions('a'), firings('b')], 1],
    ['firings, then resolutions, after firings', 'firings', [firings('b'), resolutions('a')], 4],
  ])('counts a check that brought both as firings: %s', (_what, brought, messages, times) => {
    const before = aRoute({}, { causes: notifiedAgo(900, { inARow: { brought, times: 3 } }) });
    const facts = aFacts({ ...OPEN, 'sync:a': anEndedAlert() });
    const after = messages.reduce((route, content) => accepted(route, content, facts), before);
    expect(after.causes?.[CAUSE_KEY]?.inARow).toEqual({ brought: 'firings', times });
  });

  it('is a warning until a critical alert of it was sent, and stays critical from then on', () => {
    const first = accepted(aRoute(), firings('a', 'b'));
    expect(first.causes?.[CAUSE_KEY]?.severity).toBe('warning');
    const second = accepted(first, firings('c'), FACTS, later(900));
    const third = accepted(second, firings('a'), FACTS, later(1800));
    expect([second, third].map(({ causes }) => causes?.[CAUSE_KEY]?.severity)).toEqual([
      'critical',
      'critical',
    ]);
  });

  it('loses the members that are no longer listed, so that none is said to have recovered', () => {
    const unlisted = anEndedAlert({ resolution: { how: 'unlisted', at: NOW } });
    const first = accepted(aRoute(), firings('a', 'b', 'c'));
    const facts = aFacts({ ...OPEN, 'sync:a': unlisted, 'sync:b': anEndedAlert() });
    const second = accepted(first, resolutions('a', 'b'), facts, later(900));
    expect(second.causes?.[CAUSE_KEY]?.members).toEqual(['sync:b', 'sync:c']);
  });

  it('is dropped with the resolution of its last alert', () => {
    const facts = aFacts({ 'sync:a': anEndedAlert() });
    const sent = aLogEntry({ lastNotified: aLastNotified({ severity: 'critical' }) });
    const route = aRoute({ 'sync:a': sent }, { causes: notifiedAgo(60) });
    expect(accepted(route, resolutions('a'), facts)).not.toHaveProperty('causes');
  });

  it('is unchanged by a reminder', () => {
    const route = aRoute({ 'sync:a': aLogEntry() }, { causes: notifiedAgo(60) });
    expect(accepted(route, message('reminder', ['a'])).causes).toEqual(notifiedAgo(60));
  });
});
