import type { Facts } from '../core/alert.ts';
import type { Evaluation } from '../core/diagnose/evaluation.ts';
import { changes, tally, undelivered } from '../core/diagnose/tally.ts';
import type { Digest } from '../core/digest/write-digest.ts';
import type { NotificationPlan } from '../core/notify/plan.ts';
import type { WatchState } from '../core/state.ts';
import type { Instant } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import type { ListingResult } from '../timbal/listing.ts';
import type { DeliveryResult } from './deliver.ts';
import type { LeaseCheck } from './lease.ts';
import { type Checked, CheckFailed, type Outcome } from './outcome.ts';
import type { CheckSettings } from './ports.ts';

/** All that a check found and did. */
export interface CheckRun {
  readonly listed: ListingResult;
  readonly evaluation: Evaluation;
  readonly facts: Facts;
  readonly plan: NotificationPlan;
  readonly said: Digest | undefined;
  /** The memory before anything was posted. */
  readonly next: WatchState;
  readonly delivered: DeliveryResult;
  readonly leaseCheck: Extract<LeaseCheck, { readonly kind: 'free' }>;
  readonly now: Instant;
}

/**
 * The outcome of a check, for people and programs.
 *
 * @throws CheckFailed with that outcome, when the check could not list, remember or deliver.
 */
export function summarize(run: CheckRun, settings: CheckSettings): Outcome {
  const { evaluation, facts, plan, said, next, delivered, leaseCheck, now } = run;
  const { environment, organisation } = settings.origin;
  const at = new Date(now).toISOString();
  if (delivered.write === 'superseded') {
    const because = 'another check remembered what it saw before this one could';
    return { kind: 'superseded', at, environment, organisation, reason: because };
  }
  const { count, since } = undelivered(delivered.state ?? next);
  const outcome: Checked = {
    kind: 'checked',
    at,
    environment,
    organisation,
    dryRun: settings.dryRun,
    syncs: tally(evaluation, settings.policy),
    open: Object.values(facts.alerts).filter(({ state }) => state === 'firing').length,
    changes: changes(plan),
    notified: notifiedOf(run),
    ...(said && { digest: said }),
    posts: delivered.posts,
    undelivered: { count, ...(since !== undefined && { since: new Date(since).toISOString() }) },
    saved: delivered.write === 'saved',
    ...(leaseCheck.clockSkew !== undefined && { clockSkew: leaseCheck.clockSkew }),
  };
  const errors = [...listingErrors(run, organisation), ...delivered.errors];
  if (errors.length > 0) throw new CheckFailed(errors, outcome);
  return outcome;
}

/** Of what was due, what stood in a message that Slack took. */
function notifiedOf({ plan, delivered }: CheckRun): Checked['notified'] {
  const told = new Set(delivered.notified.map(({ fingerprint }) => fingerprint));
  return changes(plan).filter(({ alert }) => told.has(alert));
}

/** Why nothing of the listing is believed, as an error; none when the syncs were seen. */
export function listingErrors(
  { listed, evaluation }: Pick<CheckRun, 'listed' | 'evaluation'>,
  organisation: string,
): readonly SyncAlertsError[] {
  if (!listed.ok) return [listed.error];
  if (evaluation.kind === 'listed') return [];
  const { kind, request: tried, received } = evaluation.failure;
  const advice = 'no alert is opened or closed by it; check that the API key still sees the organisation';
  const what = `cannot see the syncs of organisation ${JSON.stringify(organisation)}: tried ${tried}, got ${received}`;
  return [new SyncAlertsError(`listing_${kind}`, `${what}; ${advice}`)];
}
