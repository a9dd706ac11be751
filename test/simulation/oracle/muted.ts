import type { Alert } from '../../../lambda/core/alert.ts';
import type { QuietHours } from '../../../lambda/core/quiet-hours.ts';
import type { Silence } from '../../../lambda/core/silence.ts';
import type { SimulatedCheck } from '../simulated-check.ts';
import { matches } from './matching.ts';
import type { SeenSyncs } from './seen-syncs.ts';

/** What would be sent about an alert. */
export type News = 'opening' | 'worse' | 'change' | 'end' | 'reminder';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
/** Minutes ahead of UTC: the zones of the simulation change no clocks. */
const OFFSETS: Readonly<Record<string, number>> = { UTC: 0, 'Asia/Kolkata': 330, 'America/Phoenix': -420 };
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What is muted at a check, by the silences that it loaded and the quiet hours of its policy. */
export class Muted {
  readonly #seen: SeenSyncs;
  /** By fingerprint, when it was last muted. */
  readonly #last = new Map<string, number>();
  #anyAt = Number.NEGATIVE_INFINITY;

  constructor(seen: SeenSyncs) {
    this.#seen = seen;
  }

  evaluated(check: SimulatedCheck, alerts: Readonly<Record<string, Alert>>): void {
    const isQuiet = check.policy.quietHours.some((hours) => isWithin(hours, check.now));
    if (isQuiet || activeSilences(check).length > 0) this.#anyAt = check.now;
    for (const [id, alert] of Object.entries(alerts))
      if (isQuiet || this.#silencesOf(id, alert, check).length > 0) this.#last.set(id, check.now);
  }

  /** When the alert was last muted; long ago if never. */
  lastAt(id: string): number {
    return this.#last.get(id) ?? Number.NEGATIVE_INFINITY;
  }

  /** When anything was last muted. */
  get lastOfAll(): number {
    return this.#anyAt;
  }

  /** @param severity That of the news. */
  isMuted(
    news: News,
    {
      id,
      alert,
      severity,
    }: { readonly id: string; readonly alert: Alert; readonly severity: Alert['severity'] },
    check: SimulatedCheck,
  ): boolean {
    const silences = this.#silencesOf(id, alert, check);
    if (news !== 'end' && silences.some(({ kind }) => kind !== 'acknowledgement')) return true;
    if (['opening', 'change', 'reminder'].includes(news) && silences.length > 0) return true;
    return check.policy.quietHours.some(
      (hours) => isWithin(hours, check.now) && (news === 'reminder' || hours.severity.includes(severity)),
    );
  }

  #silencesOf(id: string, alert: Alert, check: SimulatedCheck): readonly Silence[] {
    const selects = (silence: Silence): boolean => {
      switch (silence.kind) {
        case 'alerts':
          return silence.alerts.includes(id);
        case 'acknowledgement':
          return silence.alerts.some(
            ({ fingerprint, since, severity }) =>
              fingerprint === id &&
              since === alert.since &&
              alert.state === 'firing' &&
              (severity === 'critical' || alert.severity === 'warning'),
          );
        case 'matcher': {
          const { problem, severity, ...fields } = silence.match;
          if (problem !== undefined && !problem.includes(alert.problem)) return false;
          if (severity !== undefined && !severity.includes(alert.severity)) return false;
          if (Object.keys(fields).length === 0) return true;
          return id.startsWith('sync:') && matches(fields, this.#seen.syncs.get(id)?.record ?? {});
        }
      }
    };
    return activeSilences(check).filter(selects);
  }
}

function activeSilences({ silences = [], now }: SimulatedCheck): readonly Silence[] {
  return silences.filter(({ startsAt, endsAt }) => startsAt <= now && endsAt > now);
}

function isWithin({ zone, from, to, days }: QuietHours, now: number): boolean {
  const local = new Date(now + (OFFSETS[zone] ?? Number.NaN) * MINUTE);
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
  const isOn = (day: number) => days.some((name) => name === DAYS[(day + 7) % 7]);
  // Of hours that end on the next day, the second part belongs to the day before.
  const end = to > from ? to : to + DAY_MINUTES;
  return (
    (isOn(local.getUTCDay()) && from <= minute && minute < end) ||
    (isOn(local.getUTCDay() - 1) && from <= minute + DAY_MINUTES && minute + DAY_MINUTES < end)
  );
}
