import type { Coverage } from '../../../lambda/core/notify/notification.ts';
import type { SimulatedCheck } from '../simulated-check.ts';
import type { CauseKeys } from './cause-keys.ts';
import type { CauseLog } from './cause-log.ts';
import type { ExpectedFacts } from './expected-facts.ts';
import type { OracleReport } from './oracle-report.ts';

const MIN_ALERTS = 3;

interface CauseAssignmentOptions {
  readonly facts: ExpectedFacts;
  readonly keys: CauseKeys;
  readonly causes: CauseLog;
  readonly report: OracleReport;
}

/**
 * Which alerts a digest has to show under which shared cause, by docs/design/notifications.md and
 * docs/adr/0005-shared-causes-count-syncs-that-ran.md.
 */
export class CauseAssignment {
  readonly #facts: ExpectedFacts;
  readonly #keys: CauseKeys;
  readonly #causes: CauseLog;
  readonly #report: OracleReport;
  /** The notified cause of each alert, before the posts of the check that evaluated last. */
  readonly #notifiedBefore = new Map<string, string>();

  constructor({ facts, keys, causes, report }: CauseAssignmentOptions) {
    this.#facts = facts;
    this.#keys = keys;
    this.#causes = causes;
    this.#report = report;
  }

  /** After the evaluation of a check, before it posts. */
  evaluated(): void {
    this.#notifiedBefore.clear();
    if (this.#causes.entries.size === 0) return;
    for (const id of this.#facts.alerts.keys()) {
      const cause = this.#causes.of(id);
      if (cause !== undefined) this.#notifiedBefore.set(id, cause);
    }
  }

  /** After a check posted all its messages. */
  verify(check: SimulatedCheck): void {
    const sections = new Map<string, Coverage[]>();
    for (const { covers } of check.posts)
      for (const one of covers) {
        const section = this.#sectionOf(one);
        sections.set(section, [...(sections.get(section) ?? []), one]);
      }
    for (const covers of sections.values()) {
      const expected = this.#causesOf(covers, check);
      for (const { fingerprint, cause, reason } of covers) {
        const right = expected.get(fingerprint);
        if (cause === right) continue;
        this.#report.violation(
          `${fingerprint}: ${reason} was posted under ${cause ?? 'no cause'}, expected ${right ?? 'none'}`,
          check,
        );
      }
    }
  }

  #causesOf(covers: readonly Coverage[], check: SimulatedCheck): ReadonlyMap<string, string> {
    const causes = new Map<string, string>();
    const left = new Set<string>();
    for (const { fingerprint: id } of covers) {
      if (!id.startsWith('sync:') || this.#facts.alerts.get(id)?.isPaused !== false) continue;
      const notified = this.#notifiedBefore.get(id);
      if (notified === undefined) left.add(id);
      else causes.set(id, notified);
    }
    const { listed, now, policy } = check;
    if (left.size < MIN_ALERTS || listed?.ok !== true) return causes;
    if (this.#facts.isListingFailure({ listed, now, policy, isInitialRun: false })) return causes;
    for (;;) {
      const largest = this.#largestCause(left, check);
      if (largest === undefined) return causes;
      for (const id of largest.alerts) {
        causes.set(id, largest.key);
        left.delete(id);
      }
    }
  }

  /** The cause that explains most of these alerts; of equals, the most specific. */
  #largestCause(left: ReadonlySet<string>, check: SimulatedCheck) {
    const alertsOf = new Map<string, string[]>();
    for (const id of left)
      for (const key of this.#keys.of(id)) alertsOf.set(key, [...(alertsOf.get(key) ?? []), id]);
    return [...alertsOf]
      .filter(([key, ids]) => ids.length >= MIN_ALERTS && this.#isHalf(key, ids, check))
      .map(([key, alerts]) => ({ key, alerts }))
      .sort((one, other) => other.alerts.length - one.alerts.length || rank(one.key) - rank(other.key))[0];
  }

  /**
   * Whether at least half of the syncs that share the cause are affected. While it lasts, only the affected count, and the
   * healthy ones that succeeded since the problem began (the median of the affected).
   */
  #isHalf(key: string, ids: readonly string[], check: SimulatedCheck): boolean {
    const affected = new Set(ids);
    for (const [id, { state, isPaused }] of this.#facts.alerts)
      if (state === 'firing' && !isPaused && this.#keys.of(id).includes(key)) affected.add(id);
    const sharing = this.#sharing(key);
    if (affected.size * 2 >= sharing.size) return true;
    if (ids.some((id) => this.#facts.alerts.get(id)?.state !== 'firing')) return false;
    const began = [...affected].map((id) => this.#beganAt(id, sharing.get(id)));
    const durationMs = check.now - median(began);
    let healthy = 0;
    for (const [id, record] of sharing) {
      const alert = this.#facts.alerts.get(id);
      const hasProblem =
        alert?.state === 'firing' || alert?.pending !== undefined || this.#facts.unhealthyExcluded.has(id);
      if (!hasProblem && !affected.has(id) && sinceSuccessMs(record, check.now) < durationMs) healthy += 1;
    }
    return affected.size >= healthy;
  }

  /** The records of the syncs that share the cause and are not paused. */
  #sharing(key: string): ReadonlyMap<string, Record<string, unknown>> {
    const sharing = new Map<string, Record<string, unknown>>();
    for (const [id, record] of this.#facts.records) {
      const alert = this.#facts.alerts.get(id);
      const isOpen = alert?.state === 'firing' || alert?.state === 'pending';
      // An unreadable record does not prove that its sync is paused.
      const isUnreadable = isOpen && alert.problem === 'unreadable';
      const isPaused = !isUnreadable && record['enabled'] === false && record['disabled_reason'] === null;
      if (!isPaused && this.#keys.of(id).includes(key)) sharing.set(id, record);
    }
    return sharing;
  }

  /** When the problem began: at the run that failed at the latest, or, without a run, when the sync was created. */
  #beganAt(id: string, record: Record<string, unknown> | undefined): number {
    const since = this.#facts.alerts.get(id)?.since ?? Number.POSITIVE_INFINITY;
    const started = Date.parse(String(record?.['last_run_at'] ?? record?.['created_at']));
    return Number.isNaN(started) ? since : Math.min(since, started);
  }

  #sectionOf({ fingerprint, reason }: Coverage): string {
    switch (reason) {
      case 'resolved':
        return this.#facts.alerts.get(fingerprint)?.resolution === 'resolved' ? 'resolved' : 'unlisted';
      case 'resolved_undelivered':
      case 'resolved_in_group':
      case 'reminder':
        return reason;
      default:
        return this.#facts.alerts.get(fingerprint)?.problem === 'unreadable' ? 'unreadable' : 'firing';
    }
  }
}

function rank(key: string): number {
  return ['connection', 'connector', 'kb'].indexOf(key.split(':')[0] ?? '');
}

/** Infinite without a success. */
function sinceSuccessMs(record: Record<string, unknown>, now: number): number {
  const at = Date.parse(String(record['last_success_at']));
  const seconds = record['seconds_since_success'];
  const ages = [
    ...(Number.isNaN(at) ? [] : [now - at]),
    ...(typeof seconds === 'number' ? [seconds * 1000] : []),
  ];
  return ages.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ages);
}

/** Of two values in the middle, the earlier. */
function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[(times.length - 1) >> 1] ?? 0;
}
