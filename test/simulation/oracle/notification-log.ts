import type { Coverage } from '../../../lambda/core/notify/notification.ts';
import type { WatchState } from '../../../lambda/core/state.ts';
import type { Post, SimulatedCheck } from '../simulated-check.ts';
import {
  type AlertNotifications,
  confirm,
  type InFlight,
  kindOf,
  missingIn,
  type Notified,
  noNotifications,
  receive,
} from './alert-notifications.ts';
import type { CauseLog } from './cause-log.ts';
import type { ExpectedFacts } from './expected-facts.ts';
import type { OracleReport } from './oracle-report.ts';

/** The notifications that Slack has of every alert, and how much of that the state can know. */
export class NotificationLog {
  readonly entries = new Map<string, AlertNotifications>();
  readonly #facts: ExpectedFacts;
  readonly #causes: CauseLog;
  readonly #report: OracleReport;
  /** What each post said about each alert. */
  readonly #contents = new WeakMap<Post, Map<string, Notified>>();
  #inFlightBefore = new Map<string, InFlight>();

  constructor(facts: ExpectedFacts, causes: CauseLog, report: OracleReport) {
    this.#facts = facts;
    this.#causes = causes;
    this.#report = report;
  }

  of(id: string): AlertNotifications {
    const sent = this.entries.get(id) ?? noNotifications();
    this.entries.set(id, sent);
    return sent;
  }

  /** A check loaded this state, and saves new facts or none. */
  loaded(state: WatchState | undefined): void {
    const log = Object.entries(state?.routes['default']?.notificationLog ?? {});
    this.#inFlightBefore = new Map(log.map(([id, { inFlight }]) => [id, inFlight?.what]));
  }

  /** After the evaluation of that check: an unconfirmed resolution counts as sent when its sync has a problem again. */
  assumeResolutions(): void {
    for (const [id, inFlight] of this.#inFlightBefore)
      if (inFlight === 'resolved' && this.#facts.alerts.get(id)?.state === 'firing')
        this.of(id).isResolutionAssumed = true;
  }

  /** What the check found in flight: it is sent again, and no cause holds it. */
  inFlight(id: string): InFlight {
    return this.#inFlightBefore.get(id);
  }

  fired(id: string): void {
    const sent = this.of(id);
    if (!sent.isOpenInSlack) sent.isUnnotified = true;
  }

  /** The state names all that a post covers as in flight, and its check as the holder of the lease. */
  posting({ by, covers }: Post, state: WatchState | undefined): void {
    if (state?.lease?.holder !== by.id) this.#report.violation('a post without the lease', by);
    const log = state?.routes['default']?.notificationLog ?? {};
    for (const { fingerprint, reason } of covers) {
      const kind = kindOf(reason);
      if (kind !== 'reminder' && log[fingerprint]?.inFlight?.what !== kind)
        this.#report.violation(`${fingerprint}: posted, but not saved as in flight before`, by);
    }
  }

  delivered(post: Post): void {
    const contents = new Map<string, Notified>();
    this.#contents.set(post, contents);
    const text = JSON.stringify(post.message.blocks);
    for (const coverage of post.covers) {
      const { fingerprint, reason } = coverage;
      const sent = this.of(fingerprint);
      const alert = this.#facts.alerts.get(fingerprint);
      this.#report.count(`notified: ${reason}`);
      const inFlight = this.#inFlightBefore.get(fingerprint);
      const { fault, isRepeat } = receive(sent, { reason, post, alert, inFlight });
      if (fault !== undefined) this.#report.violation(`${fingerprint}: ${fault}`, post.by);
      if (alert !== undefined) {
        const severity = reason === 'escalated' ? 'critical' : alert.severity;
        contents.set(fingerprint, { severity, problems: new Set([alert.problem]), at: post.by.now });
      }
      if (isRepeat) post.repeats += 1;
      const kind = kindOf(reason);
      if (kind !== 'reminder') sent.unconfirmed[kind] = true;
      this.#checkText(coverage, text, post.by);
    }
  }

  #checkText({ fingerprint, reason, listed, cause }: Coverage, text: string, by: SimulatedCheck): void {
    const alert = this.#facts.alerts.get(fingerprint);
    if (reason === 'resolved') {
      this.#report.count(`resolution: ${alert?.resolution}`);
      if (alert?.resolution === 'excluded' && listed && !text.includes(alert.exclusionReason ?? ''))
        this.#report.violation(`${fingerprint}: the message lacks the reason of the exclusion`, by);
    }
    const needsName = cause === undefined && listed && fingerprint.startsWith('sync:');
    if (needsName && !text.includes(fingerprint.slice(5)))
      this.#report.violation(`${fingerprint}: the message lacks the name of the sync`, by);
  }

  /** A write of the check saves the results of its posts. @returns The posts that are confirmed by this write. */
  confirm(check: SimulatedCheck): readonly Post[] {
    const confirmed: Post[] = [];
    for (const post of check.posts) {
      if (post.isConfirmed || post.result !== 'accepted') continue;
      post.isConfirmed = true;
      confirmed.push(post);
      const contents = this.#contents.get(post) ?? new Map<string, Notified>();
      this.#causes.confirmed(post);
      for (const { fingerprint, reason } of post.covers) {
        if (reason === 'reminder') continue;
        const notified = contents.get(fingerprint);
        const sent = this.of(fingerprint);
        this.#inFlightBefore.delete(fingerprint);
        if (reason === 'resolved' || notified === undefined) {
          sent.unconfirmed = { firing: false, resolved: false };
          sent.isOpenByState = false;
        } else confirm(sent, notified, reason);
      }
    }
    return confirmed;
  }

  /** Resets the waiting time of alerts about which Slack lacks nothing. */
  update(): void {
    for (const [id, sent] of this.entries) {
      if (missingIn(sent, this.#facts.alerts.get(id)) !== undefined || sent.isResolutionAssumed) continue;
      sent.undeliveredSince = undefined;
      sent.wasUndeliveredWhileFiring = false;
    }
  }

  /** In the end Slack lacks nothing. */
  finished(): void {
    for (const [id, sent] of this.entries) {
      const missing = missingIn(sent, this.#facts.alerts.get(id));
      if (missing !== undefined) this.#report.violation(`${id}: lost: its ${missing} was never sent`);
    }
  }
}
