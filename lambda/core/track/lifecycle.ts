import type { Alert, Resolution } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { AlertProblem, Severity } from '../problem.ts';
import { after, type Instant, isAhead, isLater, secondsBetween } from '../time.ts';
import { firingsWithinWindow, flapHoldSeconds, isFlapping } from './flapping.ts';
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
      return isPendingOver(observation.pendingPeriod, alert.since, now) ? fire(current, now) : current;
    }
    case 'inconclusive':
      return listedAgain(alert);
    case 'healthy':
    case 'excluded':
      return undefined;
    case 'absent':
      return alert.absent ? undefined : { ...alert, absent: true };
  }
}

function fromFiring(alert: Alert, observation: Observed, now: Instant): Alert {
  switch (observation.kind) {
    case 'problem':
      return withProblem(alert, observation, now);
    case 'inconclusive':
      return listedAgain(alert);
    case 'healthy': {
      const { healthySince: before = now } = alert;
      const healthySince = isAhead(before, now) ? now : before;
      const isOnHold = isFlapping(alert) && secondsBetween(healthySince, now) < flapHoldSeconds(alert.labels);
      if (isOnHold) return { ...listedAgain(alert), healthySince };
      return end(alert, { how: 'resolved', by: resolvedBy(alert, observation.diagnosis, now) }, now);
    }
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
      const problems = union(pendingAgain?.problems ?? observation.alsoToDisprove, [observation.problem]);
      const waiting = { ...listedAgain(alert), pendingAgain: { since, problems } };
      return isPendingOver(observation.pendingPeriod, since, now)
        ? fireAgain(waiting, observation, now)
        : waiting;
    }
    case 'inconclusive':
      return listedAgain(alert);
    case 'healthy':
    case 'excluded':
      return withoutPendingAgain(alert);
    case 'absent':
      if (alert.pendingAgain === undefined) return alert;
      return alert.absent ? withoutPendingAgain(alert) : { ...alert, absent: true };
  }
}

function newAlert(observation: ProblemObservation, now: Instant): Alert {
  const { problem, severity, paused, lastSuccessAt, labels } = observation;
  const pending: Alert = {
    state: 'pending',
    problem,
    severity,
    paused,
    problems: union([problem], observation.alsoToDisprove),
    since: now,
    ...(severity === 'critical' && { critical: { from: now } }),
    firings: [],
    lastSuccessAt,
    labels,
  };
  return isPendingOver(observation.pendingPeriod, now, now) ? fire(pending, now) : pending;
}

function fire(alert: Alert, now: Instant): Alert {
  return { ...alert, state: 'firing', firings: [...firingsWithinWindow(alert, now), now] };
}

function fireAgain(
  alert: Alert & Required<Pick<Alert, 'pendingAgain'>>,
  observation: ProblemObservation,
  now: Instant,
): Alert {
  const { resolution: _resolution, pendingAgain, ...rest } = alert;
  const { problem, severity, lastSuccessAt } = observation;
  const { since, problems } = pendingAgain;
  const firing: Alert = { ...rest, problem, severity, since, problems, lastSuccessAt };
  return fire(withProblem(firing, observation, now), now);
}

/** The alert with the observed problem and severity. An unreadable record never lowers a critical alert. */
function withProblem(alert: Alert, observation: ProblemObservation, now: Instant): Alert {
  const { healthySince: _healthySince, critical: _critical, ...rest } = listedAgain(alert);
  const { problem, paused, labels } = observation;
  const keepsCritical = problem === 'unreadable' && alert.severity === 'critical';
  const severity = keepsCritical ? 'critical' : observation.severity;
  const critical = criticalStretch(alert, severity, now);
  return {
    ...rest,
    problem,
    severity,
    paused,
    problems: union(alert.problems, [problem]),
    ...(critical && { critical }),
    lastSuccessAt: alert.lastSuccessAt ?? observation.lastSuccessAt,
    labels: problem === 'unreadable' ? (alert.labels ?? labels) : labels,
  };
}

function end(alert: Alert, resolution: Resolution, now: Instant): Alert {
  const { healthySince: _healthySince, critical: _critical, ...rest } = listedAgain(alert);
  const critical = criticalStretch(alert, 'warning', now);
  return { ...rest, state: 'ended', ...(critical && { critical }), resolution: { ...resolution, at: now } };
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
  // Nothing was wrong with the sync: somebody had paused it.
  if (alert.paused && had.every((problem) => problem === 'disabled')) return 'enabled';
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
