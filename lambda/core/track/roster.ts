import type { Facts } from '../alert.ts';
import type { Evaluation, ListedEvaluation } from '../diagnose/evaluation.ts';
import { syncIdOf } from '../fingerprint.ts';
import {
  EMPTY_ROSTER,
  MAX_ROSTER,
  type Roster,
  type RosterEntry,
  rosterSize,
  type SyncRoster,
  workHash,
} from '../roster.ts';
import type { Labels, Sync } from '../sync.ts';
import { after, DAY_SECONDS, type Instant, secondsBetween } from '../time.ts';
import { isAbsent, type Unseen } from './unseen.ts';

/** How long a missing sync stays in the roster: it may come back, and its absence is sent once. */
const MISSING_KEPT_SECONDS = 8 * DAY_SECONDS;

/** The longest name that is kept, in UTF-16 units. */
const MAX_NAME_LENGTH = 60;

/**
 * The roster after an evaluation. Only a complete listing adds to it; the first one is adopted as it is. Renamed syncs
 * keep their entry.
 */
export function rosterAfter(facts: Facts, evaluation: Evaluation, unseen: Unseen = {}): Roster {
  const { roster } = facts;
  if (evaluation.kind === 'unavailable') return roster;
  if (evaluation.withoutId > 0) return afterIncomplete(roster, evaluation, unseen);
  if (evaluation.diagnoses.size > MAX_ROSTER) return { kind: 'counts', counts: countsOf(evaluation) };
  const known = roster.kind === 'syncs' ? roster : EMPTY_ROSTER;
  const size = rosterSize(known);
  if (roster.kind === 'syncs' && isUnchanged(roster, size, evaluation)) return roster;
  const isFirst = size === 0;
  const syncs: Record<string, RosterEntry> = {};
  for (const [fingerprint, { sync, rules }] of evaluation.diagnoses) {
    if (rules.exclusion !== undefined) continue;
    const before = known.syncs[fingerprint];
    const name = shortName(fingerprint, sync.labels);
    if (before !== undefined && isAsBefore(before, name)) {
      syncs[fingerprint] = before;
      continue;
    }
    const since = before === undefined ? listedSince(sync, isFirst, evaluation) : before.since;
    syncs[fingerprint] = { name, work: workHash(sync.labels), ...(since !== undefined && { since }) };
  }
  for (const [fingerprint, entry] of Object.entries(known.syncs)) {
    if (evaluation.diagnoses.has(fingerprint)) continue;
    const { missingSince = evaluation.at } = entry;
    if (isForgotten(missingSince, evaluation.at)) continue;
    syncs[fingerprint] = { ...entry, missingSince };
  }
  return { kind: 'syncs', syncs };
}

/** Whether the listing has the syncs of the roster, under the same names, and no others: nearly always. */
function isUnchanged(known: SyncRoster, size: number, { diagnoses }: ListedEvaluation): boolean {
  let same = 0;
  for (const [fingerprint, { sync, rules }] of diagnoses) {
    if (rules.exclusion !== undefined) continue;
    const before = known.syncs[fingerprint];
    if (before === undefined || !isAsBefore(before, shortName(fingerprint, sync.labels))) return false;
    same += 1;
  }
  return same === size;
}

function isAsBefore({ name, missingSince }: RosterEntry, listedName: string): boolean {
  return name === listedName && missingSince === undefined;
}

/** When a new entry was first listed; of the first roster only for a sync that was created within the day. */
function listedSince(
  { createdAt }: Sync,
  isFirst: boolean,
  { at, apiSkewSeconds = 0 }: ListedEvaluation,
): Instant | undefined {
  if (!isFirst) return at;
  const since = createdAt === null ? undefined : after(createdAt, -apiSkewSeconds);
  return since !== undefined && secondsBetween(since, at) < DAY_SECONDS ? since : undefined;
}

/** An incomplete listing proves the presence of what it has, and the absence only of what no listing has had for long. */
function afterIncomplete(roster: Roster, evaluation: ListedEvaluation, unseen: Unseen): Roster {
  if (roster.kind !== 'syncs') return roster;
  const { diagnoses, at } = evaluation;
  const syncs: Record<string, RosterEntry> = { ...roster.syncs };
  let isChanged = false;
  for (const [fingerprint, entry] of Object.entries(roster.syncs)) {
    const { missingSince, ...listed } = entry;
    const isListed = diagnoses.has(fingerprint);
    if (isListed ? missingSince === undefined : !isAbsent(fingerprint, evaluation, unseen)) continue;
    if (isListed) syncs[fingerprint] = listed;
    else if (missingSince === undefined) syncs[fingerprint] = { ...entry, missingSince: at };
    else if (isForgotten(missingSince, at)) delete syncs[fingerprint];
    else continue;
    isChanged = true;
  }
  return isChanged ? { kind: 'syncs', syncs } : roster;
}

function isForgotten(missingSince: Instant, now: Instant): boolean {
  return secondsBetween(missingSince, now) > MISSING_KEPT_SECONDS;
}

function countsOf({ diagnoses }: ListedEvaluation): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { sync } of diagnoses.values()) {
    const id = sync.labels.connectorId ?? '';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  // The prefix keeps an id from naming a property that every object has.
  return Object.fromEntries([...counts].map(([id, count]) => [`connector:${id}`, count]));
}

function shortName(fingerprint: string, { name, source }: Labels): string {
  const text = isBlank(name) ? (isBlank(source) ? syncIdOf(fingerprint) : source) : name;
  return text.slice(0, MAX_NAME_LENGTH);
}

function isBlank(text: string | null): text is null {
  return text === null || text.trim() === '';
}
