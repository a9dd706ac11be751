import type { Facts } from '../alert.ts';
import type { Condition } from '../condition.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { ListedEvaluation } from '../diagnose/evaluation.ts';
import { ALERT_KINDS } from '../problem.ts';
import { EMPTY_ROSTER, missingFrom, type Roster, type RosterEntry, type SyncRoster } from '../roster.ts';
import { DAY_SECONDS, type Instant, secondsBetween } from '../time.ts';
import type { Notable } from './notable.ts';
import { isAbsent, type Unseen } from './unseen.ts';

/** A sync that was listed for less than this, and had no alert, may leave the listing unnoticed. */
const MIN_LISTED_SECONDS = DAY_SECONDS;
/** For so long after it was listed again, a sync must be absent for `LONG_ABSENCE_SECONDS` to count as unlisted. */
const RELISTED_SECONDS = 7 * DAY_SECONDS;
const LONG_ABSENCE_SECONDS = DAY_SECONDS;
/** An active condition is kept for so long, until every route was sent what it differs from. */
const KEPT_SECONDS = RELISTED_SECONDS;

/** What conditions are derived from. */
export interface ConditionContext {
  readonly facts: Facts;
  /** The roster after the evaluation. */
  readonly roster: Roster;
  /** As of this evaluation. */
  readonly unseen: Unseen;
}

/** Who is paused and who is unlisted after an evaluation. */
export function conditionsAfter(
  { evaluation, notable }: Notable,
  context: ConditionContext,
): Facts['conditions'] {
  const { facts, roster, unseen } = context;
  if (evaluation.kind === 'unavailable') return facts.conditions;
  const conditions: Record<string, Condition> = {};
  const known = roster.kind === 'syncs' ? roster : EMPTY_ROSTER;
  for (const [fingerprint, condition] of Object.entries(facts.conditions)) {
    if (evaluation.diagnoses.has(fingerprint) || !isKept(condition, evaluation.at)) continue;
    // A paused sync that the roster never had leaves the listing unnoticed.
    const isUnknown = roster.kind === 'syncs' && known.syncs[fingerprint] === undefined;
    const isForgotten = condition.condition === 'paused' && isUnknown;
    if (!isForgotten || !isAbsent(fingerprint, evaluation, unseen)) conditions[fingerprint] = condition;
  }
  for (const [fingerprint, diagnosis] of notable) {
    const before = facts.conditions[fingerprint];
    const isPaused = diagnosis.verdict.kind === 'paused';
    if (before === undefined && !isPaused) continue;
    const name = known.syncs[fingerprint]?.name ?? before?.name ?? '';
    const after = listedCondition(diagnosis, { now: evaluation.at, before, name });
    if (after !== undefined) conditions[fingerprint] = after;
  }
  for (const [fingerprint, entry] of missingFrom(known)) {
    const absence = absenceOf(fingerprint, entry, { facts, evaluation, unseen });
    if (absence === 'unnoticed' && conditions[fingerprint]?.condition === 'paused')
      delete conditions[fingerprint];
    if (absence !== 'unlisted') continue;
    conditions[fingerprint] = unlistedCondition(fingerprint, entry, { facts, now: evaluation.at });
  }
  return withRecreated(conditions, known);
}

function isKept({ condition, since, relistedAt }: Condition, now: Instant): boolean {
  if (condition === 'paused') return true;
  return secondsBetween(relistedAt ?? since, now) < KEPT_SECONDS;
}

function listedCondition(
  diagnosis: Diagnosis,
  {
    now,
    before,
    name,
  }: { readonly now: Instant; readonly before: Condition | undefined; readonly name: string },
): Condition | undefined {
  const { verdict, rules } = diagnosis;
  if (rules.exclusion !== undefined) return undefined;
  const wasUnlisted = before?.condition === 'unlisted';
  const relistedAt = wasUnlisted ? now : before?.relistedAt;
  const relisted = relistedAt === undefined ? {} : { relistedAt };
  if (verdict.kind === 'paused') {
    const since = before?.condition === 'paused' ? before.since : now;
    return { condition: 'paused', since, name, by: verdict.by, ...relisted };
  }
  // An unreadable record does not say whether the sync is paused.
  const isReadable = diagnosis.faults.length === 0;
  if (before?.condition === 'paused' && !isReadable) return before;
  const since = before?.condition === 'active' ? before.since : now;
  const after: Condition = { condition: 'active', since, name, ...relisted };
  return isKept(after, now) ? after : undefined;
}

/**
 * What the absence of a missing sync means: absent twice in a row, or from one listing that is accepted as empty; for a day, when it came back within a week. An
 * incomplete listing proves only the absence of what no listing has had for long. One that was listed for less than a day
 * goes unnoticed, and is no longer paused.
 */
function absenceOf(
  fingerprint: string,
  { since, missingSince }: RosterEntry,
  {
    facts,
    evaluation,
    unseen,
  }: Pick<ConditionContext, 'facts' | 'unseen'> & { readonly evaluation: ListedEvaluation },
): 'unlisted' | 'unnoticed' | undefined {
  if (missingSince === undefined || !isAbsent(fingerprint, evaluation, unseen)) return undefined;
  const before = facts.conditions[fingerprint];
  const wasMissing = rosterEntryOf(facts, fingerprint)?.missingSince !== undefined;
  if (!wasMissing && evaluation.recordCount > 0) return undefined;
  const isRecent = since !== undefined && secondsBetween(since, missingSince) < MIN_LISTED_SECONDS;
  // One that ended by a condition waits for the line about the absence, which may come a day later.
  const alert = facts.alerts[fingerprint];
  const how = alert?.resolution?.how;
  const hadAlert = alert?.state === 'firing' || how === 'unlisted' || how === 'paused';
  if (isRecent && !hadAlert) return 'unnoticed';
  const isRelisted =
    before?.relistedAt !== undefined && secondsBetween(before.relistedAt, missingSince) < RELISTED_SECONDS;
  const isLong = secondsBetween(missingSince, evaluation.at) >= LONG_ABSENCE_SECONDS;
  return !isRelisted || isLong ? 'unlisted' : undefined;
}

function rosterEntryOf({ roster }: Facts, fingerprint: string): RosterEntry | undefined {
  return roster.kind === 'syncs' ? roster.syncs[fingerprint] : undefined;
}

function unlistedCondition(
  fingerprint: string,
  { name }: RosterEntry,
  { facts, now }: { readonly facts: Facts; readonly now: Instant },
): Condition {
  const before = facts.conditions[fingerprint];
  if (before?.condition === 'unlisted') return before;
  const relisted = before?.relistedAt === undefined ? {} : { relistedAt: before.relistedAt };
  const alert = facts.alerts[fingerprint];
  const was =
    before?.condition === 'paused'
      ? 'was paused'
      : alert?.state === 'firing'
        ? ALERT_KINDS[alert.problem].pastPhrase
        : 'was healthy';
  return { condition: 'unlisted', since: now, name, was, ...relisted };
}

/** Marks unlisted syncs whose work an id does that was new within a day of their absence: each accounts for one of them. */
function withRecreated(
  conditions: Record<string, Condition>,
  roster: SyncRoster,
): Readonly<Record<string, Condition>> {
  const unlisted = Object.entries(conditions).filter(([, { condition }]) => condition === 'unlisted');
  if (unlisted.length === 0) return conditions;
  const newIds = new Map<string, Instant[]>();
  for (const { work, since, missingSince } of Object.values(roster.syncs)) {
    if (since === undefined || missingSince !== undefined) continue;
    const sameWork = newIds.get(work);
    if (sameWork === undefined) newIds.set(work, [since]);
    else sameWork.push(since);
  }
  for (const [fingerprint, condition] of unlisted) {
    const { work, missingSince = condition.since } = roster.syncs[fingerprint] ?? {};
    const available = work === undefined ? [] : (newIds.get(work) ?? []);
    const index = available.findIndex((since) => secondsBetween(since, missingSince) < DAY_SECONDS);
    if (index < 0 || condition.recreated) continue;
    available.splice(index, 1);
    conditions[fingerprint] = { ...condition, recreated: true };
  }
  return conditions;
}
