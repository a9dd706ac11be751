import type { Facts } from '../../../lambda/core/alert.ts';
import { evaluate } from '../../../lambda/core/diagnose/evaluation.ts';
import type { ListingFailure } from '../../../lambda/core/listing.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import { track } from '../../../lambda/core/track/track.ts';
import {
  aFacts,
  ago,
  aRoster,
  aSync,
  days,
  defaultPolicy,
  frozen,
  LISTING_FAILURE,
  later,
  listingOf,
  type SyncOverrides,
} from '../a-sync.ts';

export const ORDERS = 'sync:orders';

/** The syncs of one listing, or how it failed. */
export type Listed = readonly Sync[] | ListingFailure['kind'];

/** Where the evaluations start from, and by what rules. */
export interface Start {
  /** @default no alert, after a listing of one sync */
  readonly facts?: Facts;
  readonly policy?: Policy;
  readonly initialRun?: boolean;
}

/** The facts after evaluations of these listings, each so many seconds after `NOW`. */
export function trackAll(listings: readonly (readonly [number, Listed])[], start: Start = {}): Facts {
  const {
    facts: before = aFacts({}, { roster: aRoster('orders') }),
    policy = defaultPolicy,
    initialRun = false,
  } = start;
  return listings.reduce<Facts>((facts, [seconds, listed]) => {
    const listing =
      typeof listed === 'string'
        ? ({ ok: false, failure: { ...LISTING_FAILURE, kind: listed } } as const)
        : listingOf(...listed);
    const evaluation = frozen(evaluate(listing, facts, { policy, now: later(seconds) }));
    return frozen(track(facts, evaluation, { policy, initialRun }));
  }, frozen(before));
}

/** The facts after one evaluation, at `NOW`. */
export const trackOnce = (listed: Listed, start?: Start) => trackAll([[0, listed]], start);

/** The state of an alert in words: "none", "firing", "resolved by success, pending again". */
export function stateOf(facts: Facts, fingerprint = ORDERS): string {
  const alert = facts.alerts[fingerprint];
  if (alert === undefined) return 'none';
  if (alert.state !== 'ended') return alert.state;
  const { resolution, pendingAgain } = alert;
  const by = resolution?.how === 'resolved' ? ` by ${resolution.by}` : '';
  return `${resolution?.how}${by}${pendingAgain ? ', pending again' : ''}`;
}

/** The state of every alert, by fingerprint. */
export const statesOf = (facts: Facts) =>
  Object.fromEntries(
    Object.keys(facts.alerts).map((fingerprint) => [fingerprint, stateOf(facts, fingerprint)]),
  );

/** The state of `orders` after evaluations of these listings. */
export const stateAfter = (listings: readonly (readonly [number, Listed])[], start?: Start) =>
  stateOf(trackAll(listings, start));

/** Late since before `NOW`, a warning; nothing failed. */
export const aStalledSync = (overrides: SyncOverrides = {}) =>
  aSync({ lastSuccessAt: ago(2400), lastRunAt: ago(2400), ...overrides });

/** Healthy at every evaluation of a test that spans hours. */
export const aSlowSync = (overrides: SyncOverrides = {}) => aSync({ intervalSeconds: days(7), ...overrides });

/** A record without a usable id. */
export const anUnnamedSync = () => aSlowSync({ id: null, faults: ['id'] });
