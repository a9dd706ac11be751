const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether EventBridge Scheduler accepts the name: "Europe/Paris", but not "europe/paris" or "+02:00". */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The instants, in order, at which the clocks of a zone show the given times of one day. A time that the clocks skip has
 * no instant; a time that they show twice has its first one.
 *
 * @param day The midnight of the day, in epoch milliseconds, as if its zone were UTC.
 * @param timesOfDay Milliseconds since midnight, in order.
 * @returns Epoch milliseconds.
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

/** One format for each zone: creating one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The milliseconds by which the clocks of a zone are ahead of UTC at an instant; negative where they are behind. */
function offsetAt(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  formats.set(timeZone, format);
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
  const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 * 1000;
  return sign === '-' ? -ahead : ahead;
}
