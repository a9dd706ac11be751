import { blindness } from './conclude.ts';
import { lookAt } from './core/look.ts';
import type { Judged } from './core/outcome.ts';
import {
  type HealthyConnector,
  type ReportedSync,
  reportDigest,
  reportedSync,
  reportOf,
} from './core/report.ts';
import { parseListing } from './core/sync-record.ts';
import { NO_POSTS, type Posts } from './deliver.ts';
import { SyncAlertsError } from './errors.ts';
import type { CheckSettings, Ports } from './ports.ts';
import { recallAndList } from './recall-and-list.ts';
import { compose } from './slack/compose.ts';
import { timetable } from './timetable.ts';

/** The health of every sync, for people and for programs. Dates are ISO 8601. */
export interface Reported {
  readonly kind: 'report';
  readonly at: string;
  readonly environment: string;
  readonly organisation: string;
  readonly syncs: Judged;
  /** Alerts that are open, as last remembered. */
  readonly open: number;
  readonly healthy: readonly HealthyConnector[];
  /** The worst first. */
  readonly troubled: readonly ReportedSync[];
  /** How many of the troubled did not fit the answer. */
  readonly omitted: number;
  readonly posts: Pick<Posts, 'accepted' | 'refused' | 'uncertain'>;
}

export type ReportSettings = Pick<CheckSettings, 'policy' | 'place' | 'killedAfterSeconds'>;

/** Lambda answers with 6 MB at most (Lambda quotas, "Invocation payload"); the rest is for what stands around it. */
export const MOST_TROUBLED_BYTES = 5 * 1024 * 1024;

/**
 * The on-demand report. It reads memory for what is open, and leaves facts, telling and claims alone.
 *
 * @param post Whether it is posted as well.
 * @throws SyncAlertsError when the syncs cannot be seen, or when it was to be posted and Slack did not take all of it.
 */
export async function report(ports: Ports, settings: ReportSettings, post: boolean): Promise<Reported> {
  const { policy, place } = settings;
  const times = timetable(settings.killedAfterSeconds);
  const now = ports.now();
  const { recalled, listed } = await recallAndList(ports, times.listing);
  const { facts } = recalled.memory;
  const look = lookAt(parseListing(listed), facts, policy, now);
  if (look.kind === 'blind') {
    const [error] = blindness({ listed, look }, place.organisation);
    throw new SyncAlertsError(
      'report_failed',
      `nothing to report: ${error?.message ?? 'the syncs cannot be seen'}`,
    );
  }
  const found = reportOf(look, facts, policy, now);
  const messages = post ? compose(reportDigest(found, look, place, now)) : [];
  const { accepted, refused, uncertain } = { ...NO_POSTS };
  const posts = { accepted, refused, uncertain };
  for (const message of messages) {
    const posted = await ports.slack.post(message, times.posting);
    posts[posted.kind] += 1;
    if (posted.kind === 'accepted') continue;
    const what = `${posts.accepted} of ${messages.length} messages of the report were posted`;
    throw new SyncAlertsError('report_failed', `${what}: ${posted.error.message}`);
  }
  const rows = found.troubled.map((row) => reportedSync(row, look, now));
  return {
    kind: 'report',
    at: new Date(now).toISOString(),
    environment: place.environment,
    organisation: place.organisation,
    syncs: found.judged,
    open: found.open,
    healthy: found.healthy,
    ...fitted(rows, MOST_TROUBLED_BYTES),
    posts,
  };
}

/** As many of the rows, the worst first, as fit that many bytes of JSON. */
export function fitted(
  rows: readonly ReportedSync[],
  mostBytes: number,
): Pick<Reported, 'troubled' | 'omitted'> {
  let bytes = 0;
  let fitting = 0;
  for (const row of rows) {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > mostBytes) break;
    fitting += 1;
  }
  return { troubled: rows.slice(0, fitting), omitted: rows.length - fitting };
}
