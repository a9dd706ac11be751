import * as v from 'valibot';
import { countsText } from '../lambda/core/digest/counts-text.ts';
import { pluralize } from '../lambda/core/digest/wording.ts';

/** The counts of a listing; each record of it is in exactly one of them. Counts by problem are in the order to print. */
export const syncCountsSchema = v.object({
  listed: v.number(),
  healthy: v.number(),
  problems: v.record(v.string(), v.number()),
  paused: v.number(),
  inconclusive: v.number(),
  excluded: v.number(),
  withoutId: v.number(),
  repeated: v.number(),
  /** Present when the listing failed: the other counts are then 0. */
  listingFailure: v.optional(v.object({ received: v.string() })),
});
export type SyncCounts = v.InferOutput<typeof syncCountsSchema>;

/** The figures of a check, as its outcome has them, and as the function's response has them in JSON. */
export interface CheckFigures {
  readonly syncs: SyncCounts;
  readonly open: number;
  readonly posts: { readonly accepted: number };
  readonly undelivered: { readonly count: number };
  readonly dryRun: boolean;
  readonly heartbeat?: { readonly ok: boolean; readonly error?: string };
}

/**
 * The last line about a check: "29 syncs: 27 healthy, 2 failing; 2 alerts open; 1 message posted to Slack."
 *
 * @param sent The channel that the check's messages go to; 'nothing' when there were none to send.
 */
export function checkSummary(figures: CheckFigures, sent: 'slack' | 'terminal' | 'nothing'): string {
  const { syncs, open, posts, undelivered, dryRun, heartbeat } = figures;
  const parts = [syncsText(syncs), `${pluralize(open, 'alert')} open`];
  if (sent === 'nothing')
    parts.push(undelivered.count > 0 ? waitingText(undelivered.count) : 'nothing new to send');
  if (dryRun) return sentence([...parts, 'dry run: nothing posted, nothing saved']);
  if (sent === 'slack') parts.push(`${pluralize(posts.accepted, 'message')} posted to Slack`);
  if (sent !== 'nothing' && undelivered.count > 0)
    parts.push(`${pluralize(undelivered.count, 'notification')} undelivered`);
  if (heartbeat !== undefined)
    parts.push(heartbeat.ok ? 'heartbeat accepted' : `heartbeat not accepted: ${heartbeat.error}`);
  return sentence(parts);
}

/** Whether a check left anything undelivered that it was to deliver: its command fails then. */
export function leftUndelivered({
  undelivered,
  dryRun,
}: Pick<CheckFigures, 'undelivered' | 'dryRun'>): boolean {
  return undelivered.count > 0 && !dryRun;
}

/** The last line about a report: "29 syncs: 29 healthy; 0 alerts open; not posted." */
export function reportSummary({
  syncs,
  open,
  posts,
}: Pick<CheckFigures, 'syncs' | 'open' | 'posts'>): string {
  const posted =
    posts.accepted > 0 ? `${pluralize(posts.accepted, 'message')} posted to Slack` : 'not posted';
  return sentence([syncsText(syncs), `${pluralize(open, 'alert')} open`, posted]);
}

/** Nothing is posted while Slack is left alone after a failed post, however much is undelivered. */
function waitingText(count: number): string {
  return `${pluralize(count, 'notification')} ${count === 1 ? 'waits' : 'wait'} for Slack`;
}

function sentence(parts: readonly string[]): string {
  return `${parts.join('; ')}.`;
}

function syncsText(syncs: SyncCounts): string {
  if (syncs.listingFailure !== undefined) return `Listing the syncs failed: ${syncs.listingFailure.received}`;
  return countsText(syncs);
}
