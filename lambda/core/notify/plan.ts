/*
 * Decides what one destination is sent now: takes the facts and what the destination was sent, gives the notifications with their
 * reasons, and for every other alert the reason why not. A check calls `planNotifications` once.
 */
import type { Alert, Facts } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { groupBy } from '../group-by.ts';
import { hashOf } from '../hash.ts';
import type { Policy } from '../policy.ts';
import { tokenFrom } from '../silence.ts';
import type { Destination, MutedNews, NotificationLogEntry } from '../state.ts';
import type { Instant } from '../time.ts';
import { isBackingOff } from './backoff.ts';
import { type Cause, causesOf, ORGANISATION } from './cause.ts';
import { causeSentUnder, isSentNow, liveCauses, mayRideAlong, type NotifiedCauses } from './grouping.ts';
import { type LikelyCause, likelyCauses } from './likely-causes.ts';
import { activeMutes, type Mute, type Mutes, NO_MUTES } from './mute.ts';
import { mutedCounts, partedNews, unmutedChanges } from './muted-news.ts';
import { areNeutralDue, endedWithCondition, neutralChanges } from './neutral.ts';
import {
  EMPTY_PLAN,
  type NeutralChange,
  type NotificationPlan,
  type Pending,
  sectionOf,
  type TrackedAlert,
} from './notification.ts';
import { withUndelivered } from './notification-log.ts';
import { openPopulation, type Population } from './population.ts';
import { type Decision, decide, endsByCondition, sendReason } from './reason.ts';
import { isDue, nextReminderAt, pausedReminderOf, remindable, reminderOf } from './reminders.ts';
import { foldingCauses, groupingCause, type SharedCauseContext } from './shared-causes.ts';

/** What is sent on a destination, and the destination as it then stands. */
export interface PlannedNotifications {
  readonly plan: NotificationPlan;
  /** By fingerprint, whether each alert is sent now, and why. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** When the next reminder is due; undefined while nothing is open that a reminder could list. */
  readonly reminderAt: Instant | undefined;
  readonly destination: Destination;
  /** By fingerprint, what holds news back, or would hold a reminder back. */
  readonly mutes: ReadonlyMap<string, Mute>;
}

/** What a plan is made from, beside the facts and the destination. */
export interface PlanContext {
  readonly evaluation: Evaluation;
  /**
   * Everything that is listed, also what other destinations hear of.
   * @default what is listed, with the alerts of the facts
   */
  readonly population?: Population | undefined;
  readonly policy: Policy;
  /** The destination is sent no reminders. */
  readonly alertsAlone?: true;
  /** The destination has no digest yet: changes of condition are sent at once. */
  readonly initialRun: boolean;
  /** The policy is another than at the last evaluation. */
  readonly policyChanged: boolean;
  /** @default none */
  readonly mutes?: Mutes;
  /** Makes the tokens of one destination differ from those of another. */
  readonly tokenSeed?: string;
}

/**
 * The difference between the facts and what the destination was sent, computed anew at every check: once the facts are saved
 * it survives any crash, and it can never be stale.
 */
export function planNotifications(
  facts: Facts,
  destination: Destination,
  context: PlanContext,
): PlannedNotifications {
  const { evaluation, policy, initialRun, policyChanged, mutes = NO_MUTES, tokenSeed = '' } = context;
  const population = context.population ?? openPopulation(evaluation, facts);
  const now = evaluation.at;
  const active = activeMutes(mutes, now);
  const notified = liveCauses(facts, destination.causes ?? {}, destination.notificationLog);
  const likely =
    population === undefined
      ? new Map<string, LikelyCause>()
      : likelyCauses(population, { notified, sentUnder: causesSentUnder(destination), policyChanged, now });
  const changes = neutralChanges(facts, { destination, policy });
  const neutral = unmutedChanges(changes, active, { facts, evaluation });
  const withCondition = endedWithCondition(facts, changes, destination);
  const news = {
    news: pendingOf(facts, destination, withCondition),
    remindable: remindable(facts, destination.notificationLog, evaluation),
  };
  const isCriticalByCause = criticalByCause(likely, notified);
  const { pending, released, mutes: muteOf, remindable: open } = partedNews(news, active, isCriticalByCause);
  // What is open at the end of a mute is as good as new.
  const reopened = released.filter(isOpen).map((one) => ({ ...one, reason: 'new' as const }));
  const causeOf = groupingCausesOf([...pending, ...reopened], { notified, likely });
  const isNeutralDue =
    neutral.length > 0 && (initialRun || areNeutralDue(neutral, facts, { destination, policy, now }));
  const isNothingListed = facts.nothingListed === true && !destination.nothingListedSent;
  const isBackingOffNow = isBackingOff(destination, now);

  const reminders = { destination, policy, now };
  const reminderAt = context.alertsAlone ? undefined : nextReminderAt(open, reminders);
  const isReminderDue = !isBackingOffNow && isDue(reminderAt, now);
  const sent = sentNow(pending, causeOf, {
    notified,
    policy,
    now,
    facts,
    destination,
    sendsAnyway: isReminderDue || isNothingListed || isNeutralDue || released.length > 0,
    changed: new Set(neutral.map(({ fingerprint }) => fingerprint)),
  });

  const isReleased = new Set(released.map(({ fingerprint }) => fingerprint));
  const decisions = new Map<string, Decision>();
  const notificationLog: Record<string, NotificationLogEntry> = {};
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    const before = destination.notificationLog[fingerprint] ?? {};
    const decision = decide(alert, before, {
      endsWithCondition: withCondition.has(fingerprint),
      mutedBy: muteOf.get(fingerprint)?.by,
      isCatchUp: isReleased.has(fingerprint),
      isHeldByGroup: !sent.has(fingerprint) && !isReleased.has(fingerprint),
      isBackingOff: isBackingOffNow,
    });
    decisions.set(fingerprint, decision);
    const logEntry = entryBefore(before, decision, { now, mute: muteOf.get(fingerprint) });
    if (Object.keys(logEntry).length > 0) notificationLog[fingerprint] = logEntry;
  }
  const isAnySent = !isBackingOffNow && (sent.size + released.length > 0 || isReminderDue || isNothingListed);
  const dueNeutral = isNeutralDue || isAnySent ? neutral : [];
  const { causes: _causes, conditions: _conditions, ...rest } = destination;
  const next: Destination = {
    ...rest,
    notificationLog,
    ...(Object.keys(notified).length > 0 && { causes: notified }),
    ...withUndelivered(destination, dueNeutral, now),
  };
  if (isBackingOffNow) return { plan: EMPTY_PLAN, decisions, reminderAt, destination: next, mutes: muteOf };

  const current = (one: Pending) => ({ ...one, logEntry: notificationLog[one.fingerprint] ?? {} });
  const notifications = pending.filter(({ fingerprint }) => sent.has(fingerprint)).map(current);
  const unmuted = released.map(current);
  const reminder = isReminderDue ? reminderOf(open, [...notifications, ...unmuted]) : [];
  for (const { fingerprint } of reminder) decisions.set(fingerprint, { notify: true, reason: 'reminder' });
  const shown = [...notifications, ...unmuted, ...reminder];
  const said = new Set([...sent, ...[...reopened, ...reminder].map(({ fingerprint }) => fingerprint)]);
  const sendsAnything = shown.length > 0 || isNothingListed || isNeutralDue;
  const muted = mutedCounts(facts, muteOf, active);
  const token = tokenOf(shown, destination, `${tokenSeed} ${now}`);
  if (token !== undefined) {
    for (const { fingerprint } of shown.filter(isOpen))
      notificationLog[fingerprint] = withToken(notificationLog[fingerprint] ?? {}, token);
  }
  const lines = { population, likely, notified, tracked: trackedOf(facts, destination), now };
  const plan: NotificationPlan = {
    notifications: withCauses(notifications, causeOf, lines).map((one) =>
      one.logEntry.muted === undefined ? one : asGrouping(one),
    ),
    reminder: withFolding(reminder, lines),
    ...(isReminderDue && reminder.length === 0 && { satisfiesReminder: true }),
    unmuted: withCauses(unmuted, causeOf, lines).map(asGrouping),
    ...(muted && { muted }),
    ...(token !== undefined && { token }),
    neutral: sendsAnything ? neutralOf(changes, new Set(neutral), { facts, said }) : [],
    // The end of an alert says of its sync that it was paused again.
    pausedReminder: isReminderDue
      ? pausedReminderOf(facts, reminders).filter(({ fingerprint }) => !said.has(fingerprint))
      : [],
    ...(isNothingListed && { nothingListed: true }),
  };
  return { plan, decisions, reminderAt, destination: next, mutes: muteOf };
}

/** What a line names that a mute held until now is its cause from now on, however long ago it began. */
function asGrouping<T extends TrackedAlert>(one: T): T {
  return one.cause === undefined ? one : { ...one, cause: { ...one.cause, isGrouping: true } };
}

/** Whether an alert is explained by a critical cause, or was sent under one. */
function criticalByCause(
  likely: ReadonlyMap<string, LikelyCause>,
  notified: NotifiedCauses,
): (one: TrackedAlert) => boolean {
  const critical = [...likely.values()].filter(
    ({ cause, isCritical }) => isCritical || cause.kind === ORGANISATION.kind,
  );
  const explained = new Set(
    critical.flatMap(({ affected }) => affected.map(({ fingerprint }) => fingerprint)),
  );
  return ({ fingerprint, logEntry }) => {
    const sentUnder = causeSentUnder(logEntry);
    const isSentAsCritical = sentUnder !== undefined && notified[sentUnder]?.severity === 'critical';
    return explained.has(fingerprint) || isSentAsCritical;
  };
}

/** Every alert with a reason to be sent; those that end with the condition of their sync are sent by its line. */
function pendingOf(
  facts: Facts,
  destination: Destination,
  withCondition: ReadonlySet<string>,
): readonly Pending[] {
  return Object.entries(facts.alerts).flatMap(([fingerprint, alert]) => {
    const logEntry = destination.notificationLog[fingerprint] ?? {};
    const reason = sendReason(alert, logEntry);
    if (reason === undefined || withCondition.has(fingerprint)) return [];
    return [{ fingerprint, alert, logEntry, reason }];
  });
}

/** By fingerprint, the key of the cause under which an alert was sent that is not closed. */
function causesSentUnder({ notificationLog }: Destination): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(notificationLog).flatMap(([fingerprint, logEntry]) => {
      const key = causeSentUnder(logEntry);
      return key === undefined ? [] : [[fingerprint, key] as const];
    }),
  );
}

function trackedOf(facts: Facts, destination: Destination): readonly TrackedAlert[] {
  return Object.entries(facts.alerts).map(([fingerprint, alert]) => ({
    fingerprint,
    alert,
    logEntry: destination.notificationLog[fingerprint] ?? {},
  }));
}

/**
 * By fingerprint, the cause under which a pending notification is sent: the likely one that explains the alert, else the
 * one under which it was sent before. A cause that was never sent needs a new alert.
 */
function groupingCausesOf(
  pending: readonly Pending[],
  {
    notified,
    likely,
  }: { readonly notified: NotifiedCauses; readonly likely: ReadonlyMap<string, LikelyCause> },
): ReadonlyMap<string, Cause> {
  const explainedBy = new Map<string, Cause>();
  for (const { cause, affected } of likely.values())
    for (const { fingerprint } of affected) explainedBy.set(fingerprint, cause);
  const isStarting = new Set(
    pending.flatMap(({ fingerprint, reason }) => {
      const cause = reason === 'new' ? explainedBy.get(fingerprint) : undefined;
      return cause === undefined ? [] : [cause.key];
    }),
  );
  const causes = new Map<string, Cause>();
  for (const { fingerprint, alert, logEntry, reason } of pending) {
    const explaining = explainedBy.get(fingerprint);
    const isUsable =
      explaining !== undefined && (Object.hasOwn(notified, explaining.key) || isStarting.has(explaining.key));
    // What a mute held belongs to a cause that was sent meanwhile, though it is new here.
    const isNew = reason === 'new' && logEntry.muted === undefined;
    const earlier = isUsable || isNew ? undefined : earlierCause(alert, logEntry, notified);
    const cause = isUsable ? explaining : earlier;
    if (cause !== undefined) causes.set(fingerprint, cause);
  }
  return causes;
}

/** The cause that was sent under which an alert was sent, or held, before. */
function earlierCause(
  { labels }: Alert,
  { lastNotified, heldSince, muted }: NotificationLogEntry,
  notified: NotifiedCauses,
): Cause | undefined {
  // What a mute held and was sent alone before belongs to no cause that was sent meanwhile.
  const isUnsent = heldSince !== undefined || (muted !== undefined && lastNotified === undefined);
  const before = lastNotified?.cause ?? (isUnsent ? '' : undefined);
  if (before === undefined) return undefined;
  return causesOf(labels).find(
    ({ key }) => Object.hasOwn(notified, key) && (before === key || before === ''),
  );
}

/**
 * News of the sync's alert implies its condition: that the alert ended because the sync was paused or is no longer listed,
 * or else that the sync was resumed or is listed again.
 */
function withImplied(change: NeutralChange, { alerts }: Facts, sent: ReadonlySet<string>): NeutralChange {
  const alert = alerts[change.fingerprint];
  if (alert === undefined || !sent.has(change.fingerprint)) return change;
  const isReturn = change.kind === 'resumed' || change.kind === 'listed_again';
  const isImplied = endsByCondition(alert) ? alert.resolution?.how === change.condition.condition : isReturn;
  return isImplied ? { ...change, isImplied } : change;
}

/** What no mute holds back, and what the news of an alert says although a mute holds the line of its own back. */
function neutralOf(
  changes: readonly NeutralChange[],
  unmuted: ReadonlySet<NeutralChange>,
  { facts, said }: { readonly facts: Facts; readonly said: ReadonlySet<string> },
): readonly NeutralChange[] {
  return changes.flatMap((change) => {
    const given = withImplied(change, facts, said);
    return unmuted.has(change) || given.isImplied ? [given] : [];
  });
}

interface SendContext {
  readonly notified: NotifiedCauses;
  readonly policy: Policy;
  readonly now: Instant;
  readonly facts: Facts;
  readonly destination: Destination;
  /** Something else is sent, so that held notifications may ride along. */
  readonly sendsAnyway: boolean;
  /** The fingerprints of the syncs whose change of condition goes with a message: what is held about them goes with it. */
  readonly changed: ReadonlySet<string>;
}

/** The fingerprints of the pending notifications that are sent now; the others are held by their cause. */
function sentNow(
  pending: readonly Pending[],
  causeOf: ReadonlyMap<string, Cause>,
  context: SendContext,
): ReadonlySet<string> {
  const { notified, policy, now, sendsAnyway, changed } = context;
  const sent = new Set<string>();
  const held = new Map<string, readonly Pending[]>();
  for (const [key, group] of groupBy(pending, ({ fingerprint }) => causeOf.get(fingerprint)?.key)) {
    const cause = key === undefined ? undefined : notified[key];
    // What should have been sent already, or is in flight, is not held by a cause that was sent since.
    const followUps: Pending[] = [];
    for (const one of group) {
      if (cause !== undefined && canBeHeld(one.logEntry)) followUps.push(one);
      else sent.add(one.fingerprint);
    }
    if (cause === undefined || key === undefined) continue;
    const openUnder = countOpenUnder(key, context);
    if (isSentNow(followUps, cause, { policy, now, openUnder }))
      for (const { fingerprint } of followUps) sent.add(fingerprint);
    else held.set(key, followUps);
  }
  if (sent.size === 0 && !sendsAnyway) return sent;
  for (const [key, followUps] of held) {
    const cause = notified[key];
    const rideAlong = cause !== undefined && mayRideAlong(cause, { policy, now });
    for (const { fingerprint } of followUps) if (rideAlong || changed.has(fingerprint)) sent.add(fingerprint);
  }
  return sent;
}

/** How many alerts that were sent under the cause are open and need no person to enable their sync. */
function countOpenUnder(key: string, { facts, destination }: SendContext): number {
  return Object.entries(destination.notificationLog).filter(([fingerprint, logEntry]) => {
    const alert = facts.alerts[fingerprint];
    return causeSentUnder(logEntry) === key && alert?.state === 'firing' && alert.problem !== 'disabled';
  }).length;
}

function canBeHeld({ undeliveredSince, inFlight }: NotificationLogEntry): boolean {
  return undeliveredSince === undefined && inFlight === undefined;
}

function isOpen({ alert }: TrackedAlert): boolean {
  return alert.state === 'firing';
}

/** How many digests an alert is remembered with: whoever silences a digest reads one of the last. */
const MAX_DIGESTS = 3;

function withToken(logEntry: NotificationLogEntry, token: string): NotificationLogEntry {
  const { digests = [] } = logEntry;
  return { ...logEntry, digests: [...digests, token].slice(-MAX_DIGESTS) };
}

/** A token for the digest that no other of this destination has; undefined where nothing in it is open. */
function tokenOf(
  shown: readonly TrackedAlert[],
  { notificationLog }: Destination,
  seed: string,
): string | undefined {
  if (!shown.some(isOpen)) return undefined;
  const taken = new Set(Object.values(notificationLog).flatMap(({ digests = [] }) => digests));
  return tokenFrom(hashOf(seed) / 2 ** 32, (token) => taken.has(token));
}

/** The log entry of an alert before anything is posted. */
function entryBefore(
  before: NotificationLogEntry,
  decision: Decision,
  { now, mute }: { readonly now: Instant; readonly mute: Mute | undefined },
): NotificationLogEntry {
  const { undeliveredSince = now, heldSince = now, muted, ...others } = before;
  const reason = decision.notify ? decision.reason : decision.withheld;
  if (reason === undefined) return others;
  const rest = { ...others, ...(muted && { muted }) };
  const isNewFiring = reason === 'new' && before.lastNotified !== undefined;
  const kept = isNewFiring ? { ...(rest.rerouted && { rerouted: rest.rerouted }) } : rest;
  if (!decision.notify && decision.reason === 'held_by_group') return { ...kept, heldSince };
  if (!decision.notify && mute !== undefined) return { ...kept, muted: mutedSince(muted, mute, now) };
  return {
    ...kept,
    ...(reason === 'resolved_in_group' && { heldSince }),
    undeliveredSince: isNewFiring ? now : undeliveredSince,
  };
}

function mutedSince(before: MutedNews | undefined, { by, id }: Mute, now: Instant): MutedNews {
  return { since: before?.since ?? now, by, ...(id !== undefined && { id }) };
}

/** The notifications with the cause under which each is sent, else with one that folds their section. */
function withCauses(
  notifications: readonly Pending[],
  causeOf: ReadonlyMap<string, Cause>,
  context: SharedCauseContext,
): readonly Pending[] {
  const grouping = new Map<string, ReturnType<typeof groupingCause>>();
  const sentUnder = groupBy(notifications, ({ fingerprint }) => causeOf.get(fingerprint)?.key);
  const grouped = notifications.map((one) => {
    const cause = causeOf.get(one.fingerprint);
    if (cause === undefined) return one;
    const shared = grouping.get(cause.key) ?? groupingCause(cause, sentUnder.get(cause.key) ?? [], context);
    grouping.set(cause.key, shared);
    return { ...one, cause: shared };
  });
  const singles = grouped.filter(({ cause }) => cause === undefined);
  const folding = new Map(
    [...groupBy(singles, sectionOf).values()].flatMap((section) => [...foldingCauses(section, context)]),
  );
  return grouped.map((one) => withCause(one, folding));
}

function withFolding(
  reminder: readonly TrackedAlert[],
  context: SharedCauseContext,
): readonly TrackedAlert[] {
  const folding = foldingCauses(reminder, context);
  return reminder.map((one) => withCause(one, folding));
}

function withCause<T extends TrackedAlert>(
  one: T,
  causes: ReadonlyMap<string, NonNullable<TrackedAlert['cause']>>,
): T {
  const cause = one.cause ?? causes.get(one.fingerprint);
  return cause === undefined ? one : { ...one, cause };
}
