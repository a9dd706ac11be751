import type { Evaluation } from '../diagnose/evaluation.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import type { Notification, NotificationPlan } from '../notify/notification.ts';
import { isInFlapHold } from './alert-lines.ts';
import { folded } from './cause-lines.ts';
import { capitalized, formatNumber, joinWithAnd, pluralize } from './wording.ts';

/** What a headline is written from, beside the plan. */
export interface HeadlineContext {
  readonly evaluation: Evaluation;
  readonly initialRun: boolean;
}

/** The counts of a plan, the worst first: what a lock screen shows. */
export function headline(
  { notifications, reminder, shrinkage }: NotificationPlan,
  { evaluation, initialRun }: HeadlineContext,
): string {
  const open = notifications.filter(({ reason }) => ['new', 'escalated', 'changed'].includes(reason));
  const paused = open.filter((one) => isPausedInitially(one, initialRun)).length;
  const unhealthy = open.filter(
    (one) => isSyncFingerprint(one.fingerprint) && !isPausedInitially(one, initialRun),
  );
  const listing = open.find(({ fingerprint }) => fingerprint === 'listing');
  const hasRecords = open.some(({ fingerprint }) => fingerprint === 'records');
  const brief = notifications.filter(
    ({ reason }) => reason === 'resolved_undelivered' || reason === 'resolved_in_group',
  ).length;
  const ended = notifications.filter(({ reason }) => reason === 'resolved');
  const resolved = ended.filter(({ alert }) => alert.resolution?.how === 'resolved').length;
  const dropped = ended.length - resolved;
  const text = joinWithAnd(
    [
      listing === undefined ? '' : listingPhrase(listing, evaluation),
      unhealthy.length === 0 ? '' : needAttention(unhealthy),
      hasRecords ? 'some records cannot be read' : '',
      paused === 0 ? '' : pausedPhrase(paused, unhealthy.length),
      brief > 0 ? `${formatNumber(brief)} resolved in the meantime` : '',
      resolved > 0 ? `${formatNumber(resolved)} resolved` : '',
      dropped > 0 ? `${formatNumber(dropped)} no longer watched` : '',
      reminder.length > 0 ? `${formatNumber(reminder.length)} still open` : '',
      shrinkage === undefined ? '' : 'the listing shrank',
    ].filter((part) => part !== ''),
  );
  return initialRun ? `First check: ${text}` : capitalized(text);
}

/** On the initial run all paused syncs share one line. */
export function isPausedInitially({ alert, reason }: Notification, initialRun: boolean): boolean {
  return initialRun && alert.paused && reason === 'new';
}

function listingPhrase({ fingerprint, alert }: Notification, evaluation: Evaluation): string {
  return isInFlapHold(fingerprint, alert, evaluation)
    ? 'listing the syncs fails intermittently'
    : 'the syncs cannot be listed';
}

function pausedPhrase(paused: number, unhealthy: number): string {
  const count = unhealthy === 0 ? pluralize(paused, 'sync') : formatNumber(paused);
  return `${count} ${paused === 1 ? 'is' : 'are'} paused`;
}

function needAttention(unhealthy: readonly Notification[]): string {
  const critical = unhealthy.filter(({ alert }) => alert.severity === 'critical').length;
  const severity =
    critical === unhealthy.length ? 'critical' : critical > 0 ? `${formatNumber(critical)} critical` : '';
  // One cause may stand in two sections.
  const causes = new Set(folded(unhealthy).causes.map(({ cause }) => cause.key)).size;
  const shared =
    causes === 0 ? '' : causes === 1 ? 'one shared cause' : `${formatNumber(causes)} shared causes`;
  const details = [severity, shared].filter((part) => part !== '').join(', ');
  const need = `${pluralize(unhealthy.length, 'sync')} ${unhealthy.length === 1 ? 'needs' : 'need'} attention`;
  return details === '' ? need : `${need} (${details})`;
}
