import type { Alert } from '../../../lambda/core/alert.ts';
import type { Diagnosis } from '../../../lambda/core/diagnose/diagnose.ts';
import type { Notification } from '../../../lambda/core/notify/notification.ts';
import type { Severity } from '../../../lambda/core/problem.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aDiagnosis,
  aDigest,
  ago,
  aLastNotified,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  isoAgo,
  itemOf,
  itemText,
  LISTING_ALERT,
  labelsOf,
  listed,
  many,
  NOW,
  named,
  onlyItem,
  succeededAgo,
  UNAVAILABLE,
} from '../a-digest.ts';

const FOUR_FIRINGS = [4, 3, 2, 1].map((hours) => ago(hours * HOUR));

/** The line of a reminder about an alert, while the listing holds these. */
function reminderOf(alert: Alert, diagnoses: readonly Diagnosis[], fingerprint = 'sync:orders') {
  const reminder = [aReminder(fingerprint, alert)];
  return itemText(onlyItem(aDigest({ reminder }, { evaluation: listed(diagnoses) })));
}

describe('the line of an open alert', () => {
  it('has the name, the evidence, how long the alert is open, and last the destination', () => {
    const item = onlyItem(aDigest({ notifications: [aNotification('new')] }));
    expect(item.level).toBe('warning');
    expect(itemText(item)).toEqual({
      title: '`orders` *is failing*',
      detail: [
        'last success 20 m ago, runs every 15 m',
        'last run 5 m ago',
        'open for 1 h',
        '`orders` → `kb_sales / orders`',
      ],
    });
  });

  it('says nothing of how long it is open when it opened now', () => {
    const { detail } = itemOf(aNotification('new', 'sync:orders', anAlert({ since: NOW })));
    expect(detail.join()).not.toContain('open for');
  });

  it.each([
    ['its name', labelsOf('orders'), '`orders`'],
    ['its source when it has no name', labelsOf(null), '`public.orders`'],
    ['its source when its name is empty', labelsOf(''), '`public.orders`'],
    ['its source when its name is blank', labelsOf('  '), '`public.orders`'],
    ['its id when it has neither', labelsOf(null, { source: null }), '`s-1`'],
  ])('calls the sync by %s', (_what, labels, name) =>
    expect(itemOf(aNotification('new', 'sync:s-1', anAlert({ labels }))).title).toBe(`${name} *is failing*`),
  );

  it.each([
    [{}, '`s-1` → `kb_sales / orders`'],
    [{ kbUid: null }, '`s-1` → `orders`'],
    [{ destTable: null }, '`s-1` → `kb_sales`'],
    [{ kbUid: null, destTable: null }, '`s-1`'],
  ])('ends with the id and the known parts of the destination: %j', (overrides, destination) => {
    const alert = anAlert({ labels: labelsOf('orders', overrides) });
    expect(itemOf(aNotification('new', 'sync:s-1', alert)).detail.at(-1)).toBe(destination);
  });

  it('has the severity of the alert for its level', () => {
    for (const severity of ['warning', 'critical'] as const) {
      const notifications = [named('new', 'orders', { severity })];
      expect(onlyItem(aDigest({ notifications })).level).toBe(severity);
    }
  });

  it('says that a flapping sync is healthy for now, and no longer that it is failing', () => {
    const alert = anAlert({ firings: FOUR_FIRINGS, healthySince: ago(30 * MINUTE) });
    const { title, detail } = reminderOf(alert, [aDiagnosis(succeededAgo(2))]);
    expect(title).toBe('`orders` *is healthy for now, but it flaps*');
    expect(detail).toContain('healthy for 30 m, held open because it flaps');
  });

  it('does not call a flapping sync healthy that the listing lacks', () => {
    expect(reminderOf(anAlert({ healthySince: ago(30 * MINUTE) }), [])).toEqual({
      title: '`orders` *is failing*',
      detail: ['not in the last listing', 'open for 1 h', '`orders` → `kb_sales / orders`'],
    });
  });

  it('does not call a flapping sync healthy whose verdict is inconclusive', () => {
    const running = aDiagnosis(
      {
        last_state: 'running',
        last_run_at: isoAgo(MINUTE),
        last_success_at: isoAgo(16 * MINUTE),
        seconds_since_success: 960,
      },
      { problems: ['failing'], history: { failing: { lastSuccessAt: ago(16 * MINUTE) } } },
    );
    expect(running.verdict.kind).toBe('inconclusive');
    const alert = anAlert({ firings: FOUR_FIRINGS, healthySince: ago(30 * MINUTE) });
    const { detail } = reminderOf(alert, [running]);
    expect(detail).toContain('nothing proves yet that it recovered');
    expect(detail.join()).not.toContain('healthy for');
  });

  it('says that the last listing lacks the sync', () => {
    expect(reminderOf(anAlert({ absent: true }), []).detail).toEqual([
      'not in the last listing',
      'open for 1 h',
      '`orders` → `kb_sales / orders`',
    ]);
  });

  it.each(['new', 'escalated', 'changed'] as const)(
    'has no evidence while the listing fails: %s',
    (reason) => {
      const alert = anAlert({ problem: 'stalled', critical: { from: ago(MINUTE) }, severity: 'critical' });
      const one = aNotification(reason, 'sync:orders', alert);
      expect(itemOf(one, { evaluation: UNAVAILABLE }).detail).toEqual([
        'as last listed',
        'open for 1 h',
        '`orders` → `kb_sales / orders`',
      ]);
    },
  );
});

describe('the line of a flapping alert', () => {
  const firedTimes = (times: number, labels: Alert['labels'] = labelsOf('orders')) =>
    anAlert({ labels, since: NOW, firings: many(times, (_, index) => ago((times - 1 - index) * HOUR)) });
  const titleOf = (alert: Alert) => itemOf(aNotification('new', 'sync:orders', alert)).title;

  it('has no count at its third firing', () => {
    expect(titleOf(firedTimes(3))).toBe('`orders` *is failing*');
  });

  it.each([
    [4, '`orders` *is failing*, 4th time in 24 h'],
    [11, '`orders` *is failing*, 11th time in 24 h'],
    [22, '`orders` *is failing*, 22nd time in 24 h'],
  ])('counts the firings in 24 h from the fourth on: %d', (times, title) =>
    expect(titleOf(firedTimes(times))).toBe(title),
  );

  it('counts over eight intervals for a daily sync', () => {
    const daily = labelsOf('orders', { intervalSeconds: 86_400 });
    expect(titleOf(firedTimes(4, daily))).toBe('`orders` *is failing*, 4th time in 8 d');
  });

  it('counts over 24 h for a sync that runs every three hours: eight intervals', () => {
    const labels = labelsOf('orders', { intervalSeconds: 3 * 3600 });
    expect(titleOf(firedTimes(4, labels))).toBe('`orders` *is failing*, 4th time in 24 h');
  });
});

describe('an alert that was critical before its first notification', () => {
  const critical = { from: ago(50 * MINUTE), to: ago(20 * MINUTE) };

  it('says from when to when in its first notification', () => {
    expect(itemOf(named('new', 'orders', { critical })).title).toContain('was critical from 08:10 to 08:40');
  });

  it('says so too when it was critical from its first moment on', () => {
    expect(itemOf(named('new', 'orders', { critical, since: critical.from })).title).toContain(
      'was critical from 08:10',
    );
  });

  it('says so too when it resolved before delivery', () => {
    const alert = anEndedAlert(undefined, { critical });
    expect(itemOf(aNotification('resolved_undelivered', 'sync:orders', alert)).detail).toContain(
      'critical from 08:10 to 08:40',
    );
  });

  it('says nothing of it when only its problem changed', () => {
    expect(itemOf(named('changed', 'orders', { critical })).title).not.toContain('critical');
  });

  it('says nothing of a critical stretch of an earlier firing', () => {
    const one = named('new', 'orders', { critical, since: ago(10 * MINUTE) });
    expect(itemOf(one).title).not.toContain('critical');
  });
});

describe('the line of an escalated alert', () => {
  const escalated = (critical: NonNullable<Alert['critical']>, severity: Severity = 'critical') =>
    itemOf(aNotification('escalated', 'sync:orders', anAlert({ severity, critical }))).title;

  it('says that the alert is critical now', () =>
    expect(escalated({ from: ago(MINUTE) })).toBe('`orders` *is failing*, *critical now*'));

  it('says from when to when the alert was critical, once it no longer is', () =>
    expect(escalated({ from: ago(30 * MINUTE), to: ago(10 * MINUTE) }, 'warning')).toBe(
      '`orders` *is failing*, was critical from 08:30 to 08:50',
    ));
});

describe('the line of a changed alert', () => {
  it.each([
    ['failing', 'disabled', '`orders` *is disabled now, it was failing*'],
    ['disabled', 'failing', '`orders` *is failing now, it was disabled*'],
    ['failing', 'stalled', '`orders` *has stalled now, it was failing*'],
    ['stalled', 'failing', '`orders` *is failing now, it was stalled*'],
    ['unreadable', 'failing', '`orders` *is failing now, it could not be read*'],
  ] as const)('names the problem that was sent and the one of now: %s, %s', (before, problem, title) => {
    const alert = anAlert({ problem, problems: [before, problem] });
    const one: Notification = {
      ...aNotification('changed', 'sync:orders', alert),
      logEntry: { lastNotified: aLastNotified({ problems: [before] }) },
    };
    expect(itemOf(one).title).toBe(title);
  });

  it('says "paused" when a person disabled the sync', () => {
    const alert = anAlert({ problem: 'disabled', paused: true });
    expect(itemOf(aNotification('changed', 'sync:orders', alert)).title).toBe(
      '`orders` *is paused now, it was failing*',
    );
  });
});

describe('the line about a failed listing', () => {
  it('has the request, the response, how long it has failed, and what became of the alerts', () => {
    expect(itemOf(aNotification('new', 'listing', LISTING_ALERT), { evaluation: UNAVAILABLE })).toEqual({
      title: '*The syncs* *cannot be listed*',
      detail: [
        'requested `GET https://api.timbal.ai/orgs/acme/connectors/syncs`, received `503 Service Unavailable, 4 attempts`',
        'open for 20 m',
        'open alerts stay as they were',
      ],
    });
  });

  const flapping = { ...LISTING_ALERT, firings: FOUR_FIRINGS, healthySince: ago(10 * MINUTE) };

  it('says that the syncs can be listed for now while its flapping alert is held open', () => {
    expect(reminderOf(flapping, [aDiagnosis()], 'listing')).toEqual({
      title: '*The syncs* *can be listed for now, but that fails intermittently*',
      detail: ['healthy for 10 m, held open because it flaps', 'open for 20 m'],
    });
  });

  it('does not say that the alerts stay as they were once the syncs are listed', () => {
    expect(reminderOf(flapping, [aDiagnosis()], 'listing').detail).not.toContain(
      'open alerts stay as they were',
    );
  });
});

describe('the line about records without a usable id', () => {
  const records = aNotification('new', 'records', anAlert({ problem: 'unreadable', labels: null }));

  it.each([
    [1, '*1 record* *could not be read*'],
    [12, '*12 records* *could not be read*'],
  ])('counts them: %d', (withoutId, title) =>
    expect(itemOf(records, { evaluation: listed([aDiagnosis()], { withoutId }) })).toEqual({
      title,
      detail: ['each lacks a usable id', 'open for 1 h'],
    }),
  );

  it('has no count when this listing has none of them, or fails', () => {
    expect(itemOf(records).title).toBe('*Some records* *could not be read*');
    expect(itemOf(records, { evaluation: UNAVAILABLE }).title).toBe('*Some records* *could not be read*');
  });

  const flapping = { ...records, alert: { ...records.alert, healthySince: ago(10 * MINUTE) } };

  it('says that they can be read for now while their flapping alert is held open', () => {
    expect(itemOf(flapping).title).toBe(
      '*Some records* *can be read for now, but that fails intermittently*',
    );
  });

  it('does not say that they can be read for now while the listing fails', () => {
    expect(itemOf(flapping, { evaluation: UNAVAILABLE }).title).toBe('*Some records* *could not be read*');
  });
});
