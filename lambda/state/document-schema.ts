import * as v from 'valibot';
import { PROBLEMS } from '../core/problem.ts';
import type { WatchState } from '../core/state.ts';

/*
 * The schema of the state document, level by level. Every object is loose: fields that a later version added are kept.
 * The `satisfies` at the end compares the schema with the type of the core, so that the two cannot differ.
 */

/** The range of a `Date`. Fractions of a millisecond are valid: they are no reason to reject a state. */
const instant = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));
/** Without an upper limit: counts only grow, and one beyond a limit would make the state unreadable. */
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.nullable(v.string());
const severity = v.picklist(['warning', 'critical']);
const problem = v.picklist([...PROBLEMS, 'listing_failed']);

/**
 * A dictionary. Valibot accepts an array as a record, and skips three keys that could reach a prototype: their values
 * would not be validated, so a document with one of them is rejected.
 */
function dictionary<T extends v.GenericSchema>(value: T) {
  const object = v.custom<Record<string, v.InferInput<T>>>(isDictionary, 'a dictionary of objects');
  return v.pipe(object, v.record(v.string(), value));
}

function isDictionary(input: unknown): boolean {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return false;
  return Object.entries(input).every(([key, entry]) => !SKIPPED_KEYS.includes(key) && !Array.isArray(entry));
}

const SKIPPED_KEYS = ['__proto__', 'constructor', 'prototype'];

const labels = v.looseObject({
  name: text,
  connectorId: text,
  connectionRef: text,
  sourceKind: text,
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
  v.looseObject({ how: v.literal('paused'), at: instant }),
  v.looseObject({ how: v.literal('excluded'), reason: v.string(), at: instant }),
]);

const alert = v.looseObject({
  state: v.picklist(['pending', 'firing', 'ended']),
  problem,
  severity,
  criticalBy: v.exactOptional(v.picklist(['age', 'platform', 'failures', 'listing'])),
  disableImminent: v.exactOptional(v.literal(true)),
  problems: v.array(problem),
  since: instant,
  critical: v.exactOptional(v.looseObject({ from: instant, to: v.exactOptional(instant) })),
  firings: v.array(instant),
  lastSuccessAt: v.nullable(instant),
  absent: v.exactOptional(v.literal(true)),
  flapping: v.exactOptional(v.picklist(['often', 'intermittent'])),
  holds: v.exactOptional(count),
  healthySince: v.exactOptional(instant),
  pendingRunAt: v.exactOptional(instant),
  resolution: v.exactOptional(resolution),
  pendingAgain: v.exactOptional(
    v.looseObject({ since: instant, problems: v.array(problem), runAt: v.exactOptional(instant) }),
  ),
  labels: v.nullable(labels),
});

const history = v.looseObject({
  failing: v.exactOptional(v.looseObject({ lastSuccessAt: v.nullable(instant) })),
  disabled: v.exactOptional(
    v.looseObject({ lastRunAt: v.nullable(instant), lastSuccessAt: v.nullable(instant) }),
  ),
  enabledSince: v.exactOptional(instant),
  briefFailures: v.exactOptional(v.array(instant)),
  absent: v.exactOptional(v.literal(true)),
});

const roster = v.variant('kind', [
  v.looseObject({
    kind: v.literal('syncs'),
    syncs: dictionary(
      v.looseObject({
        name: v.string(),
        work: v.string(),
        since: v.exactOptional(instant),
        missingSince: v.exactOptional(instant),
      }),
    ),
  }),
  v.looseObject({ kind: v.literal('counts'), counts: dictionary(count) }),
]);

const kindOfCondition = v.picklist(['active', 'paused', 'unlisted']);

const condition = v.looseObject({
  condition: kindOfCondition,
  since: instant,
  name: v.string(),
  by: v.exactOptional(v.picklist(['person', 'unknown'])),
  was: v.exactOptional(v.string()),
  recreated: v.exactOptional(v.literal(true)),
  relistedAt: v.exactOptional(instant),
});

const logEntry = v.looseObject({
  undeliveredSince: v.exactOptional(instant),
  heldSince: v.exactOptional(instant),
  muted: v.exactOptional(
    v.looseObject({
      since: instant,
      by: v.picklist(['silenced', 'acknowledged', 'quiet_hours']),
      id: v.exactOptional(v.string()),
    }),
  ),
  digests: v.exactOptional(v.array(v.string())),
  lastNotified: v.exactOptional(
    v.looseObject({
      at: instant,
      severity,
      problems: v.array(problem),
      listed: v.boolean(),
      cause: v.exactOptional(v.string()),
      disableImminent: v.exactOptional(v.literal(true)),
    }),
  ),
  resolutionSent: v.exactOptional(v.literal(true)),
  rerouted: v.exactOptional(v.literal(true)),
  inFlight: v.exactOptional(v.looseObject({ what: v.picklist(['firing', 'resolved']), times: count })),
});

const destination = v.looseObject({
  initialized: v.exactOptional(v.literal(true)),
  notificationLog: dictionary(logEntry),
  remindedAt: v.exactOptional(instant),
  pausedRemindedAt: v.exactOptional(instant),
  remindersInFlight: v.exactOptional(count),
  backoffUntil: v.exactOptional(instant),
  unconfirmedInARow: v.exactOptional(count),
  causes: v.exactOptional(
    dictionary(
      v.looseObject({
        began: instant,
        at: instant,
        times: count,
        severity,
        resolvedAt: v.exactOptional(instant),
      }),
    ),
  ),
  conditions: v.exactOptional(
    dictionary(
      v.looseObject({
        condition: kindOfCondition,
        at: instant,
        undeliveredSince: v.exactOptional(instant),
        inFlight: v.exactOptional(count),
      }),
    ),
  ),
  nothingListedSent: v.exactOptional(v.literal(true)),
});

const route = v.looseObject({ destinations: dictionary(destination) });

export const stateSchema = v.looseObject({
  initialized: v.boolean(),
  listedAt: v.nullable(instant),
  supersededInARow: count,
  policyId: v.exactOptional(v.string()),
  facts: v.looseObject({
    alerts: dictionary(alert),
    histories: dictionary(history),
    roster,
    conditions: dictionary(condition),
    unseen: v.exactOptional(dictionary(v.looseObject({ since: instant }))),
    emptySince: v.exactOptional(instant),
    nothingListed: v.exactOptional(v.literal(true)),
  }),
  routes: dictionary(route),
  lease: v.exactOptional(v.looseObject({ holder: v.string(), expiresAt: instant })),
}) satisfies v.GenericSchema<WatchState, WatchState>;
