import { conclude } from './conclude.ts';
import { announce, isNothing } from './core/announce.ts';
import { digest } from './core/digest.ts';
import { lookAt } from './core/look.ts';
import { routeOf } from './core/memory.ts';
import { asWritten, hasChanged, remembering } from './core/remember.ts';
import { parseListing } from './core/sync-record.ts';
import { track } from './core/track.ts';
import { deliver, NOTHING_DELIVERED } from './deliver.ts';
import type { Outcome } from './outcome.ts';
import type { CheckSettings, Ports } from './ports.ts';
import { recallAndList } from './recall-and-list.ts';
import { compose } from './slack/compose.ts';
import { standing, stop } from './standing.ts';
import { timetable } from './timetable.ts';

/**
 * One scheduled pass: list, parse, diagnose, track, announce, compose, deliver.
 *
 * @throws CheckFailed when it could not list, remember or deliver, after it has remembered what it could.
 */
export async function check(ports: Ports, settings: CheckSettings): Promise<Outcome> {
  const { policy, place } = settings;
  const times = timetable(settings.killedAfterSeconds);
  const now = ports.now();
  const { recalled, listed } = await recallAndList(ports, times.listing);
  const { memory } = recalled;
  const stand = standing(memory, listed.requestedAt, times, now);
  if (stand.kind !== 'free') return stop(stand, recalled, ports, settings, now);

  const firstLook = !memory.settled;
  const look = lookAt(parseListing(listed), memory.facts, policy, now);
  const facts = track(memory.facts, look, policy, now, firstLook);
  const { due, route } = announce(facts, routeOf(memory), look, policy, now);
  const said = isNothing(due) ? undefined : digest(due, facts, look, place, firstLook, now);
  const messages = said === undefined ? [] : compose(said);

  const next = remembering(memory, facts, route, look, listed.requestedAt);
  const isQuiet = messages.length === 0 && !hasChanged(memory, next);
  const delivery = { memory: asWritten(next, look, now), version: recalled.version, messages, look, now };
  const delivered =
    isQuiet || settings.dryRun ? NOTHING_DELIVERED : await deliver(delivery, ports, settings, times);
  return conclude({ listed, look, facts, due, said, next, delivered, stand, now }, settings);
}
