import fc from 'fast-check';
import { type Alert, type Facts, PROBLEMS } from '../../lambda/core/alert.ts';
import type { Memory, Route, Telling } from '../../lambda/core/memory.ts';
import type { Labels } from '../../lambda/core/sync.ts';
import { HOUR, MINUTE, START } from '../a-world.ts';

const LABELS: Labels = {
  name: 'Orders',
  connectorId: 'postgres',
  connectionRef: 'pg-main',
  source: 'public.orders',
  kbUid: 'kb_sales',
  destTable: 'orders',
  intervalSeconds: 900,
};

/** A memory with everything in it that there can be. */
export const A_FULL_MEMORY: Memory = {
  settled: true,
  listedAt: START,
  overtaken: 1,
  facts: {
    alerts: {
      'sync:orders': {
        state: 'firing',
        problem: 'failing',
        severity: 'critical',
        paused: false,
        problems: ['failing', 'stalled'],
        since: START - HOUR,
        critical: { from: START - HOUR, to: START - MINUTE },
        openings: [START - HOUR],
        lastSuccessAt: START - 2 * HOUR,
        absent: true,
        healthySince: START - MINUTE,
        labels: LABELS,
      },
      listing: {
        state: 'ended',
        problem: 'blind',
        severity: 'warning',
        paused: false,
        problems: ['blind'],
        since: START - HOUR,
        openings: [START - HOUR],
        lastSuccessAt: null,
        ended: { how: 'resolved', by: 'sight', at: START - MINUTE },
        reopening: { since: START, problems: ['blind'] },
        labels: null,
      },
    },
    marks: {
      'sync:orders': {
        failing: { lastSuccessAt: START - 2 * HOUR },
        disabled: { lastRunAt: START - HOUR, lastSuccessAt: null },
        enabledSince: START,
      },
    },
    size: { normal: 40, shrunk: true, shrinking: { at: START, from: 100, to: 40 } },
  },
  routes: {
    default: {
      tellings: {
        'sync:orders': {
          dueSince: START,
          told: { at: START - HOUR, severity: 'warning', problems: ['failing'], listed: true },
          noted: { what: 'announcement', times: 1 },
        },
        listing: {
          told: { at: START - HOUR, severity: 'warning', problems: ['blind'], listed: true },
          closed: true,
        },
      },
      remindedAt: START,
      pausedRemindedAt: START,
      remindersInDoubt: 1,
      shrinkingTold: START,
      waitUntil: START + HOUR,
      uncertain: 2,
    },
  },
  claim: { by: 'another check', until: START + MINUTE },
};

/** Any memory: not every one of them can come about, but each fits the type. */
export function memories(): fc.Arbitrary<Memory> {
  return fc.record(
    { settled: fc.boolean(), listedAt: maybe(instant), overtaken: fc.nat(), facts, routes, claim },
    { requiredKeys: ['settled', 'listedAt', 'overtaken', 'facts', 'routes'] },
  );
}

const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const word = fc.string({ unit: 'grapheme' });
const severity = fc.constantFrom('warning' as const, 'critical' as const);
const problem = fc.constantFrom(...PROBLEMS, 'blind' as const);
const problems = fc.array(problem, { maxLength: 3 });
const yes = fc.constant(true as const);
/** Ids are the platform's to choose, also those that name something of every object. */
const id = fc.oneof(word, fc.constantFrom('__proto__', 'constructor', 'toString', '1', ''));
const fingerprint = fc.oneof(
  id.map((name) => `sync:${name}`),
  fc.constantFrom('listing', 'records'),
);
const by = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });

const labels: fc.Arbitrary<Labels> = fc.record({
  name: maybe(word),
  connectorId: maybe(word),
  connectionRef: maybe(word),
  source: maybe(word),
  kbUid: maybe(word),
  destTable: maybe(word),
  intervalSeconds: maybe(fc.double({ min: 30, noNaN: true, noDefaultInfinity: true })),
});

const ended = fc.oneof(
  fc.record({
    how: fc.constant('resolved' as const),
    by: fc.constantFrom('success', 'enabled', 'readable', 'sight', 'within_allowance'),
    at: instant,
  }),
  fc.record({ how: fc.constant('gone' as const), at: instant }),
  fc.record({ how: fc.constant('ignored' as const), reason: word, at: instant }),
);

const alert: fc.Arbitrary<Alert> = fc.record(
  {
    state: fc.constantFrom('pending', 'firing', 'ended'),
    problem,
    severity,
    paused: fc.boolean(),
    problems,
    since: instant,
    critical: fc.record({ from: instant, to: instant }, { requiredKeys: ['from'] }),
    openings: fc.array(instant, { maxLength: 3 }),
    lastSuccessAt: maybe(instant),
    absent: yes,
    healthySince: instant,
    ended,
    reopening: fc.record({ since: instant, problems }),
    labels: maybe(labels),
  },
  {
    requiredKeys: [
      'state',
      'problem',
      'severity',
      'paused',
      'problems',
      'since',
      'openings',
      'lastSuccessAt',
      'labels',
    ],
  },
);

const mark = fc.record(
  {
    failing: fc.record({ lastSuccessAt: maybe(instant) }),
    disabled: fc.record({ lastRunAt: maybe(instant), lastSuccessAt: maybe(instant) }),
    enabledSince: instant,
  },
  { requiredKeys: [] },
);

const size = fc.record(
  { normal: fc.nat(), shrunk: yes, shrinking: fc.record({ at: instant, from: fc.nat(), to: fc.nat() }) },
  { requiredKeys: ['normal'] },
);

const facts: fc.Arbitrary<Facts> = fc.record({
  alerts: by(fingerprint, alert),
  marks: by(fingerprint, mark),
  size,
});

const telling: fc.Arbitrary<Telling> = fc.record(
  {
    dueSince: instant,
    told: fc.record({ at: instant, severity, problems, listed: fc.boolean() }),
    closed: yes,
    noted: fc.record({ what: fc.constantFrom('announcement', 'closing'), times: fc.nat() }),
  },
  { requiredKeys: [] },
);

const route: fc.Arbitrary<Route> = fc.record(
  {
    tellings: by(fingerprint, telling),
    remindedAt: instant,
    pausedRemindedAt: instant,
    remindersInDoubt: fc.nat(),
    shrinkingTold: instant,
    waitUntil: instant,
    uncertain: fc.nat(),
  },
  { requiredKeys: ['tellings'] },
);

const routes = by(fc.oneof(fc.constant('default'), fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)), route);

const claim = fc.record({ by: word, until: instant });
