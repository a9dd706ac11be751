import type { Post, SimulatedCheck } from '../simulated-check.ts';
import type { AlertBounds } from './alert-bounds.ts';
import type { Channel } from './channel.ts';
import type { Muted } from './muted.ts';
import type { OracleReport } from './oracle-report.ts';
import { CLOCK_MS, type SeenSyncs } from './seen-syncs.ts';

const MINUTE = 60_000;

/** Reminders: one an interval at most, of all that is open and not healthy in its hold, and none too late. */
export class Reminders {
  readonly #seen: SeenSyncs;
  readonly #bounds: AlertBounds;
  readonly #channel: Channel;
  readonly #muted: Muted;
  readonly #report: OracleReport;
  #last: Post | undefined;
  #remindedAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    readonly seen: SeenSyncs;
    readonly bounds: AlertBounds;
    readonly channel: Channel;
    readonly muted: Muted;
    readonly report: OracleReport;
  }) {
    this.#seen = options.seen;
    this.#bounds = options.bounds;
    this.#channel = options.channel;
    this.#muted = options.muted;
    this.#report = options.report;
  }

  delivered(post: Post): void {
    const { by, covers, endsReminder } = post;
    const reminded = covers.filter(({ reason }) => reason === 'reminder');
    for (const { fingerprint } of reminded) {
      const isOfSync = fingerprint.startsWith('sync:');
      if (this.#seen.kind === 'failed' && isOfSync)
        this.#report.violation(`${fingerprint}: a reminder during a listing failure`, by);
      if (isOfSync && this.#seen.syncs.get(fingerprint)?.reading?.isClear)
        this.#report.violation(`${fingerprint}: a reminder of a sync that is healthy`, by);
    }
    if (!endsReminder) return;
    if (reminded.length > 0) this.#checkReminder(post);
    this.#last = post;
    this.#remindedAt = by.now;
  }

  #checkReminder(post: Post): void {
    const { by } = post;
    const { repeatIntervalSeconds, periodSeconds } = by.policy;
    const minMs = (repeatIntervalSeconds - periodSeconds / 2) * 1000;
    if (this.#last !== undefined && !this.#last.isConfirmed) post.repeats += 1;
    else if (by.now - this.#remindedAt < minMs) this.#report.violation('a reminder too early', by);
    const posted = new Set(by.posts.flatMap((one) => one.covers.map(({ fingerprint }) => fingerprint)));
    for (const { id } of this.#open(by))
      if (!posted.has(id)) this.#report.violation(`${id}: open, sent, and not in the reminder`, by);
  }

  /** At the end of a check without a fault. */
  verify(check: SimulatedCheck): void {
    if (this.#seen.kind === 'failed') return;
    const open = this.#open(check);
    const [first] = open;
    if (first === undefined) return;
    const oldest = open.reduce((one, other) => (other.since < one.since ? other : one), first);
    const sentAt = open.filter(({ since }) => since - oldest.since < CLOCK_MS).map((one) => one.sentAt);
    const sinceMs = check.now - Math.max(this.#remindedAt, ...sentAt);
    const maxMs = check.policy.repeatIntervalSeconds * 1000 + CLOCK_MS;
    if (sinceMs > maxMs)
      this.#report.violation(`${oldest.id}: no reminder for ${Math.round(sinceMs / MINUTE)} min`, check);
  }

  /** The open alerts that Slack has and that a reminder lists. */
  #open(
    check: SimulatedCheck,
  ): readonly { readonly id: string; readonly since: number; readonly sentAt: number }[] {
    const isFailed = this.#seen.kind === 'failed';
    return Object.entries(this.#bounds.alerts).flatMap(([id, alert]) => {
      const { state, since, healthySince, severity } = alert;
      const { isOpen, sentAt = 0, opening } = this.#channel.of(id);
      const isHealthy = healthySince !== undefined || (isFailed && id !== 'listing');
      if (state !== 'firing' || !isOpen || isHealthy || !opening?.isConfirmed) return [];
      if (this.#muted.isMuted('reminder', { id, alert, severity }, check)) return [];
      return [{ id, since, sentAt: Math.max(sentAt, this.#muted.lastAt(id)) }];
    });
  }
}
