import { conclude } from '../../lambda/conclude.ts';
import { announce, isNothing } from '../../lambda/core/announce.ts';
import { digest } from '../../lambda/core/digest.ts';
import { lookAt } from '../../lambda/core/look.ts';
import { routeOf } from '../../lambda/core/memory.ts';
import { asWritten, hasChanged, remembering } from '../../lambda/core/remember.ts';
import { parseListing } from '../../lambda/core/sync-record.ts';
import { track } from '../../lambda/core/track.ts';
import { deliver, NOTHING_DELIVERED } from '../../lambda/deliver.ts';
import type { CheckSettings, Ports } from '../../lambda/ports.ts';
import { recallAndList } from '../../lambda/recall-and-list.ts';
import { compose } from '../../lambda/slack/compose.ts';
import { standing, stop } from '../../lambda/standing.ts';
import { timetable } from '../../lambda/timetable.ts';
import type { Check } from './run-world.ts';

/** The parts of a check that can be taken out and broken. */
export interface Pieces {
  readonly standing: typeof standing;
  readonly lookAt: typeof lookAt;
  readonly track: typeof track;
  readonly announce: typeof announce;
  readonly deliver: typeof deliver;
  readonly ports: (ports: Ports) => Ports;
  readonly settings: (settings: CheckSettings) => CheckSettings;
}

export const WHOLE: Pieces = {
  standing,
  lookAt,
  track,
  announce,
  deliver,
  ports: (same) => same,
  settings: (same) => same,
};

/**
 * The straight line of lambda/check.ts once more, with parts that can be exchanged. A test holds the two together: in
 * the same worlds they do the same.
 *
 * @param partsOfOne Asked once a check: what is exchanged in it.
 */
export function checkWith(partsOfOne: () => Partial<Pieces>): Check {
  return async (givenPorts, givenSettings) => {
    const parts = { ...WHOLE, ...partsOfOne() };
    const ports = parts.ports(givenPorts);
    const settings = parts.settings(givenSettings);
    const { policy, place } = settings;
    const times = timetable(settings.killedAfterSeconds);
    const now = ports.now();
    const { recalled, listed } = await recallAndList(ports, times.listing);
    const { memory } = recalled;
    const stand = parts.standing(memory, listed.requestedAt, times, now);
    if (stand.kind !== 'free') return stop(stand, recalled, ports, settings, now);

    const firstLook = !memory.settled;
    const look = parts.lookAt(parseListing(listed), memory.facts, policy, now);
    const facts = parts.track(memory.facts, look, policy, now, firstLook);
    const { due, route } = parts.announce(facts, routeOf(memory), look, policy, now);
    const said = isNothing(due) ? undefined : digest(due, facts, look, place, firstLook, now);
    const messages = said === undefined ? [] : compose(said);

    const next = remembering(memory, facts, route, look, listed.requestedAt);
    const isQuiet = messages.length === 0 && !hasChanged(memory, next);
    const delivery = { memory: asWritten(next, look, now), version: recalled.version, messages, look, now };
    const delivered =
      isQuiet || settings.dryRun ? NOTHING_DELIVERED : await parts.deliver(delivery, ports, settings, times);
    return conclude({ listed, look, facts, due, said, next, delivered, stand, now }, settings);
  };
}
