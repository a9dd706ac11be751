import { type Facts, openAlerts } from '../alert.ts';
import { apiTimeOf, type Evaluation } from '../diagnose/evaluation.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import {
  type NeutralChange,
  type Notification,
  type NotificationPlan,
  sectionOf,
} from '../notify/notification.ts';
import { isInFlapHold } from './alert-lines.ts';
import { beforeSentText, folded, openCount, resolvedVerb } from './cause-lines.ts';
import type { Item, Section } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { explainedGroups } from './explained-lines.ts';
import { explanationOf } from './explanation-lines.ts';
import { joined, type Line, timeOfDay, words } from './rich-text.ts';
import { capitalized, formatNumber, joinWithAnd, momentText, pluralize } from './wording.ts';

/** What a headline is written from, beside the plan. */
export interface HeadlineContext {
  readonly evaluation: DigestEvaluation;
  readonly facts: Facts;
  readonly initialRun: boolean;
  /** The destination was never sent anything. */
  readonly isNewDestination?: boolean;
}

const OPEN_REASONS: readonly string[] = ['new', 'escalated', 'disable_imminent', 'changed'];

/** The counts of a plan, the worst first. */
export function headline(
  { notifications, reminder, unmuted, neutral, nothingListed }: NotificationPlan,
  { evaluation, facts, initialRun, isNewDestination }: HeadlineContext,
): string {
  const open = notifications.filter(({ reason }) => OPEN_REASONS.includes(reason));
  const unhealthy = open.filter(({ fingerprint }) => isSyncFingerprint(fingerprint));
  const listing = open.find(({ fingerprint }) => fingerprint === 'listing');
  const hasRecords = open.some(({ fingerprint }) => fingerprint === 'records');
  const { resolved, unsent } = endings(notifications);
  const dropped = notifications.filter((one) => sectionOf(one) === 'excluded').length;
  const text = joinWithAnd(
    [
      nothingListed ? 'no syncs are visible' : '',
      listing === undefined ? '' : listingPhrase(listing, evaluation),
      unhealthy.length === 0 ? '' : needAttention(unhealthy, { evaluation, facts }),
      hasRecords ? 'some records cannot be read' : '',
      ...neutralPhrases(neutral.filter(({ isImplied }) => !isImplied)),
      unmuted.length > 0 ? `${pluralize(unmuted.length, 'alert')} held back until now` : '',
      unsent.length > 0 ? `${formatNumber(unsent.length)} ${beforeSentText(unsent)}` : '',
      resolved.length > 0 ? `${formatNumber(resolved.length)} ${resolvedVerb(resolved)}` : '',
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

/** "3 more syncs need attention, 9 open in all, 31 late by 10:15 UTC (one shared cause)". */
function needAttention(
  unhealthy: readonly Notification[],
  { evaluation, facts }: Pick<HeadlineContext, 'evaluation' | 'facts'>,
): string {
  const critical = unhealthy.filter(({ alert }) => alert.severity === 'critical').length;
  const severity =
    critical === unhealthy.length ? 'critical' : critical > 0 ? `${formatNumber(critical)} critical` : '';
  const causes = causeCount(unhealthy, evaluation);
  const shared =
    causes === 0 ? '' : causes === 1 ? 'one shared cause' : `${formatNumber(causes)} shared causes`;
  const details = [severity, shared].filter((part) => part !== '').join(', ');
  const open = openAlerts(facts).filter(([fingerprint]) => isSyncFingerprint(fingerprint)).length;
  const isPart = open > unhealthy.length;
  const more = isPart && unhealthy.every(({ reason }) => reason === 'new') ? 'more ' : '';
  const need = [
    `${formatNumber(unhealthy.length)} ${more}${unhealthy.length === 1 ? 'sync needs' : 'syncs need'} attention`,
    isPart ? `, ${formatNumber(open)} open in all` : '',
    lateSoon(unhealthy, evaluation),
  ].join('');
  return details === '' ? need : `${need} (${details})`;
}

/** Shared causes and agents that explain several of the alerts, or one more beside those that were sent. */
function causeCount(unhealthy: readonly Notification[], evaluation: DigestEvaluation): number {
  const { causes, singles } = folded(unhealthy, 1);
  const isShared = ({ cause, alerts }: (typeof causes)[number]) =>
    alerts.length > 1 || (cause.isGrouping && openCount(cause) > 1);
  // One cause may stand in two sections.
  const shared = new Set(causes.filter(isShared).map(({ cause }) => cause.key)).size;
  // Errors that read alike may be several.
  const { groups } = explainedGroups(singles, ({ reason }) => reason, evaluation);
  return shared + groups.filter(({ explanation }) => explanation.kind === 'agent').length;
}

/** ", 31 late by 10:15 UTC", where one agent that is gone explains all of the alerts. */
function lateSoon(unhealthy: readonly Notification[], evaluation: DigestEvaluation): string {
  const troubles = new Set(
    unhealthy.map((one) => {
      const explanation = explanationOf(one, evaluation);
      return explanation?.kind === 'agent' ? explanation.trouble : undefined;
    }),
  );
  const [trouble] = troubles;
  if (trouble?.soon === undefined || troubles.size > 1) return '';
  const { late, soon } = trouble;
  return `, ${formatNumber(late + soon.count)} late by ${momentText(timeOfDay(soon.by, apiTimeOf(evaluation)))}`;
}

/** What ended, by whether it was sent before. What a cause held back stands in the line about its end. */
export function endings(notifications: readonly Notification[]): {
  readonly resolved: readonly Notification[];
  readonly unsent: readonly Notification[];
} {
  const resolved = notifications.filter((one) => sectionOf(one) === 'resolved');
  const causes = new Set(resolved.flatMap(({ cause }) => (cause?.isGrouping ? [cause.key] : [])));
  const isWithCause = ({ reason, cause, alert }: Notification) =>
    reason === 'resolved_in_group' &&
    alert.resolution?.how === 'resolved' &&
    cause !== undefined &&
    causes.has(cause.key);
  return {
    resolved: [...resolved, ...notifications.filter(isWithCause)],
    unsent: notifications.filter(
      (one) =>
        one.reason === 'resolved_undelivered' || (one.reason === 'resolved_in_group' && !isWithCause(one)),
    ),
  };
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
