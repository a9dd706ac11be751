import { changes } from '../../../lambda/core/digest/changes.ts';
import { EMPTY_PLAN } from '../../../lambda/core/notify/notification.ts';
import { aNotification, anAlert, aReminder, LISTING_ALERT, labelsOf, named, resolved } from '../a-digest.ts';

describe('the changes of a check', () => {
  it('are its notifications in their order, then the alerts of the reminder', () => {
    const plan = {
      ...EMPTY_PLAN,
      notifications: [named('escalated', 'late', { severity: 'critical' }), resolved('customers')],
      reminder: [aReminder('sync:old', anAlert({ problem: 'stalled', labels: labelsOf('old') }))],
    };
    expect(changes(plan)).toEqual([
      { alert: 'sync:late', name: 'late', problem: 'failing', severity: 'critical', reason: 'escalated' },
      {
        alert: 'sync:customers',
        name: 'customers',
        problem: 'failing',
        severity: 'warning',
        reason: 'resolved',
      },
      { alert: 'sync:old', name: 'old', problem: 'stalled', severity: 'warning', reason: 'reminder' },
    ]);
  });

  it.each([
    ['the source of a sync without a name', labelsOf(null), 'public.orders'],
    ['null for a sync without name and source', labelsOf(null, { source: null }), null],
  ])('have %s', (_what, labels, name) => {
    const notifications = [aNotification('new', 'sync:s-1', anAlert({ labels }))];
    expect(changes({ ...EMPTY_PLAN, notifications })).toMatchObject([{ alert: 'sync:s-1', name }]);
  });

  it('include a failed listing, without a name', () => {
    const notifications = [aNotification('new', 'listing', LISTING_ALERT)];
    expect(changes({ ...EMPTY_PLAN, notifications })).toEqual([
      { alert: 'listing', name: null, problem: 'listing_failed', severity: 'critical', reason: 'new' },
    ]);
  });

  it('are none when nothing is sent', () => {
    expect(changes(EMPTY_PLAN)).toEqual([]);
  });
});
