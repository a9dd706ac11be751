import type { Alert } from '../../../lambda/core/alert.ts';
import type { Severity } from '../../../lambda/core/problem.ts';
import type { WatchState } from '../../../lambda/core/state.ts';
import type { CheckEnd, SimulatedCheck } from '../simulated-check.ts';
import type { Story } from '../story.ts';
import { destinationsOf, isMuted, mutedBy } from './route-reading.ts';
import type { PostObserver, RoutedPost } from './simulated-destinations.ts';

const MINUTE = 60_000;
/** A backoff of an hour, a hold of an hour under a shared cause, and three periods. */
const LATEST_MS = 135 * MINUTE;

/** What one channel shows about one alert. */
interface Told {
  isOpen: boolean;
  severity: Severity;
  /** A post about it has no certain end: it may be repeated. */
  inDoubt: boolean;
}

type Alerts = Readonly<Record<string, Alert>>;

/**
 * The laws of docs/routes.md, for each destination alone, by the messages that its channel really shows:
 *
 * - an open alert that nothing mutes is announced at each destination that its routes name, once;
 * - its end goes wherever it was announced, and nowhere else;
 * - a destination that fails neither keeps messages from the others nor repeats them.
 */
export class RouteLaws implements PostObserver {
  readonly violations: string[] = [];
  readonly figures: Record<string, number> = {};
  readonly #story: Story;
  readonly #now: () => number;
  /** By channel and fingerprint. */
  readonly #told = new Map<string, Map<string, Told>>();
  /** By channel and firing, since when nothing kept it from being announced. */
  readonly #dueSince = new Map<string, number>();
  /** The checks whose writes met a fault, or that died. */
  readonly #lostWrites = new WeakSet<SimulatedCheck>();
  readonly #posts = new WeakMap<SimulatedCheck, RoutedPost[]>();
  /** What each check saved last as in flight: channels and fingerprints. */
  readonly #inFlight = new WeakMap<SimulatedCheck, readonly (readonly [string, string])[]>();
  #alerts: Alerts = {};

  constructor(story: Story, now: () => number) {
    this.#story = story;
    this.#now = now;
  }

  faultInjected(): void {}

  /** A write of this check met a fault. */
  writeFailed(check: SimulatedCheck): void {
    this.#lostWrites.add(check);
  }

  committed(check: SimulatedCheck, { facts, routes }: WatchState): void {
    this.#alerts = facts.alerts;
    this.#inFlight.set(check, inFlightIn(routes));
  }

  posting(post: RoutedPost): void {
    this.#posts.set(post.by, [...(this.#posts.get(post.by) ?? []), post]);
    for (const { fingerprint } of post.covers) this.#toldOf(keyOf(post), fingerprint);
  }

  delivered(post: RoutedPost): void {
    const channel = this.#channel(post);
    this.#story.add(this.#now(), `${post.to} ${post.id} shows ${textOf(post)}`);
    // The line about a condition closes what the same message says in another line.
    const inOrder = [...post.covers].sort(
      (one, other) => Number(one.reason === 'condition') - Number(other.reason === 'condition'),
    );
    for (const { fingerprint, reason } of inOrder) {
      const told = channel.get(fingerprint);
      const alert = this.#alerts[fingerprint];
      if (told === undefined || alert === undefined) continue;
      const where = `${reason} of ${fingerprint} at ${post.to} ${post.id}`;
      const isFiring = alert.state === 'firing';
      switch (reason) {
        case 'new':
          this.#count('announced');
          if (told.isOpen) {
            if (told.inDoubt) this.#count('repeated after a doubt');
            else this.#violation(`${where}: it is announced there already`);
          }
          this.#mustLead(post, fingerprint, where);
          told.isOpen = true;
          told.severity = alert.severity;
          break;
        case 'escalated':
          if (!told.inDoubt && (!told.isOpen || told.severity === 'critical'))
            this.#violation(`${where}: it was not announced there as a warning`);
          this.#mustLead(post, fingerprint, where);
          told.isOpen = true;
          told.severity = 'critical';
          break;
        case 'changed':
        case 'disable_imminent':
          if (!told.isOpen && !told.inDoubt) this.#violation(`${where}: it was not announced there`);
          this.#mustLead(post, fingerprint, where);
          told.isOpen = true;
          break;
        case 'unmuted':
          told.isOpen = isFiring;
          if (isFiring) {
            told.severity = alert.severity;
          }
          break;
        case 'resolved':
          this.#count('recoveries');
          if (!told.isOpen && !told.inDoubt) this.#violation(`${where}: no announcement is open there`);
          told.isOpen = false;
          break;
        case 'resolved_undelivered':
        case 'resolved_in_group':
          if (told.isOpen && !told.inDoubt) this.#violation(`${where}: it was announced there`);
          told.isOpen = false;
          break;
        case 'condition':
          if (!isFiring) told.isOpen = false;
          break;
        default:
      }
    }
  }

  answered(post: RoutedPost): void {
    if (post.result !== 'refused') return;
    this.#troubled(post);
  }

  crashed(check: SimulatedCheck): void {
    this.ended(check, { kind: 'crashed' });
  }

  /** @param channels By name, the channels of the destinations when the check began. */
  ended(check: SimulatedCheck, end: CheckEnd, channels?: Readonly<Record<string, string | undefined>>): void {
    const isLost = end.kind === 'crashed' || this.#lostWrites.has(check);
    // A check that died between its write and its post leaves the next one in doubt.
    for (const [key, fingerprint] of isLost ? (this.#inFlight.get(check) ?? []) : [])
      this.#toldOf(key, fingerprint).inDoubt = true;
    for (const post of this.#posts.get(check) ?? []) {
      const isCertain = post.result === 'accepted' && !isLost;
      if (!isCertain) this.#troubled(post);
      for (const { fingerprint } of post.covers) {
        const told = this.#channel(post).get(fingerprint);
        if (told === undefined) continue;
        if (isCertain) told.inDoubt = false;
        else if (post.result !== 'refused' || isLost) told.inDoubt = true;
      }
    }
    if (channels !== undefined) this.#verifyDue(check, isLost ? undefined : end, channels);
  }

  /** After the calm time, nothing is left open anywhere that messages still go to, but what waits for the end of quiet hours. */
  finished(check: SimulatedCheck, channels: Readonly<Record<string, string | undefined>>): void {
    for (const [name, id] of Object.entries(channels)) {
      if (name !== 'default' && check.policy.destinations[name] === undefined) continue;
      for (const [fingerprint, { isOpen }] of this.#told.get(`${name} ${id}`) ?? []) {
        const alert = this.#alerts[fingerprint];
        if (!isOpen || alert?.state === 'firing') continue;
        if (alert !== undefined && mutedBy(check, fingerprint, alert).quiet.size > 0) continue;
        this.#violation(`at the end ${name} ${id} was not sent the end of ${fingerprint}`);
      }
    }
  }

  #verifyDue(
    check: SimulatedCheck,
    end: CheckEnd | undefined,
    channels: Readonly<Record<string, string | undefined>>,
  ): void {
    const isClean = end !== undefined && end.kind !== 'crashed' && end.outcome?.kind === 'checked';
    const due = new Set<string>();
    for (const [fingerprint, alert] of Object.entries(this.#alerts)) {
      if (alert.state !== 'firing' || alert.healthySince !== undefined) continue;
      if (isMuted(mutedBy(check, fingerprint, alert))) continue;
      for (const name of destinationsOf(check.policy, fingerprint, alert)) {
        const id = channels[name];
        if (id === undefined || this.#told.get(`${name} ${id}`)?.get(fingerprint)?.isOpen) continue;
        const key = `${name} ${id}|${fingerprint} ${alert.since}`;
        due.add(key);
        const since = this.#dueSince.get(key) ?? this.#now();
        this.#dueSince.set(key, isClean ? since : since + 5 * MINUTE);
        if (!isClean || this.#now() - since <= LATEST_MS) continue;
        this.#violation(
          `${fingerprint} is open and was not announced at ${name} ${id} for ${LATEST_MS / MINUTE} min`,
        );
      }
    }
    for (const key of this.#dueSince.keys()) if (!due.has(key)) this.#dueSince.delete(key);
  }

  /** News of an alert goes where its routes lead now. */
  #mustLead({ to, by }: RoutedPost, fingerprint: string, where: string): void {
    const alert = this.#alerts[fingerprint];
    if (alert === undefined || destinationsOf(by.policy, fingerprint, alert).has(to)) return;
    const leads = [...destinationsOf(by.policy, fingerprint, alert)].join();
    this.#violation(`${where}: ${alert.state} ${alert.severity} ${alert.problem} belongs to ${leads}`);
  }

  /** The channel failed: what it is due waits from now on. */
  #troubled({ to, id }: RoutedPost): void {
    for (const key of this.#dueSince.keys())
      if (key.startsWith(`${to} ${id}|`)) this.#dueSince.set(key, this.#now());
  }

  #channel(post: RoutedPost): Map<string, Told> {
    return this.#toldAt(keyOf(post));
  }

  #toldOf(key: string, fingerprint: string): Told {
    const channel = this.#toldAt(key);
    const told = channel.get(fingerprint) ?? { isOpen: false, severity: 'warning', inDoubt: false };
    channel.set(fingerprint, told);
    return told;
  }

  #toldAt(key: string): Map<string, Told> {
    const channel = this.#told.get(key) ?? new Map<string, Told>();
    this.#told.set(key, channel);
    return channel;
  }

  #count(figure: string): void {
    this.figures[figure] = (this.figures[figure] ?? 0) + 1;
  }

  #violation(text: string): void {
    this.violations.push(`${new Date(this.#now()).toISOString().slice(5, 19)} ${text}`);
    this.#story.add(this.#now(), `VIOLATION ${text}`);
  }
}

function keyOf({ to, id }: Pick<RoutedPost, 'to' | 'id'>): string {
  return `${to} ${id}`;
}

function inFlightIn(routes: WatchState['routes']): readonly (readonly [string, string])[] {
  return Object.entries(routes).flatMap(([to, { destinations }]) =>
    Object.entries(destinations).flatMap(([id, { notificationLog }]) =>
      Object.entries(notificationLog).flatMap(([fingerprint, { inFlight }]) =>
        inFlight === undefined ? [] : [[keyOf({ to, id }), fingerprint] as const],
      ),
    ),
  );
}

function textOf({ covers, event }: RoutedPost): string {
  const lines = covers.map(({ fingerprint, reason }) => `${reason} ${fingerprint}`).join(', ');
  return event === undefined ? lines : `${event.action} ${event.key}: ${lines}`;
}
