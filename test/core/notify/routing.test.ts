import { hasRoutes, routesOf, routesOfCondition } from '../../../lambda/core/notify/routing.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import { anAlert } from '../a-digest.ts';
import { ago, aPolicy, hours, LABELS } from '../a-sync.ts';

const destinations = { a: { kind: 'slack', webhook: 'a' }, b: { kind: 'slack', webhook: 'b' } };
const routed = (policy: Policy, overrides: Parameters<typeof anAlert>[0] = {}) =>
  routesOf(policy, 'sync:orders', anAlert({ labels: LABELS, ...overrides })).map(({ rule }) => rule);
const match = { name: 'orders' };

describe('the routes of an alert', () => {
  it.each([
    [
      'the first that matches',
      [
        { match, to: 'a' },
        { match, to: 'b' },
      ],
      ['routes.0'],
    ],
    [
      'the next ones too after `continue`',
      [
        { match, to: 'a', continue: true },
        { match, to: 'b' },
      ],
      ['routes.0', 'routes.1'],
    ],
    [
      'the default one after the last `continue`',
      [{ match, to: 'a', continue: true }],
      ['routes.0', 'defaultRoute'],
    ],
    ['the default one when none matches', [{ match: { name: 'fees' }, to: 'a' }], ['defaultRoute']],
    [
      'one for each destination',
      [
        { match, to: 'a', continue: true },
        { match, to: 'a', continue: true },
        { match, to: 'b' },
      ],
      ['routes.0', 'routes.2'],
    ],
    ['one to the default destination, once', [{ match, to: 'default', continue: true }], ['routes.0']],
  ])('are %s', (_, routes, rules) => {
    expect(routed(aPolicy({ destinations, routes }))).toEqual(rules);
  });

  const bySeverity = aPolicy({ destinations, routes: [{ match: { severity: 'critical' }, to: 'a' }] });

  it.each([
    ['a warning', {}, ['defaultRoute']],
    ['critical', { severity: 'critical' as const }, ['routes.0']],
    [
      'critical earlier in this firing',
      { since: ago(hours(3)), critical: { from: ago(hours(2)), to: ago(hours(1)) } },
      ['routes.0'],
    ],
    [
      'critical until it began',
      { since: ago(hours(3)), critical: { from: ago(hours(4)), to: ago(hours(3)) } },
      ['defaultRoute'],
    ],
  ])('go by the worst severity of the firing: %s', (_, overrides, rules) => {
    expect(routed(bySeverity, overrides)).toEqual(rules);
  });

  it('about the listing go by problem and severity alone', () => {
    const policy = aPolicy({
      destinations,
      routes: [
        { match, to: 'a' },
        { match: { problem: 'listing_failed' }, to: 'b' },
      ],
    });
    const alert = anAlert({ labels: null, problem: 'listing_failed' });
    expect(routesOf(policy, 'listing', alert).map(({ rule }) => rule)).toEqual(['routes.1']);
  });

  it('of a condition pass the routes by problem or severity by', () => {
    const policy = aPolicy({
      destinations,
      routes: [
        { match: { ...match, severity: 'warning' }, to: 'a' },
        { match, to: 'b' },
      ],
    });
    expect(routesOfCondition(policy, 'sync:orders', LABELS).map(({ rule }) => rule)).toEqual(['routes.1']);
  });
});

it.each([
  [{}, false],
  [{ destinations }, false],
  [{ defaultRoute: { to: 'default', mention: { critical: '<!here>' } } }, true],
  [{ destinations, defaultRoute: { to: 'a' } }, true],
  [{ routes: [{ match, to: 'default' }] }, true],
])('a policy has routes once anything differs from the default: %j', (written, expected) => {
  expect(hasRoutes(aPolicy(written))).toBe(expected);
});
