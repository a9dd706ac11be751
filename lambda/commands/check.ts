import { evaluate } from '../core/diagnose/evaluation.ts';
import { writeDigest } from '../core/digest/write-digest.ts';
import { asSaved, hasChanged, nextState } from '../core/next-state.ts';
import { isEmptyPlan, planNotifications } from '../core/notify/plan.ts';
import { parseListing } from '../core/parse/parse-sync.ts';
import { slackMessages } from '../core/render/slack-messages.ts';
import { routeOf } from '../core/state.ts';
import { track } from '../core/track/track.ts';
import { startDeadlines } from './deadlines.ts';
import { deliver, NOT_DELIVERED } from './deliver.ts';
import { checkLease, stopCheck } from './lease.ts';
import { loadAndList } from './load-and-list.ts';
import type { Outcome } from './outcome.ts';
import type { CheckSettings, Ports } from './ports.ts';
import { summarize } from './summarize.ts';

/**
 * One scheduled pass: list, parse, diagnose, track, announce, compose, deliver.
 *
 * @throws CheckFailed when it could not list, remember or deliver, after it has remembered what it could.
 */
export async function check(ports: Ports, settings: CheckSettings): Promise<Outcome> {
  const { policy, origin } = settings;
  const times = startDeadlines(settings.remainingSeconds);
  const now = ports.now();
  const { loaded, listed } = await loadAndList(ports, times.listing);
  const { state } = loaded;
  const leaseCheck = checkLease(state, listed.requestedAt, times, now);
  if (leaseCheck.kind !== 'free') return stopCheck(leaseCheck, loaded, ports, settings, now);

  const initialRun = !state.initialized;
  const evaluation = evaluate(parseListing(listed), state.facts, policy, now);
  const facts = track(state.facts, evaluation, policy, now, initialRun);
  const { plan, route } = planNotifications(facts, routeOf(state), evaluation, policy, now);
  const said = isEmptyPlan(plan) ? undefined : writeDigest(plan, facts, evaluation, origin, initialRun, now);
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
    isQuiet || settings.dryRun ? NOT_DELIVERED : await deliver(delivery, ports, settings, times);
  return summarize({ listed, evaluation, facts, plan, said, next, delivered, leaseCheck, now }, settings);
}
