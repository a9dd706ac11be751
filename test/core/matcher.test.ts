import {
  type AlertMatcher,
  matcherText,
  matchesAlert,
  matchesSync,
  type SyncMatcher,
} from '../../lambda/core/matcher.ts';
import { anAlert, LABELS } from './a-sync.ts';

describe('a matcher of syncs', () => {
  const matches = (matcher: SyncMatcher, labels = LABELS) => matchesSync(matcher, 's1', labels);

  it.each<[SyncMatcher]>([
    [{ id: ['s1'] }],
    [{ name: ['orders'] }],
    [{ connector: ['postgres'] }],
    [{ connection: ['pg-main'] }],
    [{ source: ['public.orders'] }],
    [{ kb: ['kb_sales'] }],
    [{ table: ['orders'] }],
    [{ source_kind: ['postgres'] }],
    [{ name: ['orders'], kb: ['kb_sales'] }],
  ])('matches by any of its fields: %j', (matcher) => expect(matches(matcher)).toBe(true));

  it('matches only when each of its fields does', () => {
    expect(matches({ name: ['orders'], kb: ['kb_shop'] })).toBe(false);
  });

  it('matches by any of the patterns of a field', () => {
    expect(matches({ name: ['refunds', 'ord*'] })).toBe(true);
    expect(matches({ name: ['refunds', 'fees'] })).toBe(false);
  });

  it('does not match a sync without the field, even by the pattern *', () => {
    expect(matches({ name: ['*'] }, { ...LABELS, name: null })).toBe(false);
    expect(matchesSync({ id: ['*'] }, null, LABELS)).toBe(false);
    expect(matchesSync({ name: ['*'] }, 's1', null)).toBe(false);
  });

  it.each([
    ['orders', 'orders', true],
    ['orders', 'orders2', false],
    ['orders', 'Orders', false],
    ['*', '', true],
    ['*', 'orders', true],
    ['**', 'orders', true],
    ['ord*', 'orders', true],
    ['ord*', 'my-orders', false],
    ['*ers', 'orders', true],
    ['*ers', 'orders2', false],
    ['o*s', 'orders', true],
    ['o*s', 'orderx', false],
    ['o*d*s', 'orders', true],
    ['o*x*s', 'orders', false],
    ['*rd*er*', 'orders', true],
    // The parts match in their order, each after the one before.
    ['*er*rd*', 'orders', false],
    ['*d*d*', 'order', false],
    ['*d*d*', 'odd', true],
    // The start and the end of a pattern do not overlap.
    ['aba*aba', 'ababa', false],
    ['aba*aba', 'abaaba', true],
    ['ab*b*ba', 'abba', false],
    ['ab*b*ba', 'abbba', true],
    // No other character is special.
    ['a.c', 'abc', false],
    ['[a-z]?', '[a-z]?', true],
  ])('compares the pattern %s with "%s": %p', (pattern, name, matched) => {
    expect(matches({ name: [pattern] }, { ...LABELS, name })).toBe(matched);
  });

  it('takes less than a second for a pattern and a text made to be slow', () => {
    const name = 'a'.repeat(1_000_000);
    const startedMs = performance.now();
    expect(matches({ name: [`${'*a'.repeat(95)}*b`] }, { ...LABELS, name })).toBe(false);
    expect(matches({ name: [`*${'a'.repeat(190)}b*`] }, { ...LABELS, name })).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

describe('a matcher of alerts', () => {
  const alert = anAlert({ problem: 'failing', severity: 'warning' });

  it.each<[AlertMatcher, boolean]>([
    [{ problem: ['failing'] }, true],
    [{ problem: ['stalled'] }, false],
    [{ problem: ['stalled', 'failing'] }, true],
    [{ severity: ['warning'] }, true],
    [{ severity: ['critical'] }, false],
    [{ id: ['s1'], severity: ['warning'] }, true],
    [{ id: ['s2'], severity: ['warning'] }, false],
    [{ name: ['orders'], problem: ['failing'], severity: ['critical'] }, false],
  ])('%j matches a failing sync s1 with a warning: %p', (matcher, matched) => {
    expect(matchesAlert(matcher, 'sync:s1', alert)).toBe(matched);
  });

  it('matches the failure of the listing by problem and severity, and by no field of a sync', () => {
    const listing = anAlert({ problem: 'listing_failed', severity: 'critical', labels: null });
    expect(matchesAlert({ severity: ['critical'] }, 'listing', listing)).toBe(true);
    expect(matchesAlert({ problem: ['listing_failed'] }, 'listing', listing)).toBe(true);
    expect(matchesAlert({ id: ['*'] }, 'listing', listing)).toBe(false);
    expect(matchesAlert({ connector: ['*'] }, 'listing', listing)).toBe(false);
  });
});

it('a matcher reads as words', () => {
  expect(matcherText({ connection: ['pg-*'], name: ['orders', 'refunds'] })).toBe(
    'connection pg-*, name orders or refunds',
  );
});
