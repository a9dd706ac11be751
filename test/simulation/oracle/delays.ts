import type { Alert } from '../../../lambda/core/alert.ts';
import type { SimulatedCheck } from '../simulated-check.ts';
import type { AlertBounds } from './alert-bounds.ts';
import type { Announcement, Channel } from './channel.ts';
import type { ConditionLines } from './condition-lines.ts';
import type { DigestLines } from './digest-lines.ts';
import type { Muted } from './muted.ts';
import type { OracleReport } from './oracle-report.ts';
import { CLOCK_MS } from './seen-syncs.ts';

const HOUR = 3_600_000;
const MAX_OPENING_MS = HOUR;
const MAX_RECOVERY_MS = 6 * HOUR;
const MINUTE = 60_000;

export interface DelaysOptions {
  readonly bounds: AlertBounds;
  readonly channel: Channel;
  readonly conditions: ConditionLines;
  readonly muted: Muted;
  readonly lines: DigestLines;
  readonly report: OracleReport;
}

/** A notification that Slack does not have. */
interface Unsent {
  readonly id: string;
  readonly what: string;
  readonly sinceMs: number;
  readonly maxMs: number;
  readonly causes: readonly string[];
}

/**
 * At the end of a check without a fault, on a route that does not back off: a single waits for nothing, and only an alert
 * of a cause that was sent is held, an opening for an hour, a critical one for the group interval, a recovery for six
 * hours. Whatever message goes out takes along what is held under causes that were last sent a group interval ago.
 */
export class Delays {
  readonly #options: DelaysOptions;

  constructor(options: DelaysOptions) {
    this.#options = options;
  }

  verify(check: SimulatedCheck): void {
    const { bounds, channel, report } = this.#options;
    report.count('checks verified for delay');
    const live = this.#liveCauses(check);
    for (const [id, alert] of Object.entries(bounds.alerts)) {
      const one = channel.of(id);
      const causes = live.filter((key) => this.#belongs(id, key));
      const unsent = this.#unsent({ id, alert, one, causes, check });
      if (unsent === undefined || this.#mayBeMuted(id, alert, check)) continue;
      const sinceMs = Math.max(unsent.sinceMs, this.#options.muted.lastAt(id));
      this.#judge({ ...unsent, sinceMs }, check);
    }
    for (const [id, { isOpen }] of channel.announcements)
      if (isOpen && bounds.alerts[id] === undefined)
        report.violation(`${id}: forgotten, and its end was not sent`, check);
  }

  #mayBeMuted(id: string, alert: Alert, check: SimulatedCheck): boolean {
    const { muted } = this.#options;
    // Whether it is critical by its cause is not known here.
    return (['opening', 'worse', 'change', 'end'] as const).some((news) =>
      muted.isMuted(news, { id, alert, severity: 'warning' }, check),
    );
  }

  /** The causes that were sent and still have something open, or something that may be so. */
  #liveCauses(check: SimulatedCheck): readonly string[] {
    const live = new Set<string>();
    for (const { cause, isOpen, ending } of this.#options.channel.announcements.values()) {
      const isOver = !isOpen && (ending === undefined || (ending.isConfirmed && ending.by !== check));
      if (cause !== undefined && !isOver) live.add(cause);
    }
    return [...live];
  }

  #belongs(id: string, key: string): boolean {
    const { lines } = this.#options;
    const cause = lines.causes.get(key);
    return cause === undefined || lines.belongs(id, cause);
  }

  #unsent(given: {
    readonly id: string;
    readonly alert: Alert;
    readonly one: Announcement;
    readonly causes: readonly string[];
    readonly check: SimulatedCheck;
  }): Unsent | undefined {
    const { id, alert, one, causes, check } = given;
    const { bounds, channel } = this.#options;
    const groupMs = check.policy.groupIntervalSeconds * 1000;
    const firedAt = bounds.firedAt.get(id) ?? check.now;
    const endedAt = bounds.endedAt.get(id) ?? check.now;
    if (alert.state === 'firing' && !one.isOpen) {
      const { unsentSince } = one;
      if (unsentSince === undefined) return undefined;
      const criticalSince = bounds.criticalSince.get(id);
      // Warnings that become critical by age alone while their cause is critical wait as warnings do.
      const grewOld = alert.criticalBy === 'age' && (criticalSince ?? 0) > firedAt + CLOCK_MS;
      const isUrgent = criticalSince !== undefined && !(grewOld && this.#isCriticalCause(causes));
      return isUrgent
        ? { id, what: 'a critical opening', sinceMs: criticalSince, maxMs: groupMs, causes }
        : { id, what: 'an opening', sinceMs: unsentSince, maxMs: MAX_OPENING_MS, causes };
    }
    if (alert.state === 'firing') {
      const criticalSince = bounds.criticalSince.get(id);
      const isEscalated = criticalSince !== undefined && one.severity === 'warning';
      if (!isEscalated || channel.isInDoubt(id)) return undefined;
      // What became worse before it was healthy in its hold is no news until it fails again, and waits from then on.
      if (alert.healthySince !== undefined) return undefined;
      const failedAgainAt = bounds.failedAgainAt.get(id) ?? 0;
      const isByAge = alert.criticalBy === 'age' && this.#isCriticalCause(causes);
      const maxMs = isByAge ? MAX_OPENING_MS : groupMs;
      return { id, what: 'an escalation', sinceMs: Math.max(criticalSince, failedAgainAt), maxMs, causes };
    }
    if (alert.state !== 'ended') return undefined;
    const isByCondition = alert.resolution?.how === 'paused' || alert.resolution?.how === 'unlisted';
    if (one.isOpen) {
      // Its line waits as a neutral one does, or until the absence has lasted for a day.
      const isOnProbation =
        alert.resolution?.how === 'unlisted' && this.#options.conditions.isOnProbation(id, check.now);
      // Once that line was sent, the end waits as any other; where nobody knows, the longer wait is right too.
      const isSent = this.#options.conditions.isSent(id);
      const lineMs = isSent === undefined ? MAX_RECOVERY_MS : HOUR;
      const maxMs = isOnProbation ? 25 * HOUR : lineMs;
      if (isByCondition && isSent !== true)
        return { id, what: 'an end', sinceMs: endedAt, maxMs, causes: ['a condition'] };
      const isLast = one.cause === undefined || !this.#hasOpen(one.cause);
      return { id, what: 'an end', sinceMs: endedAt, maxMs: MAX_RECOVERY_MS, causes: isLast ? [] : causes };
    }
    if (one.unsentSince === undefined) return undefined;
    const maxMs = MAX_RECOVERY_MS;
    return { id, what: 'an end of what was never sent', sinceMs: one.unsentSince, maxMs, causes };
  }

  #hasOpen(key: string): boolean {
    const { channel, bounds } = this.#options;
    for (const [id, { cause, isOpen }] of channel.announcements)
      if (cause === key && isOpen && bounds.alerts[id]?.state === 'firing') return true;
    return false;
  }

  #isCriticalCause(causes: readonly string[]): boolean {
    return causes.some((key) => this.#options.channel.criticalCauses.has(key));
  }

  #judge({ id, what, sinceMs, maxMs, causes }: Unsent, check: SimulatedCheck): void {
    const { report, channel } = this.#options;
    const ageMs = check.now - sinceMs;
    const age = `${Math.round(ageMs / MINUTE)} min`;
    if (causes.length === 0) {
      report.violation(`${id}: ${what} of a single is not sent, since ${age}`, check);
      return;
    }
    if (ageMs > maxMs + CLOCK_MS) {
      report.violation(`${id}: ${what} is held for ${age}, more than ${maxMs / MINUTE}`, check);
      return;
    }
    const groupMs = check.policy.groupIntervalSeconds * 1000;
    const isRidable = causes.every((key) => {
      const sentAt = channel.causeSentAt.get(key);
      return sentAt !== undefined && check.now - sentAt >= groupMs + CLOCK_MS;
    });
    if (check.posts.length > 0 && isRidable)
      report.violation(`${id}: ${what} did not go with the message, held for ${age}`, check);
  }
}
