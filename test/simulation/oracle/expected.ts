import type { Policy } from '../../../lambda/core/policy.ts';
import type { Listed } from '../../../lambda/timbal/listing.ts';
import { type Finding, find, type Past } from './finding.ts';

const HOUR = 3_600_000;

/** What should be known of one alert, by section 4 of the design. */
export interface Expected {
  state: 'none' | 'pending' | 'firing' | 'ended';
  /** The waiting of a pending alert, or of an ended one that has a problem again. */
  waiting?: { since: number; problems: Set<string> } | undefined;
  problems: Set<string>;
  problem: string;
  /** As last seen; an unreadable record does not lower it. */
  severity: 'warning' | 'critical';
  /** When it was last seen to be critical no more. */
  criticalUntil?: number;
  isPaused: boolean;
  /** When this opening began, its wait included. */
  since: number;
  /** When each opening began to fire. */
  openings: number[];
  isFlapping: boolean;
  healthySince?: number | undefined;
  absences: number;
  how?: 'resolved' | 'gone';
  /** Openings in all. */
  opened: number;
}

/** One look: what a check saw, once its facts are remembered. */
export interface Look {
  readonly listed: Listed;
  readonly now: number;
  readonly policy: Policy;
  /** The first digest was not delivered yet: nothing waits. */
  readonly isFirst: boolean;
}

/**
 * The facts as they should be, followed look by look. It shares no code with `track`; where that remembers as little
 * as it can, this forgets nothing.
 */
export class ExpectedFacts {
  readonly alerts = new Map<string, Expected>();
  readonly #pasts = new Map<string, Past>();
  #hasShownSyncs = false;

  /** Whether a check that got this listing saw the syncs. */
  isBlind({ listed, now, policy }: Look): boolean {
    if (!listed.ok) return true;
    if (listed.records.length === 0) return this.#hasShownSyncs;
    const unreadable = (listed.records as readonly Record<string, unknown>[]).filter(
      (record) =>
        record['id'] == null ||
        find(record, this.#pasts.get(`sync:${record['id']}`) ?? {}, now, policy).problem === 'unreadable',
    );
    return unreadable.length * 2 > listed.records.length;
  }

  /** What earlier looks saw of a sync. */
  past(id: string): Past | undefined {
    return this.#pasts.get(id);
  }

  apply(look: Look): void {
    const { listed, now, policy, isFirst } = look;
    const isBlind = this.isBlind(look);
    if (listed.ok && listed.records.length > 0) this.#hasShownSyncs = true;
    if (isBlind) {
      const isRefused = !listed.ok && listed.blindness.kind === 'refused';
      const waitMs = isFirst || isRefused ? 0 : policy.blindAfterSeconds * 1000;
      this.#trouble(
        'listing',
        { problem: 'blind', severity: 'critical', isPaused: false, waitMs, isSecondLook: false },
        now,
        3600,
      );
      return;
    }
    this.#well('listing', now, () => true, 3600);
    const records = listed.ok ? (listed.records as readonly Record<string, unknown>[]) : [];
    const nameless = records.filter(({ id }) => id == null);
    if (nameless.length > 0)
      this.#trouble(
        'records',
        {
          problem: 'unreadable',
          severity: 'warning',
          isPaused: false,
          waitMs: policy.pendingForSeconds * 1000 * (isFirst ? 0 : 1),
          isSecondLook: false,
        },
        now,
        3600,
      );
    else this.#well('records', now, () => true, 3600);

    const here = new Set<string>();
    for (const record of records) {
      if (record['id'] == null) continue;
      const id = `sync:${record['id']}`;
      here.add(id);
      this.#lookAt(id, record, look);
    }
    if (nameless.length > 0) return;
    for (const [id, alert] of this.alerts) {
      if (!id.startsWith('sync:') || here.has(id)) continue;
      alert.absences += 1;
      if (alert.absences < 2) continue;
      if (alert.state === 'firing') {
        this.#nowAs(alert, 'warning', now);
        alert.state = 'ended';
        alert.how = 'gone';
      } else if (alert.state === 'pending') alert.state = alert.openings.length > 0 ? 'ended' : 'none';
      alert.waiting = undefined;
    }
  }

  #lookAt(id: string, record: Record<string, unknown>, { now, policy, isFirst }: Look): void {
    const past = this.#pasts.get(id) ?? {};
    this.#pasts.set(id, past);
    const isEnabled = record['enabled'] === true;
    const finding = find(record, past, now, policy);
    // A record that cannot be read says nothing, not even that.
    if (isEnabled && finding.problem !== 'unreadable' && past.disabled !== undefined) past.enabledAt ??= now;
    // A failure stands until it is disproved, whether or not an alert was open for it.
    const stillFails = finding.isFailing && past.isFailing === true;
    if (finding.problem !== 'unreadable' && finding.disproves('failing') && !stillFails)
      past.isFailing = false;
    const known = this.alerts.get(id);
    if (known !== undefined) known.absences = 0;
    if (finding.problem !== undefined) {
      const { severity, isPaused, interval } = finding;
      this.#trouble(
        id,
        { problem: finding.problem, severity, isPaused, ...waitOf(finding, policy, isFirst) },
        now,
        interval,
      );
    } else this.#well(id, now, finding.disproves, finding.interval);
    if (finding.problem === 'failing' || stillFails) {
      past.isFailing = true;
      const success = finding.record.lastSuccess ?? null;
      const latest = past.failingSuccess;
      past.failingSuccess = latest == null ? success : Math.max(latest, success ?? 0);
    }
    // Over for good at a newer success, also when the API's clock goes back after it.
    if (isEnabled && finding.problem !== 'unreadable' && !finding.isResumed) {
      delete past.disabled;
      delete past.enabledAt;
    }
    if (finding.problem === 'disabled') {
      past.disabled = finding.record;
      delete past.enabledAt;
    }
  }

  #trouble(
    id: string,
    {
      problem,
      severity,
      isPaused,
      waitMs,
      isSecondLook,
    }: {
      readonly problem: string;
      readonly severity: 'warning' | 'critical';
      readonly isPaused: boolean;
      readonly waitMs: number;
      /** It fires at the second look at the earliest. */
      readonly isSecondLook: boolean;
    },
    now: number,
    interval: number,
  ): void {
    const alert = this.alerts.get(id) ?? {
      state: 'none',
      problems: new Set<string>(),
      problem,
      severity,
      isPaused,
      since: now,
      openings: [],
      isFlapping: false,
      absences: 0,
      opened: 0,
    };
    this.alerts.set(id, alert);
    alert.healthySince = undefined;
    if (alert.state === 'firing') {
      alert.problems.add(problem);
      alert.problem = problem;
      if (severity === 'critical' || problem !== 'unreadable') this.#nowAs(alert, severity, now);
      alert.isPaused = isPaused;
      return;
    }
    const isFirstOfWait = alert.waiting === undefined;
    alert.waiting ??= {
      since: now,
      problems: new Set(this.#pasts.get(id)?.isFailing === true ? ['failing'] : []),
    };
    alert.waiting.problems.add(problem);
    if (alert.state !== 'ended') this.#nowAs(alert, severity, now);
    if (now - alert.waiting.since < waitMs || (isFirstOfWait && isSecondLook)) {
      if (alert.state === 'none') alert.state = 'pending';
      return;
    }
    const window = Math.max(24 * HOUR, 8 * interval * 1000);
    alert.openings = [...alert.openings.filter((at) => now - at < window), now];
    alert.isFlapping = alert.openings.length >= 4;
    alert.problems = alert.waiting.problems;
    alert.since = alert.waiting.since;
    alert.waiting = undefined;
    alert.state = 'firing';
    alert.problem = problem;
    this.#nowAs(alert, severity, now);
    alert.isPaused = isPaused;
    alert.opened += 1;
  }

  #nowAs(alert: Expected, severity: 'warning' | 'critical', now: number): void {
    if (alert.severity === 'critical' && severity === 'warning') alert.criticalUntil = now;
    alert.severity = severity;
  }

  #well(id: string, now: number, disproves: (problem: string) => boolean, interval: number): void {
    const alert = this.alerts.get(id);
    if (alert === undefined) return;
    const had = alert.state === 'firing' ? alert.problems : (alert.waiting?.problems ?? new Set<string>());
    if (![...had].every(disproves)) return;
    alert.waiting = undefined;
    if (alert.state === 'pending') alert.state = 'none';
    if (alert.state !== 'firing') return;
    alert.healthySince ??= now;
    const hold = alert.isFlapping ? Math.max(2 * HOUR, 2 * interval * 1000) : 0;
    if (now - alert.healthySince < hold) return;
    alert.healthySince = undefined;
    this.#nowAs(alert, 'warning', now);
    alert.state = 'ended';
    alert.how = 'resolved';
  }
}

function waitOf(
  finding: Finding,
  { pendingForSeconds }: Policy,
  isFirst: boolean,
): { waitMs: number; isSecondLook: boolean } {
  if (isFirst) return { waitMs: 0, isSecondLook: false };
  const usual = finding.severity === 'critical' ? 0 : pendingForSeconds;
  const isSecondLook =
    finding.problem === 'failing' && finding.interval < 600 && !finding.isLate && finding.failures < 2;
  // On top of the usual wait.
  const edited = finding.problem === 'stalled' && finding.isEdited ? finding.stallAllowance : 0;
  return { waitMs: (usual + edited) * 1000, isSecondLook };
}
