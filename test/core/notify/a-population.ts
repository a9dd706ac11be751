import type { Alert, Facts } from '../../../lambda/core/alert.ts';
import type { Fingerprint } from '../../../lambda/core/fingerprint.ts';
import { type LikelyCause, likelyCauses } from '../../../lambda/core/notify/likely-causes.ts';
import { type Population, populationOf } from '../../../lambda/core/notify/population.ts';
import type { Destination } from '../../../lambda/core/state.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEvaluation,
  aSync,
  defaultPolicy,
  minutes,
  NOW,
  type SyncOverrides,
} from '../a-sync.ts';

/** It has been failing since five minutes ago: one interval after its last success, and its last run. */
export function failing(id: string, overrides: SyncOverrides = {}): Sync {
  return aFailingSync({ id, ...overrides });
}

/** Succeeded after the failing syncs failed: it had the chance to fail as well. */
export function succeeded(id: string, overrides: SyncOverrides = {}): Sync {
  return aSync({ id, lastSuccessAt: ago(minutes(1)), ...overrides });
}

/** Healthy, but it has not run since the failing syncs failed. */
export function idle(id: string, overrides: SyncOverrides = {}): Sync {
  return aSync({ id, lastSuccessAt: ago(minutes(6)), ...overrides });
}

export function many(count: number, prefix: string, make: (id: string) => Sync): readonly Sync[] {
  return Array.from({ length: count }, (_, index) => make(`${prefix}${index}`));
}

export function fingerprint({ id }: Sync): Fingerprint {
  return `sync:${id}`;
}

/** An alert for each failing sync, fired now. */
export function alertsOf(syncs: readonly Sync[], overrides: Partial<Alert> = {}): Facts['alerts'] {
  return Object.fromEntries(
    syncs
      .filter(({ lastState }) => lastState === 'failed')
      .map((sync) => [fingerprint(sync), anAlert({ since: NOW, labels: sync.labels, ...overrides })]),
  );
}

/** The population of a listing, each failing sync of which has an alert that fired now unless alerts are given. */
export function populationIn(
  syncs: readonly Sync[],
  { alerts = alertsOf(syncs), policy = defaultPolicy } = {},
): Population {
  const evaluation = anEvaluation(syncs, { policy });
  if (evaluation.kind !== 'listed') throw new Error('the listing failed');
  return populationOf(evaluation, aFacts(alerts));
}

interface Likelihood {
  readonly alerts?: Facts['alerts'];
  readonly notified?: NonNullable<Destination['causes']>;
  readonly policyChanged?: boolean;
}

/** The likely causes of a listing. */
export function likelyIn(
  syncs: readonly Sync[],
  { alerts, notified = {}, policyChanged = false }: Likelihood = {},
): readonly LikelyCause[] {
  const population = populationIn(syncs, alerts && { alerts });
  return [...likelyCauses(population, { notified, sentUnder: new Map(), policyChanged, now: NOW }).values()];
}

/** "connection pg-main: 3" for each likely cause: its name and how many syncs it explains. */
export function namesIn(syncs: readonly Sync[], options?: Likelihood): readonly string[] {
  return likelyIn(syncs, options).map(
    ({ cause, affected }) => `${[cause.kind, cause.name].join(' ').trim()}: ${affected.length}`,
  );
}
