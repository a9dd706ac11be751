import type { Policy } from '../../../lambda/core/policy.ts';

/**
 * What one look at one record shows, by section 3 of the design, written down a second time: it shares no code with
 * `diagnose`. Where that keeps marks, this keeps what was seen.
 */
export interface Finding {
  /** The first row that applies. */
  readonly problem?: 'unreadable' | 'disabled' | 'failing' | 'never_succeeded' | 'stalled';
  readonly severity: 'warning' | 'critical';
  readonly isPaused: boolean;
  readonly isLate: boolean;
  readonly failures: number;
  readonly interval: number;
  /** Late, and edited since it last ran. */
  readonly isEdited: boolean;
  readonly stallAllowance: number;
  /** Its last run failed, whatever else is wrong with it. */
  readonly isFailing: boolean;
  /** Enabled again, and not succeeded since. */
  readonly isResumed: boolean;
  /** Whether this look disproves a problem that the sync had before. */
  readonly disproves: (problem: string) => boolean;
  /** When it last succeeded, as far as that can be read and is not in the future. */
  readonly lastSuccess: number | undefined;
  readonly record: Seen;
}

/** The fields of a record that a verdict can need. */
export interface Seen {
  readonly now: number;
  readonly enabled: boolean | undefined;
  readonly lastRun: number | undefined;
  readonly lastSuccess: number | undefined;
}

/** What earlier looks saw of the sync. */
export interface Past {
  /** The latest success at any look that saw it failing; undefined when none did, null when there was no success. */
  failingSuccess?: number | null;
  /** It was seen failing, and that was not disproved since. */
  isFailing?: boolean;
  /** The latest look that saw it disabled. */
  disabled?: Seen;
  /** The first look since then that saw it enabled. */
  enabledAt?: number;
  /** The last complete listing lacked it. */
  isAbsent?: boolean;
}

const SUCCESS = ['completed'];
const IN_PROGRESS = ['running', 'pending', 'queued', 'started', 'starting', 'in_progress', 'scheduled'];
const STOPPED = ['stopped', 'cancelled', 'canceled'];

export function find(record: Record<string, unknown>, past: Past, now: number, policy: Policy): Finding {
  const enabled = typeof record['enabled'] === 'boolean' ? record['enabled'] : undefined;
  const wait = record['interval_secs'];
  const interval = typeof wait === 'number' && wait > 0 ? Math.max(30, wait) : undefined;
  const grace = policy.graceSeconds * 1000;
  const dates = { isBad: false };
  const date = (field: string, isNeeded: boolean): number | undefined => {
    const text = record[field];
    if (text === null || text === undefined) return undefined;
    const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(at) || at > now + grace) {
      if (isNeeded) dates.isBad = true;
      return undefined;
    }
    return at;
  };
  const lastSuccess = date('last_success_at', true);
  const created = date('created_at', lastSuccess === undefined);
  const word = record['last_state'];
  const isRunning = typeof word === 'string' && IN_PROGRESS.includes(word.toLowerCase());
  const before = past.disabled;
  // Enabled again, and no newer success yet: lag counts from then, and what was left from before says nothing.
  const isResumed =
    enabled === true &&
    before !== undefined &&
    !(lastSuccess !== undefined && (before.lastSuccess === undefined || lastSuccess > before.lastSuccess));
  const lastRun = date('last_run_at', isRunning || isResumed);
  const updated = parsed(record['updated_at']);
  const secondsSince = record['seconds_since_success'];
  const seen: Seen =
    enabled === false
      ? {
          now,
          enabled,
          lastRun: parsed(record['last_run_at']),
          lastSuccess: successOfDisabled(record, now, grace),
        }
      : { now, enabled, lastRun, lastSuccess };

  const text = record['last_state'];
  const state = typeof text === 'string' ? text.toLowerCase() : undefined;
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
  const every = interval ?? 30;
  const stallAllowance = Math.min(every * (policy.stallAfterIntervals - 1), 12 * 3600) + policy.graceSeconds;
  const criticalAllowance =
    Math.min(every * (policy.criticalAfterIntervals - 1), 48 * 3600) + policy.graceSeconds;

  const resumedLag = isResumed ? Math.min(lag, (now - (past.enabledAt ?? now)) / 1000) : lag;
  const isLeftFromBefore = isResumed && lastRun === before.lastRun;

  const isLate = resumedLag - every > stallAllowance;
  const isVeryLate = resumedLag - every > criticalAllowance;
  const severity = isVeryLate ? 'critical' : 'warning';
  const isBusy = isRunning && lastRun !== undefined && (lastSuccess === undefined || lastRun > lastSuccess);
  const isLateForAll = isBusy ? isVeryLate : isLate;
  const ranAt = parsed(record['last_run_at']) ?? -1;
  const isEdited = updated !== undefined && updated > ranAt && updated > (lastSuccess ?? -1);

  const isFailing = isReadable && isFailed && !isLeftFromBefore;
  const common = {
    isFailing,
    isLate,
    failures,
    interval: every,
    isEdited,
    isResumed,
    stallAllowance,
    lastSuccess,
    record: seen,
  };
  const disproves = (problem: string): boolean => {
    switch (problem) {
      case 'unreadable':
        return isReadable;
      case 'disabled':
        return enabled === true;
      case 'failing': {
        // Disproved once, it stays so until it fails again, whatever the API's clock does.
        if (past.isFailing === false) return true;
        if (isSuccess) return !isLeftFromBefore || !isFailed;
        const { failingSuccess } = past;
        return lastSuccess !== undefined && (failingSuccess == null || lastSuccess > failingSuccess);
      }
      default:
        return hasSucceeded && lag - every <= stallAllowance;
    }
  };
  if (!isReadable)
    return { ...common, problem: 'unreadable', severity: 'warning', isPaused: false, disproves };
  if (enabled === false) {
    const reason = record['disabled_reason'];
    const isPaused = reason === null;
    // An older API does not say who disabled it: its last state does.
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
  if (isLateForAll) {
    const problem = hasSucceeded ? 'stalled' : 'never_succeeded';
    return { ...common, problem, severity, isPaused: false, disproves };
  }
  return { ...common, severity: 'warning', isPaused: false, disproves };
}

/** Its verdict needs no date; where there is none that can be read, the look that saw it disabled is its last success. */
function successOfDisabled(record: Record<string, unknown>, now: number, grace: number): number | undefined {
  const text = record['last_success_at'];
  if (text == null) return undefined;
  const at = parsed(text) ?? now;
  return at > now + grace ? now : at;
}

function parsed(text: unknown): number | undefined {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
