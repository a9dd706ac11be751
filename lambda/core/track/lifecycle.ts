import type { Alert, Resolution } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { AlertProblem, Severity } from '../problem.ts';
import { after, type Instant, isAhead, isLater, secondsBetween } from '../time.ts';
import {
  briefWithinWindow,
  FLAPPING_FIRINGS,
  firingsWithinWindow,
  flapHoldSeconds,
  INTERMITTENT_FAILURES,
} from './flapping.ts';
import type { Observation, ProblemObservation } from './observation.ts';
import { isPendingOver } from './pending.ts';

/**
 * The state machine of one alert: rows are the states, columns the observations (docs/design/lifecycle.md has the
 * table). Undefined: no alert is kept.
 */
export function transition(
  alert: Alert | undefined,
  observation: Observation,
  now: Instant,
): Alert | undefined {
  if (observation.kind === 'unobserved') return alert;
  if (alert === undefined) return observation.kind === 'problem' ? newAlert(observation, now) : undefined;
  switch (alert.state) {
    case 'pending':
      return fromPending(alert, observation, now);
    case 'firing':
      return fromFiring(alert, observation, now);
    case 'ended':
      return fromEnded(alert, observation, now);
  }
}

type Observed = Exclude<Observation, { readonly kind: 'unobserved' }>;

function fromPending(alert: Alert, observation: Observed, now: Instant): Alert | undefined {
  switch (observation.kind) {
    case 'problem': {
      const current = withProblem(alert, observation, now);
      const start = { since: alert.since, runAt: alert.pendingRunAt };
      return isPendingOver(observation.pendingPeriod, start, { now, runAt: observation.runAt })
        ? fire(current, now)
        : current;
    }
    case 'inconclusive':
      return listedAgain(alert);
    case 'healthy':
    case 'paused':
    case 'excluded':
      return undefined;
    case 'absent':
      return alert.absent ? undefined : { ...alert, absent: true };
  }
}

function fromFiring(alert: Alert, observation: Observed, now: Instant): Alert {
  switch (observation.kind) {
    case 'problem': {
      const current = withProblem(alert, observation, now);
      // A failure during the hold of a flapping alert is a firing of its own.
      return alert.healthySince === undefined
        ? current
        : { ...current, firings: [...firingsWithinWindow(current, now), now] };
    }
    case 'inconclusive':
      return listedAgain(alert);
    case 'healthy': {
      const { healthySince: before = now } = alert;
      const healthySince = isAhead(before, now) ? now : before;
      const isOnHold =
        alert.flapping !== undefined && secondsBetween(healthySince, now) < flapHoldSeconds(alert);
      if (isOnHold) return { ...listedAgain(alert), healthySince };
      return end(alert, { how: 'resolved', by: resolvedBy(alert, observation.diagnosis, now) }, now);
    }
    case 'paused':
      return end(alert, { how: 'paused' }, now);
    case 'excluded':
      return end(alert, { how: 'excluded', reason: observation.reason }, now);
    case 'absent':
      return alert.absent ? end(alert, { how: 'unlisted' }, now) : { ...alert, absent: true };
  }
}

function fromEnded(alert: Alert, observation: Observed, now: Instant): Alert {
  switch (observation.kind) {
    case 'problem': {
      const { pendingAgain } = alert;
      const since = pendingAgain?.since ?? now;
      const runAt = pendingAgain === undefined ? (observation.runAt ?? undefined) : pendingAgain.runAt;
      const problems = union(pendingAgain?.problems ?? observation.alsoToDisprove, [observation.problem]);
      const again = { since, problems, ...(runAt !== undefined && { runAt }) };
      const waiting = { ...listedAgain(alert), pendingAgain: again };
      const isOver = isPendingOver(
        observation.pendingPeriod,
        { since, runAt },
        { now, runAt: observation.runAt },
      );
      return isOver || isIntermittent(observation, now) ? fireAgain(waiting, observation, now) : waiting;
    }
    case 'inconclusive':
      return listedAgain(alert);
    case 'healthy':
    case 'paused':
    case 'excluded':
      return withoutPendingAgain(alert);
    case 'absent':
      if (alert.pendingAgain === undefined) return alert;
      return alert.absent ? withoutPendingAgain(alert) : { ...alert, absent: true };
  }
}

function newAlert(observation: ProblemObservation, now: Instant): Alert {
  const { problem, severity, criticalBy, disableImminent, lastSuccessAt, labels, runAt } = observation;
  const pending: Alert = {
    state: 'pending',
    problem,
    severity,
    ...(criticalBy && { criticalBy }),
    ...(disableImminent && { disableImminent }),
    problems: union([problem], observation.alsoToDisprove),
    since: now,
    ...(severity === 'critical' && { critical: { from: now } }),
    firings: [],
    lastSuccessAt,
    labels,
    ...(runAt !== null && { pendingRunAt: runAt }),
  };
  if (isIntermittent(observation, now)) return fire({ ...pending, flapping: 'intermittent' }, now);
  const start = { since: now, runAt: runAt ?? undefined };
  return isPendingOver(observation.pendingPeriod, start, { now, runAt }) ? fire(pending, now) : pending;
}

/** The 4th brief failure within its window: one that alone would stay pending. */
function isIntermittent(
  { problem, pendingPeriod, briefFailures, labels }: ProblemObservation,
  now: Instant,
): boolean {
  return (
    problem === 'failing' &&
    (pendingPeriod.secondRun || pendingPeriod.seconds > 0) &&
    briefWithinWindow(briefFailures, labels, now).length >= INTERMITTENT_FAILURES - 1
  );
}

function fire(alert: Alert, now: Instant): Alert {
  const { pendingRunAt: _pendingRunAt, holds, ...rest } = alert;
  const recent = firingsWithinWindow(alert, now);
  const firings = [...recent, now];
  const flapping = alert.flapping ?? (firings.length >= FLAPPING_FIRINGS ? 'often' : undefined);
  // Once the flap window is empty, the holds begin again.
  const again = recent.length > 0 && holds !== undefined ? { holds } : {};
  return { ...rest, state: 'firing', firings, ...again, ...(flapping && { flapping }) };
}

function fireAgain(
  alert: Alert & Required<Pick<Alert, 'pendingAgain'>>,
  observation: ProblemObservation,
  now: Instant,
): Alert {
  const {
    resolution: _resolution,
    pendingAgain,
    flapping: _flapping,
    disableImminent: _imminent,
    ...rest
  } = alert;
  const { problem, severity, lastSuccessAt } = observation;
  const { since, problems } = pendingAgain;
  const intermittent = isIntermittent(observation, now) ? { flapping: 'intermittent' as const } : {};
  const firing: Alert = { ...rest, ...intermittent, problem, severity, since, problems, lastSuccessAt };
  return fire(withProblem(firing, observation, now), now);
}

/** The alert with the observed problem and severity. An unreadable record never lowers a critical alert. */
function withProblem(alert: Alert, observation: ProblemObservation, now: Instant): Alert {
  const {
    healthySince: _healthySince,
    critical: _critical,
    criticalBy: before,
    ...rest
  } = listedAgain(alert);
  const { problem, labels } = observation;
  const keepsCritical = problem === 'unreadable' && alert.severity === 'critical';
  const severity = keepsCritical ? 'critical' : observation.severity;
  const critical = criticalStretch(alert, severity, now);
  const criticalBy = severity === 'critical' ? (observation.criticalBy ?? before) : undefined;
  return {
    ...rest,
    problem,
    severity,
    ...(criticalBy && { criticalBy }),
    ...(observation.disableImminent && { disableImminent: true }),
    problems: union(alert.problems, [problem]),
    ...(critical && { critical }),
    lastSuccessAt: alert.lastSuccessAt ?? observation.lastSuccessAt,
    labels: problem === 'unreadable' ? (alert.labels ?? labels) : labels,
  };
}

function end(alert: Alert, resolution: Resolution, now: Instant): Alert {
  const { healthySince: _healthySince, critical: _critical, ...rest } = listedAgain(alert);
  const critical = criticalStretch(alert, 'warning', now);
  const holds = alert.flapping === undefined ? (alert.holds ?? 0) : (alert.holds ?? 0) + 1;
  return {
    ...rest,
    state: 'ended',
    ...(critical && { critical }),
    ...(holds > 0 && { holds }),
    resolution: { ...resolution, at: now },
  };
}

function criticalStretch(alert: Alert, severity: Severity, now: Instant): Alert['critical'] {
  const { critical } = alert;
  const lasts = critical !== undefined && critical.to === undefined;
  if (severity === 'critical') return lasts ? critical : { from: now };
  return lasts ? { ...critical, to: now } : critical;
}

function listedAgain(alert: Alert): Alert {
  const { absent: _absent, ...rest } = alert;
  return rest;
}

function withoutPendingAgain(alert: Alert): Alert {
  const { pendingAgain: _pendingAgain, ...rest } = listedAgain(alert);
  return rest;
}

/** What proved that the alert is over. The API's dates are measured against each other where there are any. */
function resolvedBy(
  alert: Alert,
  diagnosis: Diagnosis | undefined,
  now: Instant,
): Extract<Resolution, { readonly how: 'resolved' }>['by'] {
  const had = alert.problems;
  if (had.includes('listing_failed')) return 'listing_restored';
  if (had.every((problem) => problem === 'unreadable')) return 'readable';
  if (diagnosis !== undefined && hasNewSuccess(alert, diagnosis, now)) return 'success';
  return had.includes('disabled') ? 'enabled' : 'no_longer_late';
}

function hasNewSuccess(
  alert: Alert,
  { sync, runState, successLagSeconds }: Diagnosis,
  now: Instant,
): boolean {
  if (alert.problems.includes('failing') && runState === 'success') return true;
  if (sync.lastSuccessAt !== null) return isLater(sync.lastSuccessAt, alert.lastSuccessAt);
  return successLagSeconds !== null && after(now, -successLagSeconds) > alert.since;
}

function union(some: readonly AlertProblem[], more: readonly AlertProblem[]): readonly AlertProblem[] {
  return [...new Set([...some, ...more])];
}
