import type { Alert } from '../../../lambda/core/alert.ts';
import type { Diagnosis } from '../../../lambda/core/diagnose/diagnose.ts';
import type { Notification } from '../../../lambda/core/notify/notification.ts';
import type { Severity } from '../../../lambda/core/problem.ts';
import { RUNBOOK_SECTIONS, runbook } from '../../../lambda/invocation/runbook.ts';
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
  LISTING_FAILURE,
  labelsOf,
  listed,
  many,
  NOW,
  named,
  onlyItem,
  outline,
  succeededAgo,
  UNAVAILABLE,
} from '../a-digest.ts';

const PLACE = 'connection `pg-main`, connector `postgres` → `kb_sales / orders`';
const FOUR_FIRINGS = [4, 3, 2, 1].map((hours) => ago(hours * HOUR));

/** The line of a reminder about an alert, while the listing holds these. */
function reminderOf(alert: Alert, diagnoses: readonly Diagnosis[], fingerprint = 'sync:orders') {
  const reminder = [aReminder(fingerprint, alert)];
  return itemText(onlyItem(aDigest({ reminder }, { evaluation: listed(diagnoses) })));
}

describe('the line of an open alert', () => {
  it('has the name, the evidence, how long the alert is open, and last where it belongs', () => {
    const item = onlyItem(aDigest({ notifications: [aNotification('new')] }));
    expect(item.level).toBe('warning');
    expect(itemText(item)).toEqual({
      title: '`orders` *is failing*',
      detail: ['last success 20 m ago, runs every 15 m', 'last run 5 m ago', 'open for 1 h', PLACE],
    });
  });

  it('says nothing of how long it is open when it opened now', () => {
    const { detail } = itemOf(aNotification('new', 'sync:orders', anAlert({ since: NOW })));
    expect(detail.join()).not.toContain('open for');
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
      detail: ['not in the last listing', 'open for 1 h', PLACE],
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
      PLACE,
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
        PLACE,
      ]);
    },
  );
});

describe('the line of a flapping alert', () => {
  const firedTimes = (times: number, labels: Alert['labels'] = labelsOf('orders')) =>
    anAlert({
      labels,
      since: NOW,
      firings: many(times, (_, index) => ago((times - 1 - index) * HOUR)),
      ...(times >= 4 && { flapping: 'often' }),
    });
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

describe('the line of an intermittent alert', () => {
  const intermittent = (labels: Alert['labels'] = labelsOf('orders')) =>
    anAlert({ labels, flapping: 'intermittent' });

  it('counts the failures, and says that the sync succeeded in between', () => {
    const { title, detail } = itemOf(aNotification('new', 'sync:orders', intermittent()));
    expect(title).toBe('`orders` *fails intermittently*');
    expect(detail[0]).toBe('4 failures in 3 h, with successes in between');
  });

  it.each([
    [300, '2 h'],
    [600, '2 h'],
    [900, '3 h'],
    [3600, '12 h'],
    [86_400, '12 d'],
  ])('counts within twelve intervals, at least two hours: every %d s', (intervalSeconds, window) => {
    const alert = intermittent(labelsOf('orders', { intervalSeconds }));
    expect(itemOf(aNotification('new', 'sync:orders', alert)).detail[0]).toContain(`in ${window},`);
  });

  it('does not count again in a reminder', () => {
    expect(reminderOf(intermittent(), [aDiagnosis()]).detail[0]).toBe('it fails and succeeds in turn');
  });
});

describe('the line of an alert whose sync is about to be disabled', () => {
  const imminent = anAlert({ severity: 'critical', disableImminent: true });
  const lineWith = (record: Readonly<Record<string, unknown>>, alert: Alert = imminent) =>
    itemOf(aNotification('disable_imminent', 'sync:orders', alert), {
      evaluation: listed([aDiagnosis(record)]),
    }).title;

  it('forecasts in its title when the platform disables it', () =>
    expect(lineWith({ consecutive_failures: 9 })).toBe(
      '`orders` *is failing*: *the next failure disables it* at about 09:55 (in 55 m)',
    ));

  it('has no forecast without the count of failures, once it is disabled, or while the listing fails', () => {
    expect(lineWith({})).toBe('`orders` *is failing*');
    expect(lineWith({ consecutive_failures: 9, enabled: false })).not.toContain('disables it');
    const one = aNotification('disable_imminent', 'sync:orders', imminent);
    expect(itemOf(one, { evaluation: UNAVAILABLE }).title).toBe('`orders` *is failing*');
  });

  it('has no forecast once a success has ended the countdown', () =>
    expect(lineWith({ consecutive_failures: 1 })).toBe('`orders` *is failing*'));

  it('has no forecast before the failures are many', () =>
    expect(lineWith({ consecutive_failures: 5 }, anAlert())).not.toContain('disable'));
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
    ['failing', 'disabled', '`orders` *is disabled* now, it was failing'],
    ['disabled', 'failing', '`orders` *is failing* now, it was disabled'],
    ['failing', 'stalled', '`orders` *has stalled* now, it was failing'],
    ['stalled', 'failing', '`orders` *is failing* now, it was stalled'],
    ['unreadable', 'failing', '`orders` *is failing* now, it could not be read'],
  ] as const)('names the problem that was sent and the one of now: %s, %s', (before, problem, title) => {
    const alert = anAlert({ problem, problems: [before, problem] });
    const one: Notification = {
      ...aNotification('changed', 'sync:orders', alert),
      logEntry: { lastNotified: aLastNotified({ problems: [before] }) },
    };
    expect(itemOf(one).title).toBe(title);
  });
});

describe('the line about a failed listing', () => {
  const failed = aNotification('new', 'listing', LISTING_ALERT);
  const STAYS = 'open alerts stay open; nothing is judged until this works';

  it('has the request, the response, what stays as it was, what to do, and how long it has failed', () => {
    expect(itemOf(failed, { evaluation: UNAVAILABLE })).toEqual({
      title: '*sync-alerts* *cannot list syncs*: `503 Service Unavailable`',
      detail: [
        'requested `GET https://api.timbal.ai/orgs/acme/connectors/syncs`, received `503 Service Unavailable, 4 attempts`',
        STAYS,
        'Each check tries again. If this lasts, look at the status of Timbal and at the network.',
        'open for 20 m',
      ],
    });
  });

  it('leads to its section of the runbook, if the policy says where that is', () => {
    const evaluation = { ...UNAVAILABLE, runbook: 'https://wiki.acme.example/runbook' };
    const url = 'https://wiki.acme.example/runbook#the-syncs-cannot-be-listed';
    expect(itemOf(failed, { evaluation }).detail).toContain(`<${url}|runbook>`);
    expect(RUNBOOK_SECTIONS.map((section) => runbook(section, evaluation.runbook))).toContain(url);
  });

  it.each([
    ['refused', /^Put a valid API key/],
    ['failed', /^Each check tries again/],
    ['malformed', /^Check the base URL/],
    ['unreadable', /^The API may have changed/],
    ['empty', /^Check that the API key still sees the organisation/],
  ] as const)('says what to do about a listing that is %s', (kind, advice) => {
    const failure = { ...LISTING_FAILURE, kind };
    const { detail } = itemOf(failed, { evaluation: { ...UNAVAILABLE, failure } });
    expect(detail.filter((part) => advice.test(part))).toHaveLength(1);
  });

  it.each([
    ['401 Unauthorized (token revoked), 2 attempts', '401 Unauthorized'],
    ['503 Service Unavailable, 4 attempts', '503 Service Unavailable'],
    ['no answer within 10 s', 'no answer within 10 s'],
  ])('has the status in its title, without the details: %s', (received, status) => {
    const failure = { ...LISTING_FAILURE, received };
    const { title, detail } = itemOf(failed, { evaluation: { ...UNAVAILABLE, failure } });
    expect(title).toBe(`*sync-alerts* *cannot list syncs*: \`${status}\``);
    expect(detail[0]).toContain(`received \`${received}\``);
  });

  const flapping = { ...LISTING_ALERT, firings: FOUR_FIRINGS, healthySince: ago(10 * MINUTE) };

  it('says that the syncs can be listed for now while its flapping alert is held open', () => {
    expect(reminderOf(flapping, [aDiagnosis()], 'listing')).toEqual({
      title: '*sync-alerts* *can list syncs for now, but that fails intermittently*',
      detail: ['healthy for 10 m, held open because it flaps', 'open for 20 m'],
    });
  });

  it('does not say that the alerts stay open once the syncs are listed', () => {
    expect(reminderOf(flapping, [aDiagnosis()], 'listing').detail).not.toContain(STAYS);
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

describe('unreadable records with the same faults', () => {
  const unreadable = (name: string) => named('new', name, { problem: 'unreadable' });
  const diagnoses = (count: number, faulty: number) =>
    many(count, (id, index) => aDiagnosis({ id, ...(index < faulty && { interval_secs: 'often' }) }));
  const lineFor = (faulty: number) =>
    onlyItem(
      aDigest({ notifications: many(faulty, unreadable) }, { evaluation: listed(diagnoses(60, faulty)) }),
    );

  it('are one line that counts them among all records, names the fault and the first three', () => {
    const item = lineFor(58);
    expect(item.level).toBe('warning');
    expect(itemText(item)).toEqual({
      title: '*58 of 60 records cannot be read*: interval_secs',
      detail: ['`sync-01`, `sync-02`, `sync-03`'],
    });
  });

  it('are covered each, the first three as listed', () =>
    expect(lineFor(5).covers.map(({ fingerprint, listed }) => [fingerprint, listed])).toEqual(
      many(5, (name, index) => [`sync:${name}`, index < 3]),
    ));

  it('have lines of their own where only one has the fault', () => {
    const notifications = ['a', 'b', 'c'].map(unreadable);
    const evaluation = listed([
      aDiagnosis({ id: 'a', interval_secs: 'often' }),
      aDiagnosis({ id: 'b', enabled: 'yes' }),
      aDiagnosis({ id: 'c', enabled: 'yes' }),
    ]);
    expect(Object.values(outline(aDigest({ notifications }, { evaluation })))).toEqual([
      ['`a` *could not be read*', '*2 of 3 records cannot be read*: enabled'],
    ]);
  });
});
