import type { Minute, Night } from '../notation/night.ts';
import { World } from '../world/world.ts';

/** The times of the checks of a night. */
export interface CalmTicks {
  readonly ticks: readonly Minute[];
  /** For each of them, the last one up to which nothing but healthy runs happens. */
  readonly calmUntil: readonly number[];
}

/** Lives a night without checks, to find out when anything happens in it. */
export function calmTicks(night: Night): CalmTicks {
  const ticks = ticksOf(night);
  const scout = new World(night);
  const isCalm = ticks.map((minute) => !scout.advance(minute));
  const calmUntil: number[] = [];
  let last = ticks.length - 1;
  for (let index = ticks.length - 1; index >= 0; index -= 1) {
    calmUntil[index] = last;
    if (!isCalm[index]) last = index - 1;
  }
  return { ticks, calmUntil };
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
