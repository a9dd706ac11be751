import type { WatchState } from '../../../lambda/core/state.ts';
import type { Post, SimulatedCheck } from '../simulated-check.ts';
import { type InFlight, missingIn } from './alert-notifications.ts';
import type { CauseLog, FollowUpKind } from './cause-log.ts';
import type { ExpectedFacts } from './expected-facts.ts';
import type { NotificationLog } from './notification-log.ts';
import type { OracleReport } from './oracle-report.ts';

interface GroupingOptions {
  readonly facts: ExpectedFacts;
  readonly log: NotificationLog;
  readonly causes: CauseLog;
  readonly report: OracleReport;
}

interface FollowUp {
  readonly id: string;
  readonly what: 'firing' | 'change' | 'resolved';
}

/**
 * Which notifications are held because Slack was notified of their cause within the group interval, and which are
 * undelivered.
 */
export class Grouping {
  /** By the last evaluation, with the cause of each. */
  readonly #held = new Map<string, string>();
  readonly #facts: ExpectedFacts;
  readonly #log: NotificationLog;
  readonly #causes: CauseLog;
  readonly #report: OracleReport;

  constructor({ facts, log, causes, report }: GroupingOptions) {
    this.#facts = facts;
    this.#log = log;
    this.#causes = causes;
    this.#report = report;
  }

  /** After the evaluation of a check, before it posts. */
  evaluated(check: SimulatedCheck): void {
    const { now } = check;
    this.#held.clear();
    const firing = this.#firingCauses();
    const byCause = new Map<string, FollowUp[]>();
    for (const [id, sent] of this.#log.entries) {
      const inFlight = this.#log.inFlight(id);
      const what = this.#missing(id, inFlight);
      if (what === undefined) {
        sent.undeliveredSince = undefined;
        sent.wasUndeliveredWhileFiring = false;
        continue;
      }
      const cause = this.#facts.alerts.get(id)?.isPaused === true ? undefined : this.#causes.of(id);
      if (cause === undefined || inFlight !== undefined) sent.undeliveredSince ??= now;
      if (cause !== undefined) byCause.set(cause, [...(byCause.get(cause) ?? []), { id, what }]);
    }
    for (const cause of this.#causes.entries.keys()) {
      const followUps = byCause.get(cause) ?? [];
      if (!firing.has(cause) && followUps.length === 0) this.#causes.forget(cause);
      if (firing.has(cause) && !this.#escalates(cause, followUps)) this.#hold(cause, followUps, check);
      for (const { id } of followUps) if (!this.#held.has(id)) this.#log.of(id).undeliveredSince ??= now;
    }
    for (const [id, sent] of this.#log.entries)
      if (sent.undeliveredSince !== undefined && this.#facts.alerts.get(id)?.state === 'firing')
        sent.wasUndeliveredWhileFiring = true;
  }

  /** Forgets the causes that have no firing alert and no notification left to send. */
  forgetEnded(state: WatchState): void {
    if (this.#causes.entries.size === 0) return;
    const live = this.#firingCauses();
    const notificationLog = state.routes['default']?.notificationLog ?? {};
    for (const id of this.#log.entries.keys()) {
      const cause = this.#causes.of(id);
      if (cause === undefined || live.has(cause)) continue;
      if (this.#missing(id, notificationLog[id]?.inFlight?.what) !== undefined) live.add(cause);
    }
    for (const cause of this.#causes.entries.keys()) if (!live.has(cause)) this.#causes.forget(cause);
  }

  /** No post contains what is held. */
  posting({ covers, by }: Post): void {
    for (const { fingerprint, reason } of covers) {
      const cause = reason === 'reminder' ? undefined : this.#held.get(fingerprint);
      if (cause !== undefined)
        this.#report.violation(`${fingerprint}: ${reason} was posted, but ${cause} holds it`, by);
    }
  }

  /** The notified causes that have a firing alert. */
  #firingCauses(): Set<string> {
    const firing = new Set<string>();
    if (this.#causes.entries.size === 0) return firing;
    for (const [id, { state, isPaused }] of this.#facts.alerts) {
      const cause = state === 'firing' && !isPaused ? this.#causes.of(id) : undefined;
      if (cause !== undefined) firing.add(cause);
    }
    return firing;
  }

  /** What Slack lacks, as far as the state can know. */
  #missing(id: string, inFlight: InFlight): FollowUp['what'] | undefined {
    const sent = this.#log.of(id);
    if (sent.isResolutionAssumed) return 'firing';
    // A change is unconfirmed, but the first notification is not.
    if (inFlight === 'firing' && sent.isOpenByState && this.#facts.alerts.get(id)?.state !== 'firing')
      return 'resolved';
    return inFlight ?? missingIn(sent, this.#facts.alerts.get(id));
  }

  /** Holds all follow-ups of a cause, until the first of them may be sent. */
  #hold(cause: string, followUps: readonly FollowUp[], { now, policy }: SimulatedCheck): void {
    const until = Math.min(
      ...followUps.map(({ what }) => this.#causes.heldUntil(cause, kindOf(what), policy)),
    );
    if (now >= until) return;
    for (const { id } of followUps)
      if (this.#log.of(id).undeliveredSince === undefined) this.#held.set(id, cause);
  }

  /** Whether a follow-up is critical, and the notifications of the cause so far were not. */
  #escalates(cause: string, followUps: readonly FollowUp[]): boolean {
    if (this.#causes.entries.get(cause)?.severity === 'critical') return false;
    return followUps.some(({ id }) => {
      const alert = this.#facts.alerts.get(id);
      return alert?.state === 'firing' && alert.severity === 'critical';
    });
  }
}

function kindOf(what: FollowUp['what']): FollowUpKind {
  return what === 'resolved' ? 'resolutions' : 'firings';
}
