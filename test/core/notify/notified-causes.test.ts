import type { Facts } from '../../../lambda/core/alert.ts';
import type { MessageContent } from '../../../lambda/core/notify/notification.ts';
import { recordAccepted, recordInFlight } from '../../../lambda/core/notify/notification-log.ts';
import type { CoverReason } from '../../../lambda/core/notify/reason.ts';
import type { Severity } from '../../../lambda/core/problem.ts';
import type { Destination } from '../../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  aLastNotified,
  aLogEntry,
  anAlert,
  anEndedAlert,
  later,
  NOW,
} from '../a-sync.ts';
import { CAUSE_KEY, notifiedAgo } from './a-notified-cause.ts';

/** A message about these alerts under one cause, whose line is marked with this severity. */
function message(
  reason: CoverReason,
  ids: readonly string[],
  { severity = 'warning', key = CAUSE_KEY }: { readonly severity?: Severity; readonly key?: string } = {},
): MessageContent {
  const covers = ids.map((id) => ({
    fingerprint: `sync:${id}`,
    reason,
    listed: reason !== 'resolved',
    cause: { key, severity },
  }));
  return { covers, endsReminder: false };
}
const firings = (...ids: string[]) => message('new', ids);
const resolutions = (...ids: string[]) => message('resolved', ids);

const OPEN = { 'sync:a': anAlert(), 'sync:b': anAlert(), 'sync:c': anAlert() };
const FACTS = aFacts(OPEN);

const accepted = (destination: Destination, content: MessageContent, facts: Facts = FACTS, now = NOW) =>
  recordAccepted(destination, content, { facts, now });
const causeIn = ({ causes }: Destination) => causes?.[CAUSE_KEY];

describe('a cause on a destination', () => {
  it('is there once a message of it was accepted', () => {
    const content = firings('a', 'b', 'c');
    expect(accepted(recordInFlight(aDestination(), content), content).causes).toEqual({
      [CAUSE_KEY]: { began: NOW, at: NOW, times: 1, severity: 'warning' },
    });
  });

  it('is not there while its first message is in flight', () => {
    expect(recordInFlight(aDestination(), firings('a', 'b', 'c'))).not.toHaveProperty('causes');
  });

  it('counts its notifications, and keeps the time of the first', () => {
    const first = accepted(aDestination(), firings('a', 'b'));
    const second = accepted(first, firings('c'), FACTS, later(900));
    expect(causeIn(second)).toEqual({ began: NOW, at: later(900), times: 2, severity: 'warning' });
  });

  it('counts the messages of one check as one notification', () => {
    const first = accepted(aDestination(), firings('a', 'b'));
    const second = accepted(first, firings('c'));
    const third = accepted(second, firings('a'), FACTS, later(900));
    const fourth = accepted(third, firings('b'), FACTS, later(900));
    expect([second, third, fourth].map((destination) => causeIn(destination)?.times)).toEqual([1, 2, 2]);
  });

  it('is a warning until it was sent as critical, and stays critical from then on', () => {
    const first = accepted(aDestination(), firings('a', 'b'));
    const critical = message('escalated', ['c'], { severity: 'critical' });
    const second = accepted(first, critical, FACTS, later(900));
    const third = accepted(second, firings('a'), FACTS, later(1800));
    expect([first, second, third].map((destination) => causeIn(destination)?.severity)).toEqual([
      'warning',
      'critical',
      'critical',
    ]);
  });

  it('is not critical because a resolution stands under a critical line', () => {
    const destination = aDestination({ 'sync:a': aLogEntry() }, { causes: notifiedAgo(900) });
    const facts = aFacts({ ...OPEN, 'sync:b': anEndedAlert() });
    const sent = aLogEntry({ lastNotified: aLastNotified({ cause: CAUSE_KEY }) });
    const before = { ...destination, notificationLog: { 'sync:a': sent, 'sync:b': sent } };
    const after = accepted(before, message('resolved', ['b'], { severity: 'critical' }), facts);
    expect(causeIn(after)?.severity).toBe('warning');
  });

  it.each(['resolved', 'resolved_in_group'] as const)('has the time of its last resolution: %s', (reason) => {
    const first = accepted(aDestination(), firings('a', 'b'));
    expect(causeIn(first)).not.toHaveProperty('resolvedAt');
    const fewer = aFacts({ ...OPEN, 'sync:a': anEndedAlert() });
    const second = accepted(first, message(reason, ['a']), fewer, later(900));
    expect(causeIn(second)?.resolvedAt).toBe(later(900));
    const third = accepted(second, firings('c'), fewer, later(1800));
    expect(causeIn(third)?.resolvedAt).toBe(later(900));
  });

  it('is dropped with the resolution of its last alert', () => {
    const facts = aFacts({ 'sync:a': anEndedAlert() });
    const sent = aLogEntry({ lastNotified: aLastNotified({ cause: CAUSE_KEY }) });
    const destination = aDestination({ 'sync:a': sent }, { causes: notifiedAgo(60) });
    expect(accepted(destination, resolutions('a'), facts)).not.toHaveProperty('causes');
  });

  it('is dropped when its last open alert moves to another cause', () => {
    const sent = aLogEntry({ lastNotified: aLastNotified({ cause: CAUSE_KEY }) });
    const destination = aDestination({ 'sync:a': sent }, { causes: notifiedAgo(60) });
    const connector = 'connector:postgres';
    const content: MessageContent = {
      covers: [
        ...message('new', ['b'], { key: connector }).covers,
        ...message('moved', ['a'], { key: connector }).covers,
      ],
      endsReminder: false,
    };
    expect(Object.keys(accepted(destination, content).causes ?? {})).toEqual([connector]);
  });

  it.each(['reminder', 'moved', 'condition'] as const)(
    'is unchanged by a message that covers a %s',
    (reason) => {
      const sent = aLogEntry({ lastNotified: aLastNotified({ cause: CAUSE_KEY }) });
      const destination = aDestination({ 'sync:a': sent }, { causes: notifiedAgo(60) });
      expect(accepted(destination, message(reason, ['a'])).causes).toEqual(notifiedAgo(60));
    },
  );
});
