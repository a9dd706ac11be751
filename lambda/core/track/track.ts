import type { Alert, AlertProblem, Facts, Fingerprint, Resolution, Severity, SyncHistory } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { isEmptyHistory } from '../diagnose/history.ts';
import { exclusionReason, type Policy } from '../policy.ts';
import type { Labels } from '../sync.ts';
import { after, type Instant, isAhead, isLater, secondsBetween } from '../time.ts';
import { firingsWithinWindow, flapHoldSeconds, isFlapping } from './flapping.ts';
import { sizeAfter } from './listing-size.ts';
import { isPendingOver, NO_PENDING_PERIOD, type PendingPeriod, pendingPeriodOf } from './pending.ts';

/** What one look says of one alert: a column of the table in `follow`. */
export type Observation =
  | ProblemObservation
  | { readonly kind: 'inconclusive' }
  | { readonly kind: 'healthy'; readonly diagnosis?: Diagnosis }
  | { readonly kind: 'absent' }
  | { readonly kind: 'excluded'; readonly reason: string }
  /** The look says nothing about it: a blind check, or an absence from a listing that is not complete. */
  | { readonly kind: 'unobserved' };

export interface ProblemObservation {
  readonly kind: 'problem';
  readonly problem: AlertProblem;
  readonly severity: Severity;
  readonly paused: boolean;
  /** What an opening has to disprove beyond its problem: a failure that is still marked. */
  readonly marked: readonly AlertProblem[];
  readonly lastSuccessAt: Instant | null;
  readonly pendingPeriod: PendingPeriod;
  readonly labels: Labels | null;
}

/**
 * Brings the facts up to date with one look. It knows no mutes, no routes and no messages. Alerts about which the look
 * says nothing new come out as they were.
 *
 * @param firstLook On the first look nothing waits.
 */
export function track(
  facts: Facts,
  evaluation: Evaluation,
  policy: Policy,
  now: Instant,
  initialRun: boolean,
): Facts {
  const alerts: Record<string, Alert> = {};
  const observe = (fingerprint: Fingerprint, observation: Observation) => {
    const alert = transition(facts.alerts[fingerprint], observation, now);
    if (alert !== undefined) alerts[fingerprint] = alert;
  };
  for (const fingerprint of Object.keys(facts.alerts)) {
    if (isSync(fingerprint) && !isListed(evaluation, fingerprint))
      observe(fingerprint, observationOfUnlisted(evaluation));
  }
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    // A later program's: what it is about is not known here, so it is kept as it is.
    if (!isSync(fingerprint) && fingerprint !== 'listing' && fingerprint !== 'records')
      alerts[fingerprint] = alert;
  }
  if (evaluation.kind === 'listed') {
    for (const [fingerprint, diagnosis] of evaluation.diagnoses) {
      if (diagnosis.verdict.kind === 'healthy' && facts.alerts[fingerprint] === undefined) continue;
      observe(fingerprint, observationOf(diagnosis, policy, initialRun));
    }
  }
  observe('records', observationOfRecords(evaluation, policy, initialRun));
  observe('listing', observationOfListing(evaluation, policy, initialRun));
  return {
    alerts,
    histories: historiesAfter(facts, evaluation),
    size: sizeAfter(facts.size, evaluation, now),
  };
}

/**
 * The table of the design, section 4: rows are the remembered states, columns the sightings. Undefined: nothing is
 * remembered.
 */
export function transition(
  alert: Alert | undefined,
  observation: Observation,
  now: Instant,
): Alert | undefined {
  if (observation.kind === 'unobserved') return alert;
  if (alert === undefined) return observation.kind === 'problem' ? open(observation, now) : undefined;
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
      const held = isFlapping(alert) && secondsBetween(healthySince, now) < flapHoldSeconds(alert.labels);
      if (held) return { ...listedAgain(alert), healthySince };
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
      const since = alert.pendingAgain?.since ?? now;
      const problems = union(alert.pendingAgain?.problems ?? observation.marked, [observation.problem]);
      const pendingAgain = { ...listedAgain(alert), pendingAgain: { since, problems } };
      return isPendingOver(observation.pendingPeriod, since, now)
        ? refire(pendingAgain, since, problems, observation, now)
        : pendingAgain;
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

function open(observation: ProblemObservation, now: Instant): Alert {
  const { problem, severity, paused, lastSuccessAt, labels } = observation;
  const pending: Alert = {
    state: 'pending',
    problem,
    severity,
    paused,
    problems: union([problem], observation.marked),
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

function refire(
  alert: Alert,
  since: Instant,
  problems: readonly AlertProblem[],
  observation: ProblemObservation,
  now: Instant,
): Alert {
  const { resolution: _ended, pendingAgain: _reopening, ...rest } = alert;
  const { problem, severity, lastSuccessAt } = observation;
  const opened: Alert = { ...rest, problem, severity, since, problems, lastSuccessAt };
  return fire(withProblem(opened, observation, now), now);
}

/** Problem and severity brought up to date, the worst kept. An unreadable record never lowers an open alert. */
function withProblem(alert: Alert, observation: ProblemObservation, now: Instant): Alert {
  const { healthySince: _healthySince, critical: _critical, ...rest } = listedAgain(alert);
  const { problem, paused, labels } = observation;
  const severity =
    problem === 'unreadable' && alert.severity === 'critical' ? 'critical' : observation.severity;
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
  const isOpen = critical !== undefined && critical.to === undefined;
  if (severity === 'critical') return isOpen ? critical : { from: now };
  return isOpen ? { ...critical, to: now } : critical;
}

function listedAgain(alert: Alert): Alert {
  const { absent: _absent, ...rest } = alert;
  return rest;
}

function withoutPendingAgain(alert: Alert): Alert {
  const { pendingAgain: _reopening, ...rest } = listedAgain(alert);
  return rest;
}

/** What proved the alert over. The API's clock is measured against itself where it gives a date. */
function resolvedBy(
  alert: Alert,
  diagnosis: Diagnosis | undefined,
  now: Instant,
): 'success' | 'enabled' | 'readable' | 'listing_restored' | 'no_longer_late' {
  const had = alert.problems;
  if (had.includes('listing_failed')) return 'listing_restored';
  if (had.every((problem) => problem === 'unreadable')) return 'readable';
  // Nothing was wrong with it: somebody had paused it.
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

function observationOf(diagnosis: Diagnosis, policy: Policy, initialRun: boolean): Observation {
  const { sync, verdict, history: mark } = diagnosis;
  const reason = exclusionReason(policy, sync.id ?? '', sync.labels);
  if (reason !== undefined) return { kind: 'excluded', reason };
  switch (verdict.kind) {
    case 'healthy':
      return { kind: 'healthy', diagnosis };
    case 'inconclusive':
      return verdict;
    case 'problem':
      return {
        kind: 'problem',
        problem: verdict.problem,
        severity: verdict.severity,
        paused: verdict.paused,
        marked: mark.failing === undefined ? [] : ['failing'],
        // A record that could not be read may give any date: it is nothing to measure a newer success against.
        lastSuccessAt: verdict.problem === 'unreadable' ? null : sync.lastSuccessAt,
        pendingPeriod: initialRun ? NO_PENDING_PERIOD : pendingPeriodOf(diagnosis, policy),
        labels: sync.labels,
      };
  }
}

function observationOfListing(evaluation: Evaluation, policy: Policy, initialRun: boolean): Observation {
  if (evaluation.kind === 'listed') return { kind: 'healthy' };
  const seconds = initialRun || evaluation.failure.kind === 'refused' ? 0 : policy.listingFailureForSeconds;
  return watcherProblem('listing_failed', 'critical', { seconds, secondEvaluation: false });
}

function observationOfRecords(evaluation: Evaluation, policy: Policy, initialRun: boolean): Observation {
  if (evaluation.kind === 'unavailable') return { kind: 'unobserved' };
  if (evaluation.withoutId === 0) return { kind: 'healthy' };
  const wait = initialRun
    ? NO_PENDING_PERIOD
    : { seconds: policy.pendingForSeconds, secondEvaluation: false };
  return watcherProblem('unreadable', 'warning', wait);
}

function watcherProblem(problem: AlertProblem, severity: Severity, wait: PendingPeriod): ProblemObservation {
  return {
    kind: 'problem',
    problem,
    severity,
    paused: false,
    marked: [],
    lastSuccessAt: null,
    pendingPeriod: wait,
    labels: null,
  };
}

/** What a look says of a sync that it does not show. */
function observationOfUnlisted(evaluation: Evaluation): Observation {
  const complete = evaluation.kind === 'listed' && evaluation.withoutId === 0;
  return { kind: complete ? 'absent' : 'unobserved' };
}

/**
 * Marks of seen syncs as the look left them. That of a sync that is absent twice in a row ends once its alert is
 * forgotten.
 */
function historiesAfter(facts: Facts, evaluation: Evaluation): Readonly<Record<string, SyncHistory>> {
  if (evaluation.kind === 'unavailable') return facts.histories;
  const isComplete = evaluation.withoutId === 0;
  const marks: Record<string, SyncHistory> = {};
  for (const [fingerprint, mark] of Object.entries(facts.histories)) {
    if (isListed(evaluation, fingerprint)) continue;
    if (!isComplete || (mark.absent && facts.alerts[fingerprint] !== undefined)) marks[fingerprint] = mark;
    else if (!mark.absent) marks[fingerprint] = { ...mark, absent: true };
  }
  for (const [fingerprint, { history: mark }] of evaluation.diagnoses) {
    const { absent: _absent, ...seen } = mark;
    if (!isEmptyHistory(seen)) marks[fingerprint] = seen;
  }
  return marks;
}

function isListed(evaluation: Evaluation, fingerprint: string): boolean {
  return evaluation.kind === 'listed' && isSync(fingerprint) && evaluation.diagnoses.has(fingerprint);
}

function isSync(fingerprint: string): fingerprint is Fingerprint {
  return fingerprint.startsWith('sync:');
}

function union<T>(some: readonly T[], more: readonly T[]): readonly T[] {
  return [...new Set([...some, ...more])];
}
