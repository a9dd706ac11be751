import type { Evaluation } from '../diagnose/evaluation.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import type { NeutralChange, Notification, NotificationPlan } from '../notify/notification.ts';
import { isInFlapHold } from './alert-lines.ts';
import { folded } from './cause-lines.ts';
import type { Item, Section } from './digest.ts';
import { joined, type Line, words } from './rich-text.ts';
import { capitalized, formatNumber, joinWithAnd, pluralize } from './wording.ts';

/** What a headline is written from, beside the plan. */
export interface HeadlineContext {
  readonly evaluation: Evaluation;
  readonly initialRun: boolean;
  /** The destination was never sent anything. */
  readonly isNewDestination?: boolean;
}

const OPEN_REASONS: readonly string[] = ['new', 'escalated', 'disable_imminent', 'changed'];

/** The counts of a plan, the worst first. */
export function headline(
  { notifications, reminder, unmuted, neutral, nothingListed }: NotificationPlan,
  { evaluation, initialRun, isNewDestination }: HeadlineContext,
): string {
  const open = notifications.filter(({ reason }) => OPEN_REASONS.includes(reason));
  const unhealthy = open.filter(({ fingerprint }) => isSyncFingerprint(fingerprint));
  const listing = open.find(({ fingerprint }) => fingerprint === 'listing');
  const hasRecords = open.some(({ fingerprint }) => fingerprint === 'records');
  const brief = notifications.filter(
    ({ reason }) => reason === 'resolved_undelivered' || reason === 'resolved_in_group',
  ).length;
  const ended = notifications.filter(({ reason }) => reason === 'resolved');
  const resolved = ended.filter(({ alert }) => alert.resolution?.how !== 'excluded').length;
  const dropped = ended.length - resolved;
  const text = joinWithAnd(
    [
      nothingListed ? 'no syncs are visible' : '',
      listing === undefined ? '' : listingPhrase(listing, evaluation),
      unhealthy.length === 0 ? '' : needAttention(unhealthy),
      hasRecords ? 'some records cannot be read' : '',
      ...neutralPhrases(neutral.filter(({ isImplied }) => !isImplied)),
      unmuted.length > 0 ? `${pluralize(unmuted.length, 'alert')} held back until now` : '',
      brief > 0 ? `${formatNumber(brief)} resolved in the meantime` : '',
      resolved > 0 ? `${formatNumber(resolved)} resolved` : '',
      dropped > 0 ? `${formatNumber(dropped)} excluded by the policy` : '',
      reminder.length > 0 ? `${formatNumber(reminder.length)} still open` : '',
    ].filter((part) => part !== ''),
  );
  if (initialRun) return `First check: ${text}`;
  return isNewDestination ? `First message here: ${text}` : capitalized(text);
}

const NEUTRAL_PHRASES: Readonly<Record<NeutralChange['kind'] | 'disabled', string>> = {
  unlisted: 'no longer listed',
  recreated: 're-created',
  listed_again: 'listed again',
  paused: 'paused',
  disabled: 'disabled',
  resumed: 'resumed',
};

function neutralPhrases(neutral: readonly NeutralChange[]): readonly string[] {
  const kinds = Object.entries(NEUTRAL_PHRASES).flatMap(([kind, phrase]) => {
    const count = neutral.filter((change) => namedKind(change) === kind).length;
    return count === 0 ? [] : [{ count, phrase }];
  });
  return kinds.map(({ count, phrase }, index) =>
    index === 0 ? `${pluralize(count, 'sync')} ${phrase}` : `${formatNumber(count)} ${phrase}`,
  );
}

/** Where the API does not say who disabled a sync, nobody can say that a person paused it. */
function namedKind({ kind, condition, alert }: NeutralChange): keyof typeof NEUTRAL_PHRASES {
  return kind === 'paused' && alert === undefined && condition.by === 'unknown' ? 'disabled' : kind;
}

function listingPhrase({ fingerprint, alert }: Notification, evaluation: Evaluation): string {
  return isInFlapHold(fingerprint, alert, evaluation)
    ? 'listing syncs fails intermittently'
    : 'no sync is watched';
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

/** "6 resolved", so that a lock screen shows as well that it is getting better; not what was paused, unlisted or excluded. */
function resolvedText(sections: readonly Section[]): readonly Line[] {
  const items = sections.flatMap(({ title, items }) => (title === 'Resolved' ? items : []));
  const count = items.reduce((sum, { covers }) => sum + covers.length, 0);
  return count === 0 ? [] : [[words(`${formatNumber(count)} resolved`)]];
}

/** How many items a lock screen names. */
const MAX_PUSHED = 3;

/**
 * What a lock screen shows: "CRITICAL: " and the titles of the worst items, after the headline if all of it is a reminder;
 * the headline alone where nothing is open.
 */
export function pushText(headline: string, sections: readonly Section[], isReminder: boolean): Line {
  const items = sections
    .flatMap((section) => section.items)
    .filter(({ isNested, push }) => !isNested || push !== undefined);
  const isUrgent = ({ level }: Item) => level === 'critical' || level === 'warning';
  const worst = [
    ...items.filter(({ level }) => level === 'critical'),
    ...items.filter(({ level }) => level === 'warning'),
  ].slice(0, MAX_PUSHED);
  const [only, ...others] = items.filter(({ isNested }) => !isNested);
  if (only !== undefined && others.length === 0 && only.level === 'good') {
    const stillOpen = items.flatMap(({ isNested, push }) => (isNested && push ? [push] : []));
    return joined([only.title, ...stillOpen], ' · ');
  }
  if (!items.some(isUrgent)) return [words(headline)];
  const more = items.filter(isUrgent).length - worst.length;
  const open: Line = [
    ...joined(
      worst.map(({ title, push }) => push ?? title),
      ' · ',
    ),
    ...(more > 0 ? [words(` and ${formatNumber(more)} more`)] : []),
  ];
  const titles = joined([open, ...resolvedText(sections)], ' · ');
  const text = isReminder ? [words(`${headline}: `), ...titles] : titles;
  return worst[0]?.level === 'critical' ? [words('CRITICAL: '), ...text] : text;
}
