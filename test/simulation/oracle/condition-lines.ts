import type { Post, SimulatedCheck } from '../simulated-check.ts';
import type { OracleReport } from './oracle-report.ts';
import { CLOCK_MS, type SeenSync, type SeenSyncs } from './seen-syncs.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Condition = 'active' | 'paused' | 'unlisted';

/** Where one sync stands by the listings, and by what Slack has. */
interface Standing {
  actual: Condition;
  /** When that changed. */
  since: number;
  /** What Slack has. */
  sent: Condition;
  post?: Post;
  /** When it was last sent as no longer listed. */
  unlistedSentAt?: number;
  /** When it was last listed again, whether or not Slack had that it was not. */
  relistedAt?: number;
  /** Its records never say who paused it. */
  isUnclear: boolean;
  /** A line claimed something else since the last change: what Slack has is unknown. */
  isDisputed: boolean;
  /** Its last record does not say. */
  isUnsure: boolean;
  /** It was active, or there from the first listing on: a pause of it is news. */
  hasBeenActive: boolean;
}

/**
 * Pauses, resumptions, and syncs that are no longer listed or listed again: each is sent once, only while it is so, and
 * within an hour.
 */
export class ConditionLines {
  readonly #standings = new Map<string, Standing>();
  readonly #seen: SeenSyncs;
  readonly #mutedAt: () => number;
  readonly #report: OracleReport;
  #pausedRemindedAt = Number.NEGATIVE_INFINITY;
  #pausedReminder: Post | undefined;

  /** @param mutedAt When anything was last muted: lines may have waited until then. */
  constructor(seen: SeenSyncs, mutedAt: () => number, report: OracleReport) {
    this.#seen = seen;
    this.#mutedAt = mutedAt;
    this.#report = report;
  }

  evaluated(check: SimulatedCheck): void {
    if (this.#seen.kind === 'failed') return;
    for (const [id, sync] of this.#seen.syncs) {
      const standing = this.#standings.get(id) ?? newStanding(sync, check.now);
      this.#standings.set(id, standing);
      if (sync.excluded !== undefined) forgetAbsence(standing);
      // An older API does not say who disabled it: nothing is claimed of such a sync any more.
      if (sync.reading?.mayBePaused && !sync.reading.isPaused) standing.isUnclear = true;
      const { actual, isUnsure } = conditionOf(sync, standing, check.now);
      standing.isUnsure = isUnsure;
      if (actual === 'active' && !isUnsure) standing.hasBeenActive = true;
      if (actual !== standing.actual) {
        if (standing.actual === 'unlisted') standing.relistedAt = check.now;
        standing.since = check.now;
        standing.isDisputed = false;
        // Nobody is told that it is listed again after so long.
        const sentMs = check.now - (standing.unlistedSentAt ?? check.now);
        if (standing.sent === 'unlisted' && actual !== 'unlisted' && sentMs > DAY - CLOCK_MS)
          standing.sent = 'active';
      }
      standing.actual = actual;
    }
  }

  /** The condition that the listings show; undefined when they do not say. */
  actual(id: string): Condition | undefined {
    const standing = this.#standings.get(id);
    return standing?.isUnsure || standing?.isUnclear ? undefined : standing?.actual;
  }

  /** Whether Slack has the condition of the sync as it is; undefined when the records or the lines leave that open. */
  isSent(id: string): boolean | undefined {
    const standing = this.#standings.get(id);
    if (standing === undefined || standing.isUnclear || standing.isUnsure || standing.isDisputed)
      return undefined;
    const { actual, sent, since, post } = standing;
    // A return in between that was not sent may be forgotten, so that the line may come again.
    if (actual === sent && (post === undefined || post.by.now < since)) return undefined;
    return actual === sent;
  }

  delivered(id: string, post: Post): void {
    const standing = this.#standings.get(id);
    const fail = (text: string) => this.#report.violation(`${id}: ${text}`, post.by);
    if (standing === undefined) {
      fail('a line about a sync that was never listed');
      return;
    }
    if (standing.isUnclear) return;
    const { actual, sent, since, unlistedSentAt } = standing;
    const { now } = post.by;
    // After a return of which nobody was told, it is announced anew.
    const isAnew = actual === 'unlisted' && unlistedSentAt !== undefined && since > unlistedSentAt;
    if (!standing.isUnsure && actual === sent && !isAnew) {
      const isRepeat = standing.post?.isConfirmed === false;
      // What was not confirmed counts as sent by the last post of it.
      if (isRepeat && actual === 'unlisted') standing.unlistedSentAt = now;
      if (actual === 'paused' && this.#isPausedAnew(id, standing)) this.#report.count('sent: paused anew');
      else if (actual === 'paused' && !isRepeat) this.#remindPaused(post);
      else if (!isRepeat) {
        fail(`sent that it is ${actual}, which was sent before`);
        // From now on Slack has the other condition that the line can have claimed.
        standing.isDisputed = true;
        standing.sent = actual === 'unlisted' ? 'active' : 'unlisted';
        if (standing.sent === 'unlisted') standing.unlistedSentAt = now;
        standing.post = post;
        return;
      }
    }
    if (actual === 'unlisted' && (actual !== sent || isAnew)) {
      this.#report.count('sent: unlisted');
      const absentMs = now - (this.#seen.syncs.get(id)?.absentSince ?? now);
      const isSoon = unlistedSentAt !== undefined && now - unlistedSentAt < 7 * DAY;
      if (isSoon && absentMs < DAY - CLOCK_MS && standing.post?.isConfirmed)
        fail('sent as unlisted twice within seven days, and it is absent for less than a day');
      standing.unlistedSentAt = now;
    }
    if (actual === 'active' && sent === 'unlisted') {
      this.#report.count('sent: listed again');
      if (since - (unlistedSentAt ?? 0) > DAY + CLOCK_MS) fail('sent as listed again after more than a day');
    }
    if (actual === 'paused' && actual !== sent) this.#report.count('sent: paused');
    if (actual === 'active' && sent === 'paused') this.#report.count('sent: resumed');
    standing.sent = actual;
    standing.post = post;
  }

  /**
   * One that was listed for less than a day, or excluded, is no longer kept as paused once two listings lack it, or while it
   * is excluded (docs/design/lifecycle.md, "Conditions"): where it is paused after that, it is sent anew.
   */
  #isPausedAnew(id: string, { since, post }: Standing): boolean {
    const sync = this.#seen.syncs.get(id);
    if (sync === undefined || post === undefined || since <= post.by.now) return false;
    return !sync.isAlwaysWatched || sync.lastSeen - sync.firstSeen < DAY + CLOCK_MS;
  }

  /** Paused syncs are in a reminder at most every `pausedRepeatInterval`; one reminder may be several covers. */
  #remindPaused(post: Post): void {
    const { by } = post;
    if (this.#pausedReminder?.by === by) return;
    const minMs = (by.policy.pausedRepeatIntervalSeconds - by.policy.periodSeconds / 2) * 1000 - CLOCK_MS;
    if (this.#pausedReminder?.isConfirmed && by.now - this.#pausedRemindedAt < minMs)
      this.#report.violation('a reminder of paused syncs too early', by);
    this.#report.count('reminders of paused syncs');
    this.#pausedReminder = post;
    this.#pausedRemindedAt = by.now;
  }

  /**
   * It was no longer listed, or sent as such, within seven days, so that its next absence has to last for a day. That is
   * one fact for all destinations: it does not depend on whether one of them was told in time.
   */
  isOnProbation(id: string, now: number): boolean {
    const { unlistedSentAt = 0, relistedAt = 0 } = this.#standings.get(id) ?? {};
    return now - Math.max(unlistedSentAt, relistedAt) < 7 * DAY + CLOCK_MS;
  }

  /** At the end of a check without a fault: nothing is unsent for more than an hour, or beside a message. */
  verify(check: SimulatedCheck): void {
    if (this.#seen.kind === 'failed' || this.#mutedAt() === check.now) return;
    let unlistedNow = 0;
    for (const [id, standing] of this.#standings) {
      if (!this.#mustSend(id, standing, check)) continue;
      const { actual, since, sent } = standing;
      const ageMs = check.now - Math.max(since, this.#mutedAt());
      if (actual === 'unlisted' && ageMs < CLOCK_MS) unlistedNow += 1;
      if (ageMs > HOUR + CLOCK_MS)
        this.#report.violation(`${id}: ${actual} for over an hour, and Slack has ${sent}`, check);
      else if (check.posts.length > 0)
        this.#report.violation(`${id}: ${actual}, which did not go with the next message`, check);
    }
    if (unlistedNow >= 10)
      this.#report.violation(
        `${unlistedNow} syncs are no longer listed, and that was not sent at once`,
        check,
      );
  }

  #mustSend(id: string, standing: Standing, check: SimulatedCheck): boolean {
    const { actual, sent, unlistedSentAt, since } = standing;
    const sync = this.#seen.syncs.get(id);
    if (
      standing.isUnsure ||
      standing.isUnclear ||
      standing.isDisputed ||
      actual === sent ||
      sync === undefined
    )
      return false;
    if (!sync.isAlwaysWatched || sync.excluded !== undefined) return false;
    // A post without a certain answer may have said it.
    if (standing.post !== undefined && !standing.post.isConfirmed) return false;
    if (actual === 'unlisted') {
      // One that was there from the first listing on may have been created shortly before.
      const created = Date.parse(String(sync.record['created_at']));
      const begin = sync.isOriginal ? created || 0 : sync.firstSeen;
      const isOld = sync.lastSeen - begin > DAY + CLOCK_MS;
      return isOld && !this.isOnProbation(id, check.now);
    }
    // What the last complete listing lacks may be about to be unlisted again: nothing is said of its return.
    if (actual === 'active' && (sync.isMissing || !sync.isPresent)) return false;
    if (sent === 'unlisted') return actual === 'active' && since - (unlistedSentAt ?? 0) < DAY - CLOCK_MS;
    return check.policy.notifyPauses && standing.hasBeenActive;
  }
}

/** What the listings show, and whether they leave it open. */
function conditionOf(
  { isPresent, absences, absentSince = 0, reading }: SeenSync,
  { actual: before, isUnsure, relistedAt }: Standing,
  now: number,
): { readonly actual: Condition; readonly isUnsure: boolean } {
  // One that was listed again stays paused until it has been absent for a day (docs/design/lifecycle.md, "Conditions"),
  // unless it left the first time unnoticed.
  const staysPaused = before === 'paused' && relistedAt !== undefined && now - absentSince < DAY + CLOCK_MS;
  if (!isPresent && absences >= 2)
    return staysPaused ? { actual: 'paused', isUnsure: true } : { actual: 'unlisted', isUnsure: false };
  if (!isPresent) return { actual: before, isUnsure };
  if (reading === undefined || reading.problem === 'unreadable')
    return { actual: before === 'unlisted' ? 'active' : before, isUnsure: true };
  return {
    actual: reading.mayBePaused ? 'paused' : 'active',
    isUnsure: reading.mayBePaused !== reading.isPaused,
  };
}

/** An excluded sync has no condition: once it is watched again, it starts anew (docs/design/lifecycle.md, "Conditions"). */
function forgetAbsence(standing: Standing): void {
  delete standing.unlistedSentAt;
  delete standing.relistedAt;
  if (standing.sent === 'unlisted') standing.isDisputed = true;
}

function newStanding({ isOriginal }: SeenSync, now: number): Standing {
  return {
    actual: 'active',
    since: now,
    sent: 'active',
    isUnclear: false,
    isDisputed: false,
    isUnsure: false,
    hasBeenActive: isOriginal,
  };
}
