import { type Facts, openAlerts } from '../core/alert.ts';
import type { Evaluation } from '../core/diagnose/evaluation.ts';
import { tally } from '../core/diagnose/tally.ts';
import { changes } from '../core/digest/changes.ts';
import { alertDecisions } from '../core/digest/decisions.ts';
import type { Digest } from '../core/digest/digest.ts';
import type { DestinationKey } from '../core/notify/destinations.ts';
import { undelivered } from '../core/notify/notification-log.ts';
import type { PlannedNotifications } from '../core/notify/plan.ts';
import type { WatchState } from '../core/state.ts';
import { SyncAlertsError } from '../errors.ts';
import type { ListingResult } from '../timbal/listing-source.ts';
import type { DeliveryResult } from './deliver.ts';
import type { AskedEvidence } from './explained.ts';
import type { LeaseCheck } from './lease.ts';
import { type Checked, CheckFailed, type Outcome } from './outcome.ts';
import type { RunContext } from './ports.ts';

/** Everything that a check found and did. */
interface CheckRun {
  readonly listed: ListingResult;
  readonly evaluation: Evaluation;
  readonly facts: Facts;
  /** What each destination is sent. */
  readonly outgoing: readonly {
    readonly key: DestinationKey;
    /** What it hears of. */
    readonly facts: Facts;
    readonly digest: Digest | undefined;
    /** Its name, where anything is sent elsewhere than to the destination `default`. */
    readonly route?: { readonly name: string };
    readonly planned: PlannedNotifications;
  }[];
  readonly asked: AskedEvidence | undefined;
  /** The state as of before any post. */
  readonly next: WatchState;
  readonly delivered: DeliveryResult;
  readonly leaseCheck: Extract<LeaseCheck, { readonly kind: 'free' }>;
}

/**
 * The outcome of a check.
 *
 * @throws CheckFailed with that outcome, when the check could not list, save or deliver.
 */
export function summarize(
  checkRun: CheckRun,
  { ports, settings, now }: Pick<RunContext, 'ports' | 'settings' | 'now'>,
): Outcome {
  const { evaluation, facts, outgoing, asked, next, delivered, leaseCheck } = checkRun;
  const { environment, organisation } = settings.origin;
  const at = new Date(now).toISOString();
  if (delivered.write === 'superseded') {
    const reason = 'another check saved its state before this one could';
    return { kind: 'superseded', at, environment, organisation, reason };
  }
  const takenOver = leaseCheck.takenOver ?? ports.state.takenOver?.();
  const stateReduced = ports.state.reduced?.();
  const { count, since } = undelivered(delivered.state ?? next);
  const outcome: Checked = {
    kind: 'checked',
    at,
    environment,
    organisation,
    dryRun: settings.dryRun,
    syncs: tally(evaluation),
    open: openAlerts(facts).length,
    changes: outgoing.flatMap(({ planned, route }) => changes(planned.plan, route?.name)),
    decisions: outgoing.flatMap(({ facts: own, planned, route }) =>
      alertDecisions(own, planned, now).map((one) => ({ ...one, ...(route && { destination: route.name }) })),
    ),
    notified: acceptedChanges(checkRun),
    digests: outgoing.flatMap(({ digest }) => digest ?? []),
    ...(asked && { evidence: asked }),
    posts: delivered.posts,
    undelivered: { count, ...(since !== undefined && { since: new Date(since).toISOString() }) },
    saved: delivered.write === 'saved',
    ...(leaseCheck.clockSkew !== undefined && { clockSkew: leaseCheck.clockSkew }),
    ...roundedSkew(evaluation),
    ...(takenOver !== undefined && { takenOver }),
    ...(stateReduced !== undefined && { stateReduced }),
  };
  const errors = [...listingErrors(checkRun, organisation), ...delivered.errors];
  if (errors.length > 0) throw new CheckFailed(errors, outcome);
  return outcome;
}

/** The field of an outcome for the skew of the API's clock. */
export function roundedSkew({ apiSkewSeconds }: Evaluation): Pick<Checked, 'apiSkewSeconds'> {
  return apiSkewSeconds === undefined ? {} : { apiSkewSeconds: Math.round(apiSkewSeconds) };
}

/** The changes in the messages that Slack accepted. */
function acceptedChanges({ outgoing, delivered }: CheckRun): Checked['notified'] {
  return outgoing.flatMap(({ key, planned, route }) => {
    const own = delivered.notified.filter(({ to }) => to === key);
    const accepted = new Set(own.map(({ fingerprint }) => fingerprint));
    return changes(planned.plan, route?.name).filter(({ alert }) => accepted.has(alert));
  });
}

/** Why the listing could not be used, as an error; empty when it could. */
export function listingErrors(
  { listed, evaluation }: Pick<CheckRun, 'listed' | 'evaluation'>,
  organisation: string,
): readonly SyncAlertsError[] {
  if (!listed.ok) return [listed.error];
  if (evaluation.kind === 'listed') return [];
  const { kind, request, received } = evaluation.failure;
  const failure = `could not list the syncs of organisation ${JSON.stringify(organisation)}: sent ${request}, received ${received}`;
  const advice =
    'No alert fires or resolves from it. Check that the API key still has access to the organisation';
  return [new SyncAlertsError(`listing_${kind}`, `${failure}. ${advice}`)];
}
