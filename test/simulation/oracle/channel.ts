import type { Alert } from '../../../lambda/core/alert.ts';
import type { NotificationLogEntry } from '../../../lambda/core/state.ts';
import type { Post, SimulatedCheck } from '../simulated-check.ts';
import type { AlertBounds } from './alert-bounds.ts';
import type { ConditionLines } from './condition-lines.ts';
import type { Muted, News } from './muted.ts';
import type { OracleReport } from './oracle-report.ts';

/** What Slack has of one alert. */
export interface Announcement {
  /** Its opening was sent and its end was not. */
  isOpen: boolean;
  /** The post of that opening, and of the last end. */
  opening?: Post;
  ending?: Post;
  /** The line about its sync's condition that Slack had before anything about the alert. */
  conditionLine?: Post;
  /** When it fired without an opening that Slack has; undefined when it has one. */
  unsentSince?: number | undefined;
  /** By when it was last in a message. */
  sentAt?: number;
  /** The key of the shared cause under which it was last sent. */
  cause?: string | undefined;
  severity: 'warning' | 'critical';
  /** The post that last sent each of these. */
  readonly sent: Map<string, Post>;
}

type Doubt = NonNullable<NotificationLogEntry['inFlight']>['what'];
type Cover = Post['covers'][number];

interface ChannelOptions {
  readonly bounds: AlertBounds;
  readonly conditions: ConditionLines;
  readonly muted: Muted;
  readonly report: OracleReport;
}

/** What news each reason is; a line about a condition, and that an alert moved, are none. */
const NEWS: Readonly<Partial<Record<Cover['reason'], News>>> = {
  new: 'opening',
  changed: 'change',
  escalated: 'worse',
  disable_imminent: 'worse',
  unmuted: 'opening',
  reminder: 'reminder',
  resolved: 'end',
  resolved_undelivered: 'opening',
  resolved_in_group: 'opening',
};

/** Nothing is sent twice, but for posts that were not confirmed, and no end is sent of what never began. */
export class Channel {
  readonly announcements = new Map<string, Announcement>();
  /** By fingerprint, what a check before this one posted without a certain answer. */
  #doubts = new Map<string, Doubt>();
  readonly #bounds: AlertBounds;
  readonly #conditions: ConditionLines;
  readonly #muted: Muted;
  readonly #report: OracleReport;
  #nothingListed: Post | undefined;
  /** By key, when a message about the cause was last sent, whether or not Slack has it. */
  readonly causeSentAt = new Map<string, number>();
  /** The keys of the causes that were sent as critical. */
  readonly criticalCauses = new Set<string>();

  constructor({ bounds, conditions, muted, report }: ChannelOptions) {
    this.#bounds = bounds;
    this.#conditions = conditions;
    this.#muted = muted;
    this.#report = report;
  }

  of(id: string): Announcement {
    const known = this.announcements.get(id);
    if (known !== undefined) return known;
    const none: Announcement = { isOpen: false, severity: 'warning', sent: new Map() };
    this.announcements.set(id, none);
    return none;
  }

  isInDoubt(id: string): boolean {
    return this.#doubts.has(id);
  }

  /** @param log The notification log that the check loaded. */
  evaluated(
    log: Readonly<Record<string, NotificationLogEntry>>,
    fired: readonly string[],
    now: number,
  ): void {
    this.#doubts = new Map();
    for (const [id, { inFlight }] of Object.entries(log))
      if (inFlight !== undefined) this.#doubts.set(id, inFlight.what);
    for (const id of fired) {
      const one = this.of(id);
      // An end that may have been sent counts as sent.
      if (this.#doubts.get(id) === 'resolved') one.isOpen = false;
      if (!one.isOpen) one.unsentSince ??= now;
    }
  }

  /** A write of the check took effect: what it knows of its posts is known from now on. */
  confirm(check: SimulatedCheck): void {
    for (const post of check.posts) if (post.result === 'accepted') post.isConfirmed = true;
  }

  posting({ covers, by }: Post): void {
    for (const { cause } of covers) {
      if (cause === undefined) continue;
      this.causeSentAt.set(cause.key, by.now);
      if (cause.severity === 'critical') this.criticalCauses.add(cause.key);
    }
  }

  delivered(post: Post): void {
    for (const cover of post.covers) {
      this.#report.count(`notified: ${cover.reason}`);
      this.#checkMuted(cover, post);
      this.#deliver(cover, post);
    }
  }

  #deliver(cover: Cover, post: Post): void {
    const { fingerprint: id, reason } = cover;
    const alert = this.#bounds.alerts[id];
    switch (reason) {
      case 'condition':
        this.#conditions.delivered(id, post);
        this.#closeByCondition(id, post, alert);
        return;
      case 'nothing_listed':
        if (this.#nothingListed?.isConfirmed) this.#fail(id, 'that nothing is listed was sent twice', post);
        this.#nothingListed = post;
        return;
      case 'new':
        this.#open(cover, post, alert);
        return;
      case 'escalated':
      case 'changed':
      case 'disable_imminent':
        this.#update(cover, post, alert);
        return;
      case 'unmuted':
        if (alert?.state !== 'firing') this.#end(cover, post, alert);
        else if (this.of(id).isOpen) this.#update(cover, post, alert);
        else this.#open(cover, post, alert);
        return;
      case 'reminder':
      case 'moved':
        this.#mention(cover, post, alert);
        return;
      case 'resolved':
      case 'resolved_undelivered':
      case 'resolved_in_group':
        this.#end(cover, post, alert);
        return;
    }
  }

  /** Nothing is sent that a mute holds back. */
  #checkMuted({ fingerprint: id, reason, cause }: Cover, post: Post): void {
    const alert = this.#bounds.alerts[id];
    const news = NEWS[reason];
    if (alert === undefined || news === undefined || this.isInDoubt(id)) return;
    const one = this.of(id);
    const isCritical =
      reason === 'escalated' || cause?.severity === 'critical' || this.criticalCauses.has(one.cause ?? '');
    const severity = isCritical ? 'critical' : news === 'end' ? one.severity : alert.severity;
    if (this.#muted.isMuted(news, { id, alert, severity }, post.by))
      this.#fail(id, `sent as ${reason}, and it is muted`, post);
  }

  #open({ fingerprint: id, cause }: Cover, post: Post, alert: Alert | undefined): void {
    const one = this.of(id);
    if (alert?.state !== 'firing') this.#fail(id, 'its opening was sent, and it is not open', post);
    if (one.isOpen) {
      if (one.opening?.isConfirmed && !this.isInDoubt(id)) this.#fail(id, 'its opening was sent twice', post);
      else post.repeats += 1;
    } else if (one.unsentSince === undefined && !this.isInDoubt(id) && one.ending?.isConfirmed)
      this.#fail(id, 'its opening was sent again although it did not fire again', post);
    one.sent.clear();
    one.isOpen = true;
    one.opening = post;
    one.severity = alert?.severity ?? 'warning';
    one.cause = undefined;
    this.#record(one, cause, post);
    if (alert !== undefined) one.sent.set(alert.problem, post);
  }

  #update({ fingerprint: id, reason, cause }: Cover, post: Post, alert: Alert | undefined): void {
    const one = this.of(id);
    if (alert?.state !== 'firing') this.#fail(id, `sent as ${reason}, and it is not open`, post);
    if (!one.isOpen && !this.isInDoubt(id))
      this.#fail(id, `sent as ${reason}, and its opening was not`, post);
    const what = reason === 'changed' ? (alert?.problem ?? '') : reason;
    const earlier = one.sent.get(what);
    // Each mute has a line at its end: what was held since the last one is news.
    const isOfOtherMute =
      reason === 'unmuted' && earlier !== undefined && this.#muted.lastAt(id) > earlier.by.now;
    if (earlier !== undefined && !isOfOtherMute) {
      if (earlier.isConfirmed && !this.isInDoubt(id))
        this.#fail(id, `sent as ${reason} (${what}) twice`, post);
      else if (this.isInDoubt(id)) post.repeats += 1;
    }
    one.isOpen = true;
    one.opening ??= post;
    one.sent.set(what, post);
    if (alert?.severity === 'critical' || reason === 'escalated') one.severity = 'critical';
    if (alert !== undefined) one.sent.set(alert.problem, post);
    this.#record(one, cause, post);
  }

  #mention({ fingerprint: id, reason, cause }: Cover, post: Post, alert: Alert | undefined): void {
    const one = this.of(id);
    if (alert?.state !== 'firing') this.#fail(id, `in a message as ${reason}, and it is not open`, post);
    if (!one.isOpen && !this.isInDoubt(id))
      this.#fail(id, `in a message as ${reason}, never sent before`, post);
    this.#record(one, reason === 'moved' ? cause : undefined, post);
  }

  #end({ fingerprint: id, reason, cause }: Cover, post: Post, alert: Alert | undefined): void {
    const one = this.of(id);
    if (alert !== undefined && alert.state === 'firing')
      this.#fail(id, 'its end was sent, and it is open', post);
    const isDoubtful = this.isInDoubt(id);
    if (one.isOpen) {
      const isKnown = one.opening?.isConfirmed && !isDoubtful;
      if (reason !== 'resolved' && isKnown)
        this.#fail(id, `sent as ${reason}, and its opening was sent`, post);
    } else if (one.unsentSince === undefined) {
      // The line about a pause does not say of an alert that was never sent that it fired: the line about its cause, or at
      // the end of its mute, counts it all the same, and once.
      const isCounted =
        reason !== 'resolved' && this.#endsByCondition(alert) && one.ending === one.conditionLine;
      if (one.ending?.isConfirmed && !isDoubtful && !isCounted)
        this.#fail(id, 'its end was sent twice', post);
      else if (one.ending === undefined && !isDoubtful)
        this.#fail(id, 'its end was sent, and it never fired', post);
      else if (!isCounted || isDoubtful) post.repeats += 1;
    } else if (reason === 'resolved' && !isDoubtful && !this.#endsByCondition(alert))
      this.#fail(id, 'its end was sent, and its opening was not', post);
    one.isOpen = false;
    one.ending = post;
    this.#record(one, cause, post);
    one.sent.clear();
  }

  /** The line that says so is the end of the alert that ended by it, though its cover does not say that. */
  #closeByCondition(id: string, post: Post, alert: Alert | undefined): void {
    const one = this.of(id);
    const isCovered = post.covers.some(
      ({ fingerprint, reason }) => fingerprint === id && reason !== 'condition',
    );
    if (isCovered || !this.#endsByCondition(alert) || alert?.state !== 'ended') return;
    if (!one.isOpen && one.unsentSince === undefined) return;
    if (!one.isOpen) one.conditionLine = post;
    one.isOpen = false;
    one.ending = post;
    one.unsentSince = undefined;
  }

  /** One line says that it was paused, or is not listed, and that it was failing. */
  #endsByCondition(alert: Alert | undefined): boolean {
    return alert?.resolution?.how === 'paused' || alert?.resolution?.how === 'unlisted';
  }

  #record(one: Announcement, cause: Cover['cause'], post: Post): void {
    if (cause !== undefined) one.cause = cause.key;
    one.unsentSince = undefined;
    one.sentAt = post.by.now;
  }

  #fail(id: string, text: string, post: Post): void {
    this.#report.violation(`${id}: ${text}`, post.by);
  }

  /** Nothing is lost when a world ends. */
  finished(): void {
    for (const [id, { isOpen, unsentSince }] of this.announcements) {
      const alert = this.#bounds.alerts[id];
      if (alert?.state === 'firing') continue;
      if (isOpen) this.#report.violation(`${id}: lost: its end was never sent`);
      if (unsentSince !== undefined) this.#report.violation(`${id}: lost: it fired and was never sent`);
    }
  }
}
