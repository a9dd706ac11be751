import type { Alert } from '../alert.ts';
import type { Severity } from '../problem.ts';
import { areQuiet, type QuietHours, quietUntil } from '../quiet-hours.ts';
import { isActive, type Silence, selects } from '../silence.ts';
import type { MutedNews, MuteReason, NotificationLogEntry } from '../state.ts';
import type { Labels } from '../sync.ts';
import type { Instant } from '../time.ts';
import type { NotifyReason } from './reason.ts';

/** What may hold notifications back for a time: it loses none, and changes no fact. */
export interface Mutes {
  readonly silences: readonly Silence[];
  readonly hours: HoursOfRoutes;
}

/** The quiet hours of what a destination hears, by the routes that lead there. */
export interface HoursOfRoutes {
  readonly ofAlert: (fingerprint: string, alert: Alert) => readonly QuietHours[];
  /** Of a change of condition without an alert. */
  readonly ofCondition: (fingerprint: string, labels: Labels) => readonly QuietHours[];
}

export const NO_MUTES: Mutes = { silences: [], hours: { ofAlert: () => [], ofCondition: () => [] } };

/** What holds a notification back now, and until when it does at most. */
export interface Mute {
  readonly by: MuteReason;
  readonly until: Instant;
  /** The silence or acknowledgement. */
  readonly id?: string;
}

type MatcherSilence = Extract<Silence, { readonly kind: 'matcher' }>;

/** The mutes of one moment. */
export interface ActiveMutes {
  /** The ids of the active silences. */
  readonly ids: ReadonlySet<string>;
  /** By fingerprint, the silences that name alerts. */
  readonly byAlert: ReadonlyMap<string, readonly Silence[]>;
  readonly byMatcher: readonly MatcherSilence[];
  readonly hours: HoursOfRoutes;
  /** Of some hours, the severities that wait for their end, and that end. */
  readonly quietIn: (hours: readonly QuietHours[]) => ReadonlyMap<Severity, Instant>;
}

export function activeMutes({ silences, hours }: Mutes, now: Instant): ActiveMutes {
  const byAlert = new Map<string, Silence[]>();
  const byMatcher: MatcherSilence[] = [];
  const active = silences.filter((silence) => isActive(silence, now));
  for (const silence of active) {
    if (silence.kind === 'matcher') byMatcher.push(silence);
    else for (const fingerprint of namedBy(silence)) append(byAlert, fingerprint, silence);
  }
  const known = new Map<readonly QuietHours[], ReadonlyMap<Severity, Instant>>();
  const quietIn = (some: readonly QuietHours[]) => {
    const quiet = known.get(some) ?? quietSeverities(some, now);
    known.set(some, quiet);
    return quiet;
  };
  return { ids: new Set(active.map(({ id }) => id)), byAlert, byMatcher, hours, quietIn };
}

function quietSeverities(some: readonly QuietHours[], now: Instant): ReadonlyMap<Severity, Instant> {
  const quiet = new Map<Severity, Instant>();
  for (const severity of ['warning', 'critical'] as const) {
    const hours = some.filter((one) => one.severity.includes(severity));
    if (hours.some((one) => areQuiet(one, now))) quiet.set(severity, quietUntil(hours, now));
  }
  return quiet;
}

function namedBy(silence: Exclude<Silence, MatcherSilence>): readonly string[] {
  return silence.kind === 'alerts' ? silence.alerts : silence.alerts.map(({ fingerprint }) => fingerprint);
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The active silences of an alert, acknowledgements among them. */
export function silencesOf(
  fingerprint: string,
  alert: Alert,
  { byAlert, byMatcher }: ActiveMutes,
): readonly Silence[] {
  if (byAlert.size + byMatcher.length === 0) return [];
  const candidates = [...(byAlert.get(fingerprint) ?? []), ...byMatcher];
  return candidates.filter((silence) => selects(silence, fingerprint, alert));
}

/** What would be sent about an alert. */
export interface News {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly logEntry: NotificationLogEntry;
  readonly reason: NotifyReason;
  /** It is sent, or was, under a cause that is critical. */
  readonly isCriticalByCause?: boolean;
}

/**
 * The mute that holds news back; undefined when it may be sent. Of several silences the last to end counts.
 *
 * | reason | silence | quiet hours of its severity | acknowledgement |
 * |---|---|---|---|
 * | the resolution of what was sent | passes | waits | passes |
 * | it became critical, or is about to be disabled | waits | waits | passes |
 * | a reminder | waits | waits, whatever the severity | waits |
 * | anything else | waits | waits | waits |
 */
export function muteOf(news: News, active: ActiveMutes): Mute | undefined {
  const { fingerprint, alert, reason } = news;
  const silences = reason === 'resolved' ? [] : silencesOf(fingerprint, alert, active);
  const held = silences.filter(({ kind }) => kind !== 'acknowledgement' || !breaksThrough(reason));
  const [last] = held.toSorted((one, other) => other.endsAt - one.endsAt);
  if (last !== undefined) {
    const by = last.kind === 'acknowledgement' ? 'acknowledged' : 'silenced';
    return { by, until: last.endsAt, id: last.id };
  }
  const quiet = active.quietIn(active.hours.ofAlert(fingerprint, alert));
  const until = quiet.get(severityOf(news)) ?? (reason === 'reminder' ? [...quiet.values()][0] : undefined);
  return until === undefined ? undefined : { by: 'quiet_hours', until };
}

function breaksThrough(reason: NotifyReason): boolean {
  return reason === 'escalated' || reason === 'disable_imminent';
}

/** A resolution is as severe as what it resolves. */
function severityOf({ alert, logEntry, reason, isCriticalByCause }: News): Severity {
  if (reason === 'escalated' || isCriticalByCause) return 'critical';
  return reason === 'resolved' ? (logEntry.lastNotified?.severity ?? alert.severity) : alert.severity;
}

/**
 * Whether news that was held back comes in the folded line about the end of its mute. While the mute itself is active it
 * does not hold the news any more, since the alert became worse, so that it is sent like any other; so is what was held
 * by an acknowledgement.
 */
export function isCatchUp(
  { by, id }: MutedNews,
  { fingerprint, alert }: Pick<News, 'fingerprint' | 'alert'>,
  { ids, hours, quietIn }: ActiveMutes,
): boolean {
  if (by === 'acknowledged') return false;
  if (by === 'quiet_hours') return quietIn(hours.ofAlert(fingerprint, alert)).size === 0;
  return id === undefined || !ids.has(id);
}
