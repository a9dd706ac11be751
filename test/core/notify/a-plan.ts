import type { Facts } from '../../../lambda/core/alert.ts';
import {
  type PlanContext,
  type PlannedNotifications,
  planNotifications,
} from '../../../lambda/core/notify/plan.ts';
import type { Destination } from '../../../lambda/core/state.ts';
import type { Instant } from '../../../lambda/core/time.ts';
import { anEvaluation, aSync, defaultPolicy, frozen, NOW } from '../a-sync.ts';

const EVALUATION = anEvaluation([aSync()]);

/** The plan of a check that lists the healthy `orders`, unless an option says otherwise. */
export function plannedNow(
  facts: Facts,
  destination: Destination,
  {
    evaluation = EVALUATION,
    policy = defaultPolicy,
    now = NOW,
    initialRun = false,
    policyChanged = false,
    mutes,
  }: Partial<PlanContext> & { readonly now?: Instant } = {},
): PlannedNotifications {
  return planNotifications(frozen(facts), frozen(destination), {
    evaluation: frozen({ ...evaluation, at: now }),
    policy,
    initialRun,
    policyChanged,
    ...(mutes && { mutes }),
  });
}

/** By fingerprint, why each alert is sent. */
export function reasonsOf({ plan }: PlannedNotifications): Readonly<Record<string, string>> {
  return Object.fromEntries(plan.notifications.map(({ fingerprint, reason }) => [fingerprint, reason]));
}

/** The fingerprints that the reminder lists, sorted. */
export function remindedOf({ plan }: PlannedNotifications): readonly string[] {
  return plan.reminder.map(({ fingerprint }) => fingerprint).toSorted();
}
