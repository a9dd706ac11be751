import { evaluate } from '../core/diagnose/evaluation.ts';
import type { Tally } from '../core/diagnose/tally.ts';
import {
  type HealthyConnector,
  type ReportedSync,
  reportDigest,
  reportedSync,
  reportOf,
} from '../core/digest/report.ts';
import { parseListing } from '../core/parse/parse-sync.ts';
import { slackMessages } from '../core/render/slack-messages.ts';
import { SyncAlertsError } from '../errors.ts';
import { startDeadlines } from './deadlines.ts';
import { NO_POSTS, type Posts } from './deliver.ts';
import { loadAndList } from './load-and-list.ts';
import type { CheckSettings, Ports } from './ports.ts';
import { listingErrors } from './summarize.ts';

/** The health of every sync, for people and for programs. Dates are ISO 8601. */
export interface Reported {
  readonly kind: 'report';
  readonly at: string;
  readonly environment: string;
  readonly organisation: string;
  readonly syncs: Tally;
  /** Alerts that are open, as last remembered. */
  readonly open: number;
  readonly healthy: readonly HealthyConnector[];
  /** The worst first. */
  readonly unhealthy: readonly ReportedSync[];
  /** How many of the troubled did not fit the answer. */
  readonly omitted: number;
  readonly posts: Pick<Posts, 'accepted' | 'refused' | 'unconfirmed'>;
}

export type ReportSettings = Pick<CheckSettings, 'policy' | 'origin' | 'remainingSeconds'>;

/** Lambda answers with 6 MB at most (Lambda quotas, "Invocation payload"); the rest is for what stands around it. */
export const MAX_UNHEALTHY_BYTES = 5 * 1024 * 1024;

/**
 * The on-demand report. It reads memory for what is open, and leaves facts, telling and claims alone.
 *
 * @param post Whether it is posted as well.
 * @throws SyncAlertsError when the syncs cannot be seen, or when it was to be posted and Slack did not take all of it.
 */
export async function report(ports: Ports, settings: ReportSettings, post: boolean): Promise<Reported> {
  const { policy, origin } = settings;
  const times = startDeadlines(settings.remainingSeconds);
  const now = ports.now();
  const { loaded, listed } = await loadAndList(ports, times.listing);
  const { facts } = loaded.state;
  const evaluation = evaluate(parseListing(listed), facts, policy, now);
  if (evaluation.kind === 'unavailable') {
    const [error] = listingErrors({ listed, evaluation }, origin.organisation);
    throw new SyncAlertsError(
      'report_failed',
      `nothing to report: ${error?.message ?? 'the syncs cannot be seen'}`,
    );
  }
  const found = reportOf(evaluation, facts, policy, now);
  const messages = post ? slackMessages(reportDigest(found, evaluation, origin, now)) : [];
  const { accepted, refused, unconfirmed } = { ...NO_POSTS };
  const posts = { accepted, refused, unconfirmed };
  for (const message of messages) {
    const posted = await ports.slack.post(message, times.posting);
    posts[posted.kind] += 1;
    if (posted.kind === 'accepted') continue;
    const what = `${posts.accepted} of ${messages.length} messages of the report were posted`;
    throw new SyncAlertsError('report_failed', `${what}: ${posted.error.message}`);
  }
  const rows = found.unhealthy.map((row) => reportedSync(row, evaluation, now));
  return {
    kind: 'report',
    at: new Date(now).toISOString(),
    environment: origin.environment,
    organisation: origin.organisation,
    syncs: found.tally,
    open: found.open,
    healthy: found.healthy,
    ...fitted(rows, MAX_UNHEALTHY_BYTES),
    posts,
  };
}

/** As many of the rows, the worst first, as fit that many bytes of JSON. */
export function fitted(
  rows: readonly ReportedSync[],
  maxBytes: number,
): Pick<Reported, 'unhealthy' | 'omitted'> {
  let bytes = 0;
  let fitting = 0;
  for (const row of rows) {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > maxBytes) break;
    fitting += 1;
  }
  return { unhealthy: rows.slice(0, fitting), omitted: rows.length - fitting };
}
