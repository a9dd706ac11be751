import type { Alert } from '../../../lambda/core/alert.ts';
import type { AlertMatcher } from '../../../lambda/core/matcher.ts';
import type { Coverage } from '../../../lambda/core/notify/notification.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import { matches } from '../oracle/matching.ts';

/*
 * What docs/routes.md promises of each destination, written from that page. It takes the saved facts as they are, and
 * judges what was sent where. It shares no code with lambda/core/notify.
 */

/** A message that a destination has, or may have. */
export interface Delivered {
  /** The name of the destination, and which channel stood behind it. */
  readonly to: string;
  readonly covers: readonly Coverage[];
  /** The check got no answer, or could not save it: the next one may send it again. */
  readonly isCertain: boolean;
  /** False: the destination did not take it, and did not say so. */
  readonly isTaken: boolean;
}

/** What one check did. */
export interface Checked {
  readonly now: number;
  readonly policy: Policy;
  readonly alerts: Readonly<Record<string, Alert>>;
  readonly delivered: readonly Delivered[];
  /** By name, the channels behind the destinations of the policy. */
  readonly channels: Readonly<Record<string, string>>;
  /** The names of the destinations that took everything they were sent. */
  readonly alive: ReadonlySet<string>;
  /** The state was saved, or there was nothing to save. */
  readonly isSaved: boolean;
  /** Whether a silence holds the alert back. */
  readonly isSilenced: (fingerprint: string, alert: Alert) => boolean;
}

/** What a channel knows of an alert. */
interface Known {
  isOpen: boolean;
  /** The last message about it may be repeated. */
  isDoubtful: boolean;
  /** When the firing began that it was told of last. */
  since: number | undefined;
}

const MINUTE = 60_000;
/** An alert waits for `groupInterval`, an hour with a shared cause at most, and for the check itself. */
const MAX_WAIT_MS = 75 * MINUTE;

export class ChannelLaws {
  readonly violations: string[] = [];
  /** By channel and fingerprint. */
  readonly #known = new Map<string, Known>();
  /** By destination and fingerprint, since when an alert must be sent there and nothing prevents it. */
  readonly #dueSince = new Map<string, number>();
  /** Every firing that no channel has heard of, by fingerprint. */
  readonly #unheard = new Map<string, number>();
  /** By fingerprint, the firings that were seen last. */
  readonly #firings = new Map<string, number>();

  checked(check: Checked): void {
    this.#findFirings(check);
    for (const message of check.delivered) this.#take(message, check);
    this.#findLate(check);
  }

  /** Every alert has ended and every destination lives: nothing is left to say. */
  ended({ alerts, channels }: Checked): void {
    const current = new Set(Object.entries(channels).map(([name, id]) => `${name} ${id}`));
    for (const [key, { isOpen, isDoubtful }] of this.#known) {
      const [to = '', fingerprint = ''] = key.split('|');
      if (isOpen && !isDoubtful && current.has(to) && alerts[fingerprint]?.state !== 'firing')
        this.#fail(`${fingerprint}: ${to} never heard of its end`);
    }
    for (const fingerprint of this.#unheard.keys())
      this.#fail(`${fingerprint}: it fired, and nobody heard of it`);
  }

  #findFirings({ alerts, isSaved }: Checked): void {
    if (!isSaved) return;
    for (const [fingerprint, alert] of Object.entries(alerts)) {
      const last = alert.firings.at(-1);
      if (last === undefined || this.#firings.get(fingerprint) === last) continue;
      this.#firings.set(fingerprint, last);
      this.#unheard.set(fingerprint, last);
    }
  }

  #take({ to, covers, isCertain, isTaken }: Delivered, check: Checked): void {
    const [name = ''] = to.split(' ');
    for (const { fingerprint, reason } of covers) {
      if (reason === 'condition' || reason === 'nothing_listed') continue;
      const known = this.#of(to, fingerprint);
      if (!isTaken) {
        // An end without an answer counts as sent once the sync fails again: it cannot be taken back.
        known.isDoubtful = true;
        continue;
      }
      const alert = check.alerts[fingerprint];
      const since = this.#firings.get(fingerprint);
      this.#unheard.delete(fingerprint);
      const isEnd = ['resolved', 'resolved_undelivered', 'resolved_in_group'].includes(reason);
      const isOver = isEnd || (reason === 'unmuted' && alert?.state !== 'firing');
      const isNews = reason === 'new';
      if (isNews && known.isOpen && !known.isDoubtful && known.since === since)
        this.#fail(`${fingerprint}: ${to} heard twice that it is open (${reason})`, check);
      if (reason === 'resolved' && !known.isOpen && !known.isDoubtful)
        this.#fail(`${fingerprint}: ${to} heard of its end, and not of its beginning`, check);
      if (isNews && alert !== undefined && !destinationsOf(check.policy, fingerprint, alert).has(name))
        this.#fail(`${fingerprint}: ${to} heard of it (${reason}), and no route leads there`, check);
      if (alert?.state === 'firing' && reason !== 'resolved' && check.isSilenced(fingerprint, alert))
        this.#fail(`${fingerprint}: ${to} heard of it (${reason}), and it is silenced`, check);
      known.isOpen = !isOver;
      known.isDoubtful = !isCertain;
      known.since = since;
    }
  }

  /** A destination that lives hears in time of what is open, whatever the others do. */
  #findLate(check: Checked): void {
    const { now, policy, alerts, channels, alive, isSaved, isSilenced } = check;
    for (const [fingerprint, alert] of Object.entries(alerts)) {
      const names = destinationsOf(policy, fingerprint, alert);
      for (const name of Object.keys(channels)) {
        const key = `${name}|${fingerprint}`;
        const isDue =
          isSaved &&
          alert.state === 'firing' &&
          alert.healthySince === undefined &&
          names.has(name) &&
          alive.has(name) &&
          !isSilenced(fingerprint, alert) &&
          !this.#of(`${name} ${channels[name]}`, fingerprint).isOpen;
        if (!isDue) this.#dueSince.delete(key);
        else if (!this.#dueSince.has(key)) this.#dueSince.set(key, now);
        else if (now - (this.#dueSince.get(key) ?? now) > MAX_WAIT_MS) {
          this.#fail(`${fingerprint}: open, and ${name} has not heard of it`, check);
          this.#dueSince.set(key, now);
        }
      }
    }
  }

  #of(to: string, fingerprint: string): Known {
    const key = `${to}|${fingerprint}`;
    const known = this.#known.get(key) ?? { isOpen: false, isDoubtful: false, since: undefined };
    this.#known.set(key, known);
    return known;
  }

  #fail(text: string, check?: Checked): void {
    const at = check === undefined ? 'at the end' : new Date(check.now).toISOString().slice(5, 16);
    this.violations.push(`${at} ${text}`);
  }
}

/** The first route that matches, and after `continue` the next ones; else the default route. */
export function destinationsOf(
  { routes, defaultRoute }: Policy,
  fingerprint: string,
  alert: Alert,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { match, to, continue: goesOn } of routes) {
    if (!isMatch(match, fingerprint, alert)) continue;
    names.add(to);
    if (!goesOn) return names;
  }
  return names.add(defaultRoute.to);
}

/** An alert is matched by the worst severity of its firing. */
export function isMatch(
  { problem, severity, ...fields }: AlertMatcher,
  fingerprint: string,
  alert: Alert,
  isWorst = true,
): boolean {
  const wasCritical = alert.critical !== undefined && (alert.critical.to ?? alert.since + 1) > alert.since;
  const worst = isWorst && wasCritical ? 'critical' : alert.severity;
  if (problem !== undefined && !problem.includes(alert.problem)) return false;
  if (severity !== undefined && !severity.includes(worst)) return false;
  if (Object.keys(fields).length === 0) return true;
  if (!fingerprint.startsWith('sync:') || alert.labels === null) return false;
  const { name, connectorId, connectionRef, kbUid } = alert.labels;
  const id = fingerprint.slice('sync:'.length);
  return matches(fields, {
    id,
    name,
    connector_id: connectorId,
    connection_ref: connectionRef,
    kb_uid: kbUid,
  });
}
