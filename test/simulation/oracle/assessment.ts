import type { Policy } from '../../../lambda/core/policy.ts';

/**
 * What one record shows, by docs/design/diagnosis.md. It is written a second time and shares no code with `diagnose`;
 * where that keeps a short history, this keeps all that it saw.
 */
export interface Assessment {
  /** The first row of the table of problems that applies. */
  readonly problem?: 'unreadable' | 'disabled' | 'failing' | 'never_succeeded' | 'stalled';
  readonly severity: 'warning' | 'critical';
  readonly isPaused: boolean;
  readonly isLate: boolean;
  readonly failures: number;
  readonly intervalSeconds: number;
  /** Late, and edited since it last ran. */
  readonly isEdited: boolean;
  readonly stallThresholdSeconds: number;
  /** Its last run failed, whatever other problem it has. */
  readonly isFailing: boolean;
  /** Enabled again, without a success since. */
  readonly isResumed: boolean;
  /** Whether this record disproves a problem that the sync had before. */
  readonly disproves: (problem: string) => boolean;
  /** When it last succeeded; undefined when that cannot be read or is in the future. */
  readonly lastSuccess: number | undefined;
  readonly fields: RecordFields;
}

/** The fields of a record that a later assessment needs. */
interface RecordFields {
  readonly now: number;
  readonly enabled: boolean | undefined;
  readonly lastRun: number | undefined;
  readonly lastSuccess: number | undefined;
}

/** What earlier evaluations saw of the sync. */
export interface PastObservations {
  /** The latest success in any record that showed it failing; undefined before the first, null without a success. */
  failingSuccess?: number | null;
  /** A record showed it failing, and none disproved that since. */
  isFailing?: boolean;
  /** The latest record that showed it disabled. */
  disabled?: RecordFields;
  /** When a record first showed it enabled again. */
  enabledAt?: number;
  /** The last complete listing lacked it. */
  isAbsent?: boolean;
}

interface AssessmentContext {
  readonly past: PastObservations;
  readonly now: number;
  readonly policy: Policy;
}

const SUCCESS = ['completed'];
const IN_PROGRESS = ['running', 'pending', 'queued', 'started', 'starting', 'in_progress', 'scheduled'];
const STOPPED = ['stopped', 'cancelled', 'canceled'];

export function assess(
  record: Record<string, unknown>,
  { past, now, policy }: AssessmentContext,
): Assessment {
  const enabled = typeof record['enabled'] === 'boolean' ? record['enabled'] : undefined;
  const given = record['interval_secs'];
  const interval = typeof given === 'number' && given > 0 ? Math.max(30, given) : undefined;
  const graceMs = policy.graceSeconds * 1000;
  const dates = { isBad: false };
  const date = (field: string, isNeeded: boolean): number | undefined => {
    const text = record[field];
    if (text === null || text === undefined) return undefined;
    const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(at) || at > now + graceMs) {
      if (isNeeded) dates.isBad = true;
      return undefined;
    }
    return at;
  };
  const lastSuccess = date('last_success_at', true);
  const created = date('created_at', lastSuccess === undefined);
  const text = record['last_state'];
  const state = typeof text === 'string' ? text.toLowerCase() : undefined;
  const isRunning = state !== undefined && IN_PROGRESS.includes(state);
  const before = past.disabled;
  // Without a newer success, lag counts from the time it was enabled, and an older state proves nothing.
  const isResumed =
    enabled === true &&
    before !== undefined &&
    !(lastSuccess !== undefined && (before.lastSuccess === undefined || lastSuccess > before.lastSuccess));
  const lastRun = date('last_run_at', isRunning || isResumed);
  const updated = parsed(record['updated_at']);
  const secondsSince = record['seconds_since_success'];
  const fields: RecordFields =
    enabled === false
      ? {
          now,
          enabled,
          lastRun: parsed(record['last_run_at']),
          lastSuccess: successOfDisabled(record, now, graceMs),
        }
      : { now, enabled, lastRun, lastSuccess };

  const isSuccess = state !== undefined && SUCCESS.includes(state);
  const isStopped = state !== undefined && STOPPED.includes(state);
  const failures = typeof record['consecutive_failures'] === 'number' ? record['consecutive_failures'] : 0;
  const isFailed = state !== undefined && !isSuccess && !isStopped && (!isRunning || failures > 0);

  const isReadable = enabled !== undefined && interval !== undefined && (enabled === false || !dates.isBad);
  const hasSucceeded = lastSuccess !== undefined || typeof secondsSince === 'number';
  const ages = [
    ...(typeof secondsSince === 'number' ? [secondsSince] : []),
    ...(lastSuccess === undefined ? [] : [Math.max(0, now - lastSuccess) / 1000]),
  ];
  const lag = hasSucceeded ? Math.max(...ages) : Math.max(0, now - (created ?? now)) / 1000;
  const intervalSeconds = interval ?? 30;
  const stallThresholdSeconds =
    Math.min(intervalSeconds * (policy.stallAfterIntervals - 1), 12 * 3600) + policy.graceSeconds;
  const criticalThresholdSeconds =
    Math.min(intervalSeconds * (policy.criticalAfterIntervals - 1), 48 * 3600) + policy.graceSeconds;

  const resumedLag = isResumed ? Math.min(lag, (now - (past.enabledAt ?? now)) / 1000) : lag;
  /** It has not run since it was disabled. */
  const isStateOld = isResumed && lastRun === before.lastRun;

  const isLate = resumedLag - intervalSeconds > stallThresholdSeconds;
  const isVeryLate = resumedLag - intervalSeconds > criticalThresholdSeconds;
  const severity = isVeryLate ? 'critical' : 'warning';
  const isBusy = isRunning && lastRun !== undefined && (lastSuccess === undefined || lastRun > lastSuccess);
  const isStalled = isBusy ? isVeryLate : isLate;
  const ranAt = parsed(record['last_run_at']) ?? -1;
  const isEdited = updated !== undefined && updated > ranAt && updated > (lastSuccess ?? -1);

  const isFailing = isReadable && isFailed && !isStateOld;
  const common = {
    isFailing,
    isLate,
    failures,
    intervalSeconds,
    isEdited,
    isResumed,
    stallThresholdSeconds,
    lastSuccess,
    fields,
  };
  const disproves = (problem: string): boolean => {
    switch (problem) {
      case 'unreadable':
        return isReadable;
      case 'disabled':
        return enabled === true;
      case 'failing': {
        // Once disproved, it stays so until the sync fails again, also when the API's clock jumps.
        if (past.isFailing === false) return true;
        if (isSuccess) return !isStateOld || !isFailed;
        const { failingSuccess } = past;
        return lastSuccess !== undefined && (failingSuccess == null || lastSuccess > failingSuccess);
      }
      default:
        return hasSucceeded && lag - intervalSeconds <= stallThresholdSeconds;
    }
  };
  if (!isReadable)
    return { ...common, problem: 'unreadable', severity: 'warning', isPaused: false, disproves };
  if (enabled === false) {
    const reason = record['disabled_reason'];
    const isPaused = reason === null;
    // An older API does not say who disabled the sync; its last state does.
    const isCritical = reason === undefined ? isFailed && !isRunning : reason !== null;
    return {
      ...common,
      problem: 'disabled',
      severity: isCritical ? 'critical' : 'warning',
      isPaused,
      disproves,
    };
  }
  if (isFailing) return { ...common, problem: 'failing', severity, isPaused: false, disproves };
  if (isStalled) {
    const problem = hasSucceeded ? 'stalled' : 'never_succeeded';
    return { ...common, problem, severity, isPaused: false, disproves };
  }
  return { ...common, severity: 'warning', isPaused: false, disproves };
}

/**
 * The verdict of a disabled sync needs no date. Where the date cannot be read or is in the future, the time of this
 * evaluation stands for it.
 */
function successOfDisabled(
  record: Record<string, unknown>,
  now: number,
  graceMs: number,
): number | undefined {
  const text = record['last_success_at'];
  if (text == null) return undefined;
  const at = parsed(text) ?? now;
  return at > now + graceMs ? now : at;
}

function parsed(text: unknown): number | undefined {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
