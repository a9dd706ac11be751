// In: the ports to Timbal, the state store and Slack; the settings.
// Out: an outcome, or CheckFailed with one.
// Called by: invocation/run-command.ts, every 5 minutes for EventBridge Scheduler; cli/watch.ts for `npm start`.
import { evaluate } from '../core/diagnose/evaluation.ts';
import type { DigestEvaluation } from '../core/digest/digest-evaluation.ts';
import { writeDigest } from '../core/digest/write-digest.ts';
import { destinationViews, withParked } from '../core/notify/destination-views.ts';
import { withDestinations } from '../core/notify/destinations.ts';
import { planNotifications } from '../core/notify/plan.ts';
import { asSaved, hasChanged, nextState } from '../core/save/next-state.ts';
import { track } from '../core/track/track.ts';
import { startDeadlines } from './deadlines.ts';
import { deliver, NOTHING_DELIVERED } from './deliver.ts';
import { currentDestinations } from './destinations.ts';
import { withHeartbeat } from './heartbeat.ts';
import { checkLease, stopCheck } from './lease.ts';
import { loadAndList } from './load-and-list.ts';
import type { Outcome } from './outcome.ts';
import { isOtherPolicy, policyIdOf } from './policy-id.ts';
import type { CheckSettings, Ports } from './ports.ts';
import { summarize } from './summarize.ts';
import { writeMessages } from './write-messages.ts';

/** @throws CheckFailed when the check could not list, save or deliver, after it saved what it could. */
export async function check(ports: Ports, settings: CheckSettings): Promise<Outcome> {
  const { policy, origin } = settings;
  const policyId = policyIdOf(policy);
  const deadlines = startDeadlines(settings.remainingSeconds);
  const now = ports.now();
  const run = { ports, settings, deadlines, now };

  const { loaded, listed } = await loadAndList(ports, deadlines.listing);
  const { state, version, silences } = loaded;
  const leaseCheck = checkLease(state, listed.requestedAt, run);
  if (leaseCheck.kind !== 'free') return stopCheck(leaseCheck, loaded, run);

  const initialRun = !state.initialized;
  const evaluation = evaluate(listed, state.facts, { policy, now });
  const facts = track(state.facts, evaluation, { policy, initialRun });
  const policyChanged = isOtherPolicy(state, policyId);
  const destinations = await currentDestinations(ports, policy, state.routes);
  const views = destinationViews(destinations, { facts, evaluation, policy, routes: state.routes });
  const planned = views.map((view) => {
    const isNew = !view.destination.initialized;
    const tokenSeed = `${view.key.route} ${view.key.id}`;
    const changes = { initialRun: isNew, policyChanged };
    const mutes = { silences: silences?.known ?? [], hours: view.hours };
    const planContext = { ...view, ...changes, evaluation, policy, mutes, tokenSeed };
    const planned = planNotifications(view.facts, view.destination, planContext);
    const digestContext = { ...view, origin, initialRun, isNewDestination: isNew };
    const write = (shown: DigestEvaluation) =>
      writeDigest(planned.plan, { ...digestContext, evaluation: shown });
    return { ...view, destination: withParked(planned.destination, view), planned, write };
  });
  const { outgoing, asked } = await writeMessages(planned, evaluation, run);

  const routes = withDestinations(state.routes, outgoing);
  const next = nextState(state, { facts, routes, evaluation, listedAt: listed.requestedAt, policyId });
  const isQuiet = outgoing.every(({ messages }) => messages.length === 0) && !hasChanged(state, next);
  const delivery = { state: asSaved(next, evaluation), version, outgoing, evaluation };
  const delivered = isQuiet || settings.dryRun ? NOTHING_DELIVERED : await deliver(delivery, run);
  const outcome = summarize({ listed, evaluation, facts, outgoing, asked, next, delivered, leaseCheck }, run);
  return withHeartbeat(outcome, run);
}
