import { startDeadlines } from '../../lambda/commands/deadlines.ts';
import { deliver, NOTHING_DELIVERED } from '../../lambda/commands/deliver.ts';
import { currentDestinations } from '../../lambda/commands/destinations.ts';
import { withHeartbeat } from '../../lambda/commands/heartbeat.ts';
import { checkLease, stopCheck } from '../../lambda/commands/lease.ts';
import { loadAndList } from '../../lambda/commands/load-and-list.ts';
import { isOtherPolicy, policyIdOf } from '../../lambda/commands/policy-id.ts';
import type { CheckSettings, Ports } from '../../lambda/commands/ports.ts';
import { summarize } from '../../lambda/commands/summarize.ts';
import { writeMessages } from '../../lambda/commands/write-messages.ts';
import { evaluate } from '../../lambda/core/diagnose/evaluation.ts';
import type { DigestEvaluation } from '../../lambda/core/digest/digest-evaluation.ts';
import { writeDigest } from '../../lambda/core/digest/write-digest.ts';
import { destinationViews, withParked } from '../../lambda/core/notify/destination-views.ts';
import { withDestinations } from '../../lambda/core/notify/destinations.ts';
import { planNotifications } from '../../lambda/core/notify/plan.ts';
import { asSaved, hasChanged, nextState } from '../../lambda/core/save/next-state.ts';
import { track } from '../../lambda/core/track/track.ts';
import type { Check } from './run-world.ts';

/** The parts of a check that a test can replace. */
export interface CheckParts {
  readonly checkLease: typeof checkLease;
  readonly evaluate: typeof evaluate;
  readonly track: typeof track;
  readonly planNotifications: typeof planNotifications;
  readonly writeDigest: typeof writeDigest;
  readonly deliver: typeof deliver;
  readonly ports: (ports: Ports) => Ports;
  readonly settings: (settings: CheckSettings) => CheckSettings;
}

export const REAL_PARTS: CheckParts = {
  checkLease,
  evaluate,
  track,
  planNotifications,
  writeDigest,
  deliver,
  ports: (ports) => ports,
  settings: (settings) => settings,
};

/**
 * A copy of `check` (lambda/commands/check.ts) with replaceable parts. simulation.test.ts verifies that both do the same
 * when no part is replaced.
 *
 * @param replaced Called once for each check: its replaced parts.
 */
export function checkWithParts(replaced: () => Partial<CheckParts>): Check {
  return async (givenPorts, givenSettings) => {
    const parts = { ...REAL_PARTS, ...replaced() };
    const ports = parts.ports(givenPorts);
    const settings = parts.settings(givenSettings);
    const { policy, origin } = settings;
    const policyId = policyIdOf(policy);
    const deadlines = startDeadlines(settings.remainingSeconds);
    const now = ports.now();
    const run = { ports, settings, deadlines, now };

    const { loaded, listed } = await loadAndList(ports, deadlines.listing);
    const { state, version, silences } = loaded;
    const leaseCheck = parts.checkLease(state, listed.requestedAt, run);
    if (leaseCheck.kind !== 'free') return stopCheck(leaseCheck, loaded, run);

    const initialRun = !state.initialized;
    const evaluation = parts.evaluate(listed, state.facts, { policy, now });
    const facts = parts.track(state.facts, evaluation, { policy, initialRun });
    const policyChanged = isOtherPolicy(state, policyId);
    const destinations = await currentDestinations(ports, policy, state.routes);
    const views = destinationViews(destinations, { facts, evaluation, policy, routes: state.routes });
    const planned = views.map((view) => {
      const isNew = !view.destination.initialized;
      const tokenSeed = `${view.key.route} ${view.key.id}`;
      const changes = { initialRun: isNew, policyChanged };
      const mutes = { silences: silences?.known ?? [], hours: view.hours };
      const planContext = { ...view, ...changes, evaluation, policy, mutes, tokenSeed };
      const planned = parts.planNotifications(view.facts, view.destination, planContext);
      const digestContext = { ...view, origin, initialRun, isNewDestination: isNew };
      const write = (shown: DigestEvaluation) =>
        parts.writeDigest(planned.plan, { ...digestContext, evaluation: shown });
      return { ...view, destination: withParked(planned.destination, view), planned, write };
    });
    const { outgoing, asked } = await writeMessages(planned, evaluation, run);

    const routes = withDestinations(state.routes, outgoing);
    const next = nextState(state, { facts, routes, evaluation, listedAt: listed.requestedAt, policyId });
    const isQuiet = outgoing.every(({ messages }) => messages.length === 0) && !hasChanged(state, next);
    const delivery = { state: asSaved(next, evaluation), version, outgoing, evaluation };
    const delivered = isQuiet || settings.dryRun ? NOTHING_DELIVERED : await parts.deliver(delivery, run);
    const outcome = summarize(
      { listed, evaluation, facts, outgoing, asked, next, delivered, leaseCheck },
      run,
    );
    return withHeartbeat(outcome, run);
  };
}
