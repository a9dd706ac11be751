import { areQuiet } from '../../../lambda/core/quiet-hours.ts';
import type { Minute, Night } from '../notation/night.ts';
import { World } from '../world/world.ts';
import { surroundingsAt } from './surroundings.ts';

/** The times of the checks of a night. */
export interface CalmTicks {
  readonly ticks: readonly Minute[];
  /** For each of them, the last one up to which nothing but healthy runs happens, and no quiet hours begin or end. */
  readonly calmUntil: readonly number[];
}

/** Lives a night without checks, to find out when anything happens in it. */
export function calmTicks(night: Night): CalmTicks {
  const ticks = ticksOf(night);
  const scout = new World(night);
  const quiet = quietHoursIn(night, ticks);
  const isCalm = ticks.map((minute, index) => {
    const nothingHappens = !scout.advance(minute);
    return nothingHappens && quiet[index] === quiet[index - 1];
  });
  const calmUntil: number[] = [];
  let last = ticks.length - 1;
  for (let index = ticks.length - 1; index >= 0; index -= 1) {
    calmUntil[index] = last;
    if (!isCalm[index]) last = index - 1;
  }
  return { ticks, calmUntil };
}

/** Which quiet hours each tick is in. A check in them sends nothing, which says nothing about the checks before. */
function quietHoursIn(night: Night, ticks: readonly Minute[]): readonly string[] {
  if (!JSON.stringify(night).includes('quietHours')) return ticks.map(() => '');
  return ticks.map((minute) => {
    const now = night.midnight + minute * 60_000;
    const { quietHours, routes, defaultRoute } = surroundingsAt(night, minute).policy;
    const ofRoutes = [...routes, defaultRoute].flatMap((route) => route.quietHours ?? []);
    return [...quietHours, ...ofRoutes].map((hours) => areQuiet(hours, now)).join();
  });
}

/** Every period from the first check to the last, but for the times in which checks are stopped. */
function ticksOf({ firstCheck, lastCheck, periodMinutes, events }: Night): readonly Minute[] {
  const count = Math.floor((lastCheck - firstCheck) / periodMinutes) + 1;
  const switches = events.flatMap(({ at, event }) =>
    event.kind === 'checks' ? [{ at, run: event.run }] : [],
  );
  return Array.from({ length: count }, (_, index) => firstCheck + index * periodMinutes).filter(
    (minute) => switches.findLast(({ at }) => at <= minute)?.run ?? true,
  );
}
