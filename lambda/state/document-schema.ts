import * as v from 'valibot';
import { PROBLEMS } from '../core/alert.ts';
import type { WatchState } from '../core/state.ts';

/*
 * The schema of the document, level by level. Every object is loose: a field that a later program added is kept. The
 * last line holds it against the core's own type, so that the two cannot drift apart.
 */

/** What a `Date` can be; a part of a millisecond is no reason to lose a memory. */
const instant = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));
/** No bound: counts are counted on, and one beyond it would make a memory that cannot be read any more. */
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.nullable(v.string());
const severity = v.picklist(['warning', 'critical']);
const problem = v.picklist([...PROBLEMS, 'listing_failed']);

/**
 * Objects by a key. Valibot takes an array for an object, and passes over three keys that could reach a prototype: what
 * stands there would not be checked, so a document with one of them is refused.
 */
function byKey<T extends v.GenericSchema>(value: T) {
  const objects = v.custom<Record<string, v.InferInput<T>>>(isByKey, 'objects by key');
  return v.pipe(objects, v.record(v.string(), value));
}

function isByKey(input: unknown): boolean {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return false;
  return Object.entries(input).every(([key, entry]) => !UNCHECKED.includes(key) && !Array.isArray(entry));
}

const UNCHECKED = ['__proto__', 'constructor', 'prototype'];

const labels = v.looseObject({
  name: text,
  connectorId: text,
  connectionRef: text,
  source: text,
  kbUid: text,
  destTable: text,
  intervalSeconds: v.nullable(v.number()),
});

const resolution = v.variant('how', [
  v.looseObject({
    how: v.literal('resolved'),
    by: v.picklist(['success', 'enabled', 'readable', 'listing_restored', 'no_longer_late']),
    at: instant,
  }),
  v.looseObject({ how: v.literal('unlisted'), at: instant }),
  v.looseObject({ how: v.literal('excluded'), reason: v.string(), at: instant }),
]);

const alert = v.looseObject({
  state: v.picklist(['pending', 'firing', 'ended']),
  problem,
  severity,
  paused: v.boolean(),
  problems: v.array(problem),
  since: instant,
  critical: v.exactOptional(v.looseObject({ from: instant, to: v.exactOptional(instant) })),
  firings: v.array(instant),
  lastSuccessAt: v.nullable(instant),
  absent: v.exactOptional(v.literal(true)),
  healthySince: v.exactOptional(instant),
  resolution: v.exactOptional(resolution),
  pendingAgain: v.exactOptional(v.looseObject({ since: instant, problems: v.array(problem) })),
  labels: v.nullable(labels),
});

const history = v.looseObject({
  failing: v.exactOptional(v.looseObject({ lastSuccessAt: v.nullable(instant) })),
  disabled: v.exactOptional(
    v.looseObject({ lastRunAt: v.nullable(instant), lastSuccessAt: v.nullable(instant) }),
  ),
  enabledSince: v.exactOptional(instant),
  absent: v.exactOptional(v.literal(true)),
});

const size = v.looseObject({
  normal: count,
  shrunk: v.exactOptional(v.literal(true)),
  shrinkage: v.exactOptional(v.looseObject({ at: instant, from: count, to: count })),
});

const logEntry = v.looseObject({
  undeliveredSince: v.exactOptional(instant),
  held: v.exactOptional(v.literal(true)),
  lastNotified: v.exactOptional(
    v.looseObject({ at: instant, severity, problems: v.array(problem), listed: v.boolean() }),
  ),
  resolutionSent: v.exactOptional(v.literal(true)),
  inFlight: v.exactOptional(v.looseObject({ what: v.picklist(['firing', 'resolved']), times: count })),
});

const route = v.looseObject({
  notificationLog: byKey(logEntry),
  remindedAt: v.exactOptional(instant),
  pausedRemindedAt: v.exactOptional(instant),
  remindersInFlight: v.exactOptional(count),
  shrinkageNotifiedAt: v.exactOptional(instant),
  backoffUntil: v.exactOptional(instant),
  unconfirmedInARow: v.exactOptional(count),
  causes: v.exactOptional(
    v.record(
      v.string(),
      v.looseObject({
        at: instant,
        inARow: v.looseObject({ brought: v.picklist(['firings', 'resolutions']), times: count }),
        severity,
        members: v.array(v.string()),
      }),
    ),
  ),
});

export const stateSchema = v.looseObject({
  initialized: v.boolean(),
  listedAt: v.nullable(instant),
  supersededInARow: count,
  facts: v.looseObject({ alerts: byKey(alert), histories: byKey(history), size }),
  routes: byKey(route),
  lease: v.exactOptional(v.looseObject({ holder: v.string(), expiresAt: instant })),
}) satisfies v.GenericSchema<WatchState, WatchState>;
