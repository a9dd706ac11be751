// In: the ports and the settings.
// Out: the health of every sync, also posted to Slack where that was requested.
// Called by: invocation/run-command.ts for `npm run invoke -- <environment> report`; cli/run-report.ts for `npm start -- report`.
import { evaluate } from '../core/diagnose/evaluation.ts';
import type { ExcludedSyncs, RuleNote } from '../core/diagnose/rule-notes.ts';
import type { Tally } from '../core/diagnose/tally.ts';
import { alertDecisions } from '../core/digest/decisions.ts';
import type { Digest } from '../core/digest/digest.ts';
import { withLinks } from '../core/digest/digest-evaluation.ts';
import { type ConnectionHealth, type HealthyConnector, reportOf } from '../core/digest/report.ts';
import { reportDigest } from '../core/digest/report-digest.ts';
import { type ReportedSync, reportedSync } from '../core/digest/reported-sync.ts';
import { groupBy } from '../core/group-by.ts';
import { destinationViews } from '../core/notify/destination-views.ts';
import { planNotifications } from '../core/notify/plan.ts';
import { type Message, slackMessages } from '../core/render/slack-messages.ts';
import { track } from '../core/track/track.ts';
import { SyncAlertsError } from '../errors.ts';
import type { Deadline } from '../http/deadline.ts';
import { startDeadlines } from './deadlines.ts';
import type { Posts } from './deliver.ts';
import { currentDestinations } from './destinations.ts';
import { explained } from './explained.ts';
import { loadAndList } from './load-and-list.ts';
import { isOtherPolicy, policyIdOf } from './policy-id.ts';
import type { CommandSettings, Ports } from './ports.ts';
import { listingErrors, roundedSkew } from './summarize.ts';

/** The health of every sync, for people and for programs. Dates are ISO 8601, in UTC. */
export interface Reported {
  readonly kind: 'report';
  readonly at: string;
  readonly environment: string;
  readonly organisation: string;
  readonly syncs: Tally;
  /** How many alerts are open, as a check would count them now. */
  readonly open: number;
  /** The worst first, 1,000 of them at most. */
  readonly connections: readonly ConnectionHealth[];
  readonly healthy: readonly HealthyConnector[];
  /** The most severe first. */
  readonly unhealthy: readonly ReportedSync[];
  /** How many unhealthy syncs did not fit into the response. */
  readonly omitted: number;
  readonly posts: ReportPosts;
  /** By how many seconds the API's clock is ahead of ours (negative: behind), rounded; absent when they agree. */
  readonly apiSkewSeconds?: number;
  /** The excluded syncs, by the entry of the policy that excludes them. */
  readonly excluded: readonly (Omit<ExcludedSyncs, 'until'> & { readonly until?: string })[];
  /** The entries of the policy that match no sync, or have ended. */
  readonly ruleNotes: readonly RuleNote[];
  readonly digest: Digest;
}

type ReportPosts = Pick<Posts, 'accepted' | 'refused' | 'unconfirmed'>;

/** Lambda responds with 6 MB at most (Lambda quotas, "Invocation payload"); 1 MB is left for the other fields. */
const MAX_UNHEALTHY_BYTES = 5 * 1024 * 1024;
const MAX_CONNECTIONS = 1000;

/**
 * Reports on demand what a check would find and send now. It writes nothing: neither facts nor notification log nor
 * lease.
 *
 * @param post Whether to post the report to Slack as well.
 * @throws SyncAlertsError `report_failed` when the syncs cannot be listed, or when Slack did not accept every message.
 */
export async function report(ports: Ports, settings: CommandSettings, post: boolean): Promise<Reported> {
  const { policy, origin } = settings;
  const deadlines = startDeadlines(settings.remainingSeconds);
  const now = ports.now();
  const { loaded, listed } = await loadAndList(ports, deadlines.listing);
  const { facts } = loaded.state;
  const evaluation = evaluate(listed, facts, { policy, now });
  if (evaluation.kind === 'unavailable') {
    const [error] = listingErrors({ listed, evaluation }, origin.organisation);
    throw new SyncAlertsError(
      'report_failed',
      `nothing to report: ${error?.message ?? 'the syncs cannot be listed'}`,
    );
  }
  const tracked = track(facts, evaluation, { policy, initialRun: !loaded.state.initialized });
  const policyChanged = isOtherPolicy(loaded.state, policyIdOf(policy));
  const { routes } = loaded.state;
  const destinations = await currentDestinations(ports, policy, routes);
  const views = destinationViews(destinations, { facts: tracked, evaluation, policy, routes });
  const decisions = views.flatMap((view) => {
    const { destination, route } = view;
    const initialRun = !destination.initialized;
    const mutes = { silences: loaded.silences?.known ?? [], hours: view.hours };
    const context = { ...view, evaluation, policy, initialRun, policyChanged, mutes };
    const planned = planNotifications(view.facts, destination, context);
    const to = route && { destination: route.name };
    return alertDecisions(view.facts, planned, now).map((one) => ({ ...one, ...to }));
  });
  const found = reportOf(evaluation, tracked, policy);
  const unhealthy = found.unhealthy.filter(({ status }) => status !== 'paused');
  const { explanations } = await explained(unhealthy, evaluation, { ports, settings, deadlines });
  const linked = withLinks(evaluation, policy.links, origin.organisation);
  const shown = explanations === undefined ? linked : { ...linked, explanations };
  const digest = reportDigest(found, { evaluation: shown, origin, decisions });
  const posts = await postAll(ports, post ? slackMessages(digest) : [], deadlines.posting);
  const decided = groupBy(decisions, ({ alert }) => alert);
  const rows = found.unhealthy.map((row) => reportedSync(row, shown, decided));
  return {
    kind: 'report',
    at: new Date(now).toISOString(),
    environment: origin.environment,
    organisation: origin.organisation,
    syncs: found.tally,
    open: found.open,
    connections: found.connections.slice(0, MAX_CONNECTIONS),
    healthy: found.healthy,
    excluded: found.excluded.map(({ until, ...one }) => ({
      ...one,
      ...(until !== undefined && { until: new Date(until).toISOString() }),
    })),
    ruleNotes: found.ruleNotes,
    ...rowsThatFit(rows, MAX_UNHEALTHY_BYTES),
    posts,
    digest,
    ...roundedSkew(evaluation),
  };
}

/** @throws SyncAlertsError at the first message that Slack does not accept. */
async function postAll(
  { slack }: Ports,
  messages: readonly Message[],
  deadline: Deadline,
): Promise<ReportPosts> {
  let accepted = 0;
  for (const message of messages) {
    const result = await slack.post(message, deadline);
    if (result.kind !== 'accepted') {
      const progress = `${accepted} of ${messages.length} messages of the report were posted`;
      throw new SyncAlertsError('report_failed', `${progress}: ${result.error.message}`);
    }
    accepted += 1;
  }
  return { accepted, refused: 0, unconfirmed: 0 };
}

/** The first rows, as many as fit into `maxBytes` of JSON. */
export function rowsThatFit(
  rows: readonly ReportedSync[],
  maxBytes: number,
): Pick<Reported, 'unhealthy' | 'omitted'> {
  let bytes = 0;
  let count = 0;
  for (const row of rows) {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > maxBytes) break;
    count += 1;
  }
  return { unhealthy: rows.slice(0, count), omitted: rows.length - count };
}
