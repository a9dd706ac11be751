import { readFileSync } from 'node:fs';
import { routesOf } from '../../lambda/core/notify/routing.ts';
import { areQuiet } from '../../lambda/core/quiet-hours.ts';
import { anAlert } from '../core/a-digest.ts';
import { aPolicy, LABELS } from '../core/a-sync.ts';

const PAGE = readFileSync('docs/routes.md', 'utf8');

/** The first policy under a heading of the page. */
function policyUnder(heading: string) {
  const [, below = ''] = PAGE.split(`\n## ${heading}\n`);
  const [, text = ''] = /```json\n(.*?)```/s.exec(below) ?? [];
  return aPolicy(JSON.parse(text));
}

const of = (connectorId: string) => ({ labels: { ...LABELS, connectorId } });

describe('docs/routes.md', () => {
  it.each([
    ['payments-eu', ['payments']],
    ['shop-1', ['shop']],
    ['carts', ['shop']],
    ['crm', ['default']],
  ])('gives two teams a channel each: the connector %s', (connector, names) => {
    const policy = policyUnder('Two teams with a channel each');
    const routed = routesOf(policy, 'sync:a', anAlert(of(connector)));
    expect(routed.map(({ target }) => target.to)).toEqual(names);
  });

  it.each([
    ['critical' as const, ['on-call', 'default']],
    ['warning' as const, ['default']],
  ])('opens an incident for what is critical, beside Slack: %s', (severity, names) => {
    const policy = policyUnder('PagerDuty for critical beside Slack');
    const routed = routesOf(policy, 'sync:a', anAlert({ severity }));
    expect(routed.map(({ target }) => target.to)).toEqual(names);
  });

  it.each([
    ['kb_finance', 'crm', ['mail', 'teams']],
    ['kb_finance', 'erp', ['mail', 'default']],
    ['kb_sales', 'crm', ['teams']],
    ['kb_sales', 'erp', ['default']],
  ])('sends what goes into finance by mail, and the CRM to Teams: %s of %s', (kbUid, connectorId, names) => {
    const policy = policyUnder('Mail, Teams and whatever stands behind a topic');
    const routed = routesOf(policy, 'sync:a', anAlert({ labels: { ...LABELS, kbUid, connectorId } }));
    expect(routed.map(({ target }) => target.to)).toEqual(names);
  });

  it.each([
    ['payments-eu', 'kb_sales', '2026-11-24T22:30:00Z', false],
    ['crm', 'kb_reports', '2026-11-24T17:30:00Z', true],
    ['crm', 'kb_reports', '2026-11-24T08:30:00Z', false],
    ['crm', 'kb_reports', '2026-11-28T12:00:00Z', true],
    ['crm', 'kb_sales', '2026-11-24T17:30:00Z', false],
    ['crm', 'kb_sales', '2026-11-24T22:30:00Z', true],
  ])(
    'lets the warnings of each team wait for its own hours: %s, %s at %s',
    (connectorId, kbUid, at, waits) => {
      const policy = policyUnder('A team that sleeps, and one that does not');
      const alert = anAlert({ severity: 'warning', labels: { ...LABELS, connectorId, kbUid } });
      const [routed] = routesOf(policy, 'sync:a', alert);
      const hours = routed?.target.quietHours ?? policy.quietHours;
      expect(hours.some((one) => areQuiet(one, Date.parse(at)))).toBe(waits);
    },
  );
});
