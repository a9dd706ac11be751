const DAY_MS = 24 * 60 * 60 * 1000;

/** An IANA name as EventBridge Scheduler takes it: "Europe/Paris", and neither "europe/paris" nor "+02:00". */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The instants at which a zone's clocks show these times of one day, in order. A time that they skip has none; of a time
 * that they show twice, the first.
 *
 * @param day The day's midnight, as if its zone were UTC.
 * @param timesOfDay Milliseconds since midnight, in order.
 */
export function instantsOf(day: number, timesOfDay: readonly number[], timeZone: string): number[] {
  const before = offsetAt(day - DAY_MS, timeZone);
  const after = offsetAt(day + 2 * DAY_MS, timeZone);
  if (before === after) return timesOfDay.map((time) => day + time - before);
  return timesOfDay.flatMap((time) => {
    const instants = [before, after]
      .map((offset) => ({ offset, at: day + time - offset }))
      .filter(({ offset, at }) => offsetAt(at, timeZone) === offset)
      .map(({ at }) => at);
    return instants.length === 0 ? [] : [Math.min(...instants)];
  });
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  formats.set(timeZone, format);
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
  const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 * 1000;
  return sign === '-' ? -ahead : ahead;
}
