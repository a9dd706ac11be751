import { startDeadlines } from '../../lambda/commands/deadlines.ts';
import { deliver, NOT_DELIVERED } from '../../lambda/commands/deliver.ts';
import { checkLease, stopCheck } from '../../lambda/commands/lease.ts';
import { loadAndList } from '../../lambda/commands/load-and-list.ts';
import type { CheckSettings, Ports } from '../../lambda/commands/ports.ts';
import { summarize } from '../../lambda/commands/summarize.ts';
import { evaluate } from '../../lambda/core/diagnose/evaluation.ts';
import { writeDigest } from '../../lambda/core/digest/write-digest.ts';
import { asSaved, hasChanged, nextState } from '../../lambda/core/next-state.ts';
import { isEmptyPlan, planNotifications } from '../../lambda/core/notify/plan.ts';
import { parseListing } from '../../lambda/core/parse/parse-sync.ts';
import { slackMessages } from '../../lambda/core/render/slack-messages.ts';
import { routeOf } from '../../lambda/core/state.ts';
import { track } from '../../lambda/core/track/track.ts';
import type { Check } from './run-world.ts';

/** The parts of a check that can be taken out and broken. */
export interface Pieces {
  readonly checkLease: typeof checkLease;
  readonly evaluate: typeof evaluate;
  readonly track: typeof track;
  readonly planNotifications: typeof planNotifications;
  readonly deliver: typeof deliver;
  readonly ports: (ports: Ports) => Ports;
  readonly settings: (settings: CheckSettings) => CheckSettings;
}

export const WHOLE: Pieces = {
  checkLease,
  evaluate,
  track,
  planNotifications,
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
    const { policy, origin: place } = settings;
    const times = startDeadlines(settings.remainingSeconds);
    const now = ports.now();
    const { loaded, listed } = await loadAndList(ports, times.listing);
    const { state } = loaded;
    const leaseCheck = parts.checkLease(state, listed.requestedAt, times, now);
    if (leaseCheck.kind !== 'free') return stopCheck(leaseCheck, loaded, ports, settings, now);

    const initialRun = !state.initialized;
    const evaluation = parts.evaluate(parseListing(listed), state.facts, policy, now);
    const facts = parts.track(state.facts, evaluation, policy, now, initialRun);
    const { plan, route } = parts.planNotifications(facts, routeOf(state), evaluation, policy, now);
    const said = isEmptyPlan(plan) ? undefined : writeDigest(plan, facts, evaluation, place, initialRun, now);
    const messages = said === undefined ? [] : slackMessages(said);

    const next = nextState(state, facts, route, evaluation, listed.requestedAt);
    const isQuiet = messages.length === 0 && !hasChanged(state, next);
    const delivery = {
      state: asSaved(next, evaluation, now),
      version: loaded.version,
      messages,
      evaluation,
      now,
    };
    const delivered =
      isQuiet || settings.dryRun ? NOT_DELIVERED : await parts.deliver(delivery, ports, settings, times);
    return summarize({ listed, evaluation, facts, plan, said, next, delivered, leaseCheck, now }, settings);
  };
}
