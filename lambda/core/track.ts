import type { Alert, AlertProblem, Ending, Facts, Fingerprint, Mark, Severity } from './alert.ts';
import type { Diagnosis } from './diagnosis.ts';
import { flapHoldSeconds, isFlapping, openingsWithinWindow } from './flapping.ts';
import { sizeAfter } from './listing-size.ts';
import type { Look } from './look.ts';
import { isUnmarked } from './mark.ts';
import { ignoredBecause, type Policy } from './policy.ts';
import type { Labels } from './sync.ts';
import { after, type Instant, isAhead, isLater, secondsBetween } from './time.ts';
import { hasWaited, NO_WAIT, type Wait, waitOf } from './waiting.ts';

/** What one look says of one alert: a column of the table in `follow`. */
export type Sighting =
  | ProblemSighting
  | { readonly kind: 'inconclusive' }
  | { readonly kind: 'healthy'; readonly diagnosis?: Diagnosis }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** The look says nothing about it: a blind check, or an absence from a listing that is not complete. */
  | { readonly kind: 'unseen' };

export interface ProblemSighting {
  readonly kind: 'problem';
  readonly problem: AlertProblem;
  readonly severity: Severity;
  readonly paused: boolean;
  /** What an opening has to disprove beyond its problem: a failure that is still marked. */
  readonly marked: readonly AlertProblem[];
  readonly lastSuccessAt: Instant | null;
  readonly wait: Wait;
  readonly labels: Labels | null;
}

/**
 * Brings the facts up to date with one look. It knows no mutes, no routes and no messages. Alerts about which the look
 * says nothing new come out as they were.
 *
 * @param firstLook On the first look nothing waits.
 */
export function track(facts: Facts, look: Look, policy: Policy, now: Instant, firstLook: boolean): Facts {
  const alerts: Record<string, Alert> = {};
  const followed = (fingerprint: Fingerprint, sighting: Sighting) => {
    const alert = follow(facts.alerts[fingerprint], sighting, now);
    if (alert !== undefined) alerts[fingerprint] = alert;
  };
  for (const fingerprint of Object.keys(facts.alerts)) {
    if (isSync(fingerprint) && !isSeen(look, fingerprint)) followed(fingerprint, missing(look));
  }
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    // A later program's: what it is about is not known here, so it is kept as it is.
    if (!isSync(fingerprint) && fingerprint !== 'listing' && fingerprint !== 'records')
      alerts[fingerprint] = alert;
  }
  if (look.kind === 'seen') {
    for (const [fingerprint, diagnosis] of look.diagnoses) {
      if (diagnosis.verdict.kind === 'healthy' && facts.alerts[fingerprint] === undefined) continue;
      followed(fingerprint, sightingOf(diagnosis, policy, firstLook));
    }
  }
  followed('records', sightingOfRecords(look, policy, firstLook));
  followed('listing', sightingOfListing(look, policy, firstLook));
  return { alerts, marks: marksAfter(facts, look), size: sizeAfter(facts.size, look, now) };
}

/**
 * The table of the design, section 4: rows are the remembered states, columns the sightings. Undefined: nothing is
 * remembered.
 */
export function follow(alert: Alert | undefined, sighting: Sighting, now: Instant): Alert | undefined {
  if (sighting.kind === 'unseen') return alert;
  if (alert === undefined) return sighting.kind === 'problem' ? open(sighting, now) : undefined;
  switch (alert.state) {
    case 'pending':
      return followPending(alert, sighting, now);
    case 'firing':
      return followFiring(alert, sighting, now);
    case 'ended':
      return followEnded(alert, sighting, now);
  }
}

type Seen = Exclude<Sighting, { readonly kind: 'unseen' }>;

function followPending(alert: Alert, sighting: Seen, now: Instant): Alert | undefined {
  switch (sighting.kind) {
    case 'problem': {
      const current = brought(alert, sighting, now);
      return hasWaited(sighting.wait, alert.since, now) ? fire(current, now) : current;
    }
    case 'inconclusive':
      return present(alert);
    case 'healthy':
    case 'ignored':
      return undefined;
    case 'absent':
      return alert.absent ? undefined : { ...alert, absent: true };
  }
}

function followFiring(alert: Alert, sighting: Seen, now: Instant): Alert {
  switch (sighting.kind) {
    case 'problem':
      return brought(alert, sighting, now);
    case 'inconclusive':
      return present(alert);
    case 'healthy': {
      const { healthySince: before = now } = alert;
      const healthySince = isAhead(before, now) ? now : before;
      const held = isFlapping(alert) && secondsBetween(healthySince, now) < flapHoldSeconds(alert.labels);
      if (held) return { ...present(alert), healthySince };
      return end(alert, { how: 'resolved', by: resolvedBy(alert, sighting.diagnosis, now) }, now);
    }
    case 'ignored':
      return end(alert, { how: 'ignored', reason: sighting.reason }, now);
    case 'absent':
      return alert.absent ? end(alert, { how: 'gone' }, now) : { ...alert, absent: true };
  }
}

function followEnded(alert: Alert, sighting: Seen, now: Instant): Alert {
  switch (sighting.kind) {
    case 'problem': {
      const since = alert.reopening?.since ?? now;
      const problems = union(alert.reopening?.problems ?? sighting.marked, [sighting.problem]);
      const reopening = { ...present(alert), reopening: { since, problems } };
      return hasWaited(sighting.wait, since, now)
        ? reopen(reopening, since, problems, sighting, now)
        : reopening;
    }
    case 'inconclusive':
      return present(alert);
    case 'healthy':
    case 'ignored':
      return settled(alert);
    case 'absent':
      if (alert.reopening === undefined) return alert;
      return alert.absent ? settled(alert) : { ...alert, absent: true };
  }
}

function open(sighting: ProblemSighting, now: Instant): Alert {
  const { problem, severity, paused, lastSuccessAt, labels } = sighting;
  const pending: Alert = {
    state: 'pending',
    problem,
    severity,
    paused,
    problems: union([problem], sighting.marked),
    since: now,
    ...(severity === 'critical' && { critical: { from: now } }),
    openings: [],
    lastSuccessAt,
    labels,
  };
  return hasWaited(sighting.wait, now, now) ? fire(pending, now) : pending;
}

function fire(alert: Alert, now: Instant): Alert {
  return { ...alert, state: 'firing', openings: [...openingsWithinWindow(alert, now), now] };
}

function reopen(
  alert: Alert,
  since: Instant,
  problems: readonly AlertProblem[],
  sighting: ProblemSighting,
  now: Instant,
): Alert {
  const { ended: _ended, reopening: _reopening, ...rest } = alert;
  const { problem, severity, lastSuccessAt } = sighting;
  const opened: Alert = { ...rest, problem, severity, since, problems, lastSuccessAt };
  return fire(brought(opened, sighting, now), now);
}

/** Problem and severity brought up to date, the worst kept. An unreadable record never lowers an open alert. */
function brought(alert: Alert, sighting: ProblemSighting, now: Instant): Alert {
  const { healthySince: _healthySince, critical: _critical, ...rest } = present(alert);
  const { problem, paused, labels } = sighting;
  const severity = problem === 'unreadable' && alert.severity === 'critical' ? 'critical' : sighting.severity;
  const critical = criticalStretch(alert, severity, now);
  return {
    ...rest,
    problem,
    severity,
    paused,
    problems: union(alert.problems, [problem]),
    ...(critical && { critical }),
    lastSuccessAt: alert.lastSuccessAt ?? sighting.lastSuccessAt,
    labels: problem === 'unreadable' ? (alert.labels ?? labels) : labels,
  };
}

function end(alert: Alert, ending: Ending, now: Instant): Alert {
  const { healthySince: _healthySince, critical: _critical, ...rest } = present(alert);
  const critical = criticalStretch(alert, 'warning', now);
  return { ...rest, state: 'ended', ...(critical && { critical }), ended: { ...ending, at: now } };
}

function criticalStretch(alert: Alert, severity: Severity, now: Instant): Alert['critical'] {
  const { critical } = alert;
  const isOpen = critical !== undefined && critical.to === undefined;
  if (severity === 'critical') return isOpen ? critical : { from: now };
  return isOpen ? { ...critical, to: now } : critical;
}

function present(alert: Alert): Alert {
  const { absent: _absent, ...rest } = alert;
  return rest;
}

function settled(alert: Alert): Alert {
  const { reopening: _reopening, ...rest } = present(alert);
  return rest;
}

/** What proved the alert over. The API's clock is measured against itself where it gives a date. */
function resolvedBy(
  alert: Alert,
  diagnosis: Diagnosis | undefined,
  now: Instant,
): 'success' | 'enabled' | 'readable' | 'sight' | 'within_allowance' {
  const had = alert.problems;
  if (had.includes('blind')) return 'sight';
  if (had.every((problem) => problem === 'unreadable')) return 'readable';
  // Nothing was wrong with it: somebody had paused it.
  if (alert.paused && had.every((problem) => problem === 'disabled')) return 'enabled';
  if (diagnosis !== undefined && hasNewSuccess(alert, diagnosis, now)) return 'success';
  return had.includes('disabled') ? 'enabled' : 'within_allowance';
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

function sightingOf(diagnosis: Diagnosis, policy: Policy, firstLook: boolean): Sighting {
  const { sync, verdict, mark } = diagnosis;
  const reason = ignoredBecause(policy, sync.id ?? '', sync.labels);
  if (reason !== undefined) return { kind: 'ignored', reason };
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
        wait: firstLook ? NO_WAIT : waitOf(diagnosis, policy),
        labels: sync.labels,
      };
  }
}

function sightingOfListing(look: Look, policy: Policy, firstLook: boolean): Sighting {
  if (look.kind === 'seen') return { kind: 'healthy' };
  const seconds = firstLook || look.blindness.kind === 'refused' ? 0 : policy.blindAfterSeconds;
  return watcherProblem('blind', 'critical', { seconds, secondLook: false });
}

function sightingOfRecords(look: Look, policy: Policy, firstLook: boolean): Sighting {
  if (look.kind === 'blind') return { kind: 'unseen' };
  if (look.withoutId === 0) return { kind: 'healthy' };
  const wait = firstLook ? NO_WAIT : { seconds: policy.pendingForSeconds, secondLook: false };
  return watcherProblem('unreadable', 'warning', wait);
}

function watcherProblem(problem: AlertProblem, severity: Severity, wait: Wait): ProblemSighting {
  return {
    kind: 'problem',
    problem,
    severity,
    paused: false,
    marked: [],
    lastSuccessAt: null,
    wait,
    labels: null,
  };
}

/** What a look says of a sync that it does not show. */
function missing(look: Look): Sighting {
  const complete = look.kind === 'seen' && look.withoutId === 0;
  return { kind: complete ? 'absent' : 'unseen' };
}

/**
 * Marks of seen syncs as the look left them. That of a sync that is absent twice in a row ends once its alert is
 * forgotten.
 */
function marksAfter(facts: Facts, look: Look): Readonly<Record<string, Mark>> {
  if (look.kind === 'blind') return facts.marks;
  const isComplete = look.withoutId === 0;
  const marks: Record<string, Mark> = {};
  for (const [fingerprint, mark] of Object.entries(facts.marks)) {
    if (isSeen(look, fingerprint)) continue;
    if (!isComplete || (mark.absent && facts.alerts[fingerprint] !== undefined)) marks[fingerprint] = mark;
    else if (!mark.absent) marks[fingerprint] = { ...mark, absent: true };
  }
  for (const [fingerprint, { mark }] of look.diagnoses) {
    const { absent: _absent, ...seen } = mark;
    if (!isUnmarked(seen)) marks[fingerprint] = seen;
  }
  return marks;
}

function isSeen(look: Look, fingerprint: string): boolean {
  return look.kind === 'seen' && isSync(fingerprint) && look.diagnoses.has(fingerprint);
}

function isSync(fingerprint: string): fingerprint is Fingerprint {
  return fingerprint.startsWith('sync:');
}

function union<T>(some: readonly T[], more: readonly T[]): readonly T[] {
  return [...new Set([...some, ...more])];
}
