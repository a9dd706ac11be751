import { readFileSync } from 'node:fs';
import { routesOf } from '../../lambda/core/notify/routing.ts';
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
});
