import type { Policy } from '../../../lambda/core/policy.ts';

const HOUR_SECONDS = 3600;
const FIRST_LOAD_SECONDS = 6 * HOUR_SECONDS;
const FAST_SECONDS = 600;

/**
 * What one record certainly shows, by docs/design/diagnosis.md. Where the rules need more of the past than is kept here,
 * it claims nothing: it is a set of bounds, not a second diagnosis.
 */
export interface Reading {
  /** A problem that the record has for certain. */
  readonly problem?: 'unreadable' | 'disabled' | 'failing' | 'late';
  /** For certain; undefined where it is not. */
  readonly severity?: 'warning' | 'critical';
  /** How long such a problem may be pending. */
  readonly waitSeconds: number;
  /** It proves health: readable, enabled, a success state, a fresh success. */
  readonly isClear: boolean;
  /** Disabled by a person, for certain. */
  readonly isPaused: boolean;
  /** Disabled, and the platform did not say that it was the platform. */
  readonly mayBePaused: boolean;
  /** Its last success is a date that cannot be read. */
  readonly isSuccessUnreadable?: true;
  /** The past decides, of which too little is kept here. */
  readonly isUnsure?: true;
  /** Why nothing may open by this record. */
  readonly opensNothing?: string;
  /** That is because a fast sync failed once. */
  readonly isFirstFailure?: true;
  /** Whether this record disproves a problem that the alert had. */
  readonly disproves: (problem: string, failingSuccess: number | null | undefined) => boolean;
  readonly fields: RecordFields;
}

export interface RecordFields {
  readonly enabled: boolean | undefined;
  readonly state: string | undefined;
  readonly lastRun: number | undefined;
  readonly lastSuccess: number | undefined;
  readonly intervalSeconds: number;
  readonly failures: number | undefined;
}

/** What earlier evaluations saw of the sync. */
export interface SeenBefore {
  /** The latest record that showed it disabled; undefined after a newer success. */
  readonly disabled?: Pick<RecordFields, 'lastRun' | 'lastSuccess'> | undefined;
  /** When a record first showed it enabled again. */
  readonly enabledAt?: number | undefined;
}

export interface ReadingContext {
  readonly policy: Policy;
  readonly now: number;
  readonly before: SeenBefore;
  readonly isInitialRun: boolean;
}

const SUCCESS = ['completed'];
const IN_PROGRESS = ['running', 'pending', 'queued', 'started', 'starting', 'in_progress', 'scheduled'];
const STOPPED = ['stopped', 'cancelled', 'canceled'];

export function read(record: Record<string, unknown>, context: ReadingContext): Reading {
  const { policy, now, before, isInitialRun } = context;
  const enabled = typeof record['enabled'] === 'boolean' ? record['enabled'] : undefined;
  const given = record['interval_secs'];
  const hasSchedule = typeof given === 'number' && given > 0;
  const intervalSeconds = hasSchedule ? Math.max(30, given) : 0;
  const text = record['last_state'];
  const state = typeof text === 'string' ? text.toLowerCase() : undefined;
  const isRunning = state !== undefined && IN_PROGRESS.includes(state);
  const isSuccess = state !== undefined && SUCCESS.includes(state);
  const isFailed = state !== undefined && !isRunning && !isSuccess && !STOPPED.includes(state);
  const latest = now + policy.graceSeconds * 1000;
  const lastSuccess = dateOf(record['last_success_at'], latest);
  const created = dateOf(record['created_at'], latest);
  const lastRun = dateOf(record['last_run_at'], latest);
  const updated = dateOf(record['updated_at'], Number.POSITIVE_INFINITY);
  const count = record['consecutive_failures'];
  const failures = typeof count === 'number' ? count : undefined;
  const fields: RecordFields = {
    enabled,
    state,
    lastRun: orUndefined(lastRun),
    lastSuccess: orUndefined(lastSuccess),
    intervalSeconds,
    failures,
  };
  const isResumed =
    enabled === true &&
    before.disabled !== undefined &&
    !((orUndefined(lastSuccess) ?? 0) > (before.disabled.lastSuccess ?? 0));
  const since = record['seconds_since_success'];
  const hasSucceeded = lastSuccess !== undefined || typeof since === 'number';
  const badDate =
    lastSuccess === 'bad' ||
    (lastSuccess === undefined && created === 'bad') ||
    ((isRunning || isResumed) && lastRun === 'bad');
  const isReadable =
    record['id'] != null &&
    enabled !== undefined &&
    typeof given === 'number' &&
    (enabled === false || !badDate);

  const unreadableSuccess = lastSuccess === 'bad' ? ({ isSuccessUnreadable: true } as const) : {};
  const nothing = {
    waitSeconds: 0,
    isClear: false,
    isPaused: false,
    mayBePaused: false,
    fields,
    ...unreadableSuccess,
  };
  const waitSeconds = isInitialRun ? 0 : policy.pendingForSeconds;
  if (!isReadable)
    return { ...nothing, problem: 'unreadable', severity: 'warning', waitSeconds, disproves: () => false };
  if (enabled === false) {
    const reason = record['disabled_reason'];
    const disproves = (problem: string) => problem === 'unreadable';
    if (typeof reason === 'string' && reason.trim() !== '')
      return { ...nothing, problem: 'disabled', severity: 'critical', disproves };
    const isPaused = reason !== undefined;
    const isUnclear = !isPaused;
    return {
      ...nothing,
      isPaused,
      mayBePaused: true,
      disproves,
      ...((isPaused || (isUnclear && !isFailed)) && { opensNothing: isPaused ? 'it is paused' : '' }),
    };
  }

  const ages = [
    ...(typeof since === 'number' ? [since] : []),
    ...(typeof lastSuccess === 'number' ? [Math.max(0, now - lastSuccess) / 1000] : []),
  ];
  const age = typeof created === 'number' ? Math.max(0, now - created) / 1000 : 0;
  const lag = hasSucceeded ? Math.max(...ages) : age;
  const stall = Math.min(intervalSeconds * (policy.stallAfterIntervals - 1), 12 * HOUR_SECONDS);
  const critical = Math.min(intervalSeconds * (policy.criticalAfterIntervals - 1), 48 * HOUR_SECONDS);
  const overdue = lag - intervalSeconds - policy.graceSeconds;
  const isLate = hasSchedule && overdue > stall;
  const isVeryLate = hasSchedule && overdue > critical;
  const isNew = !hasSucceeded && age <= FIRST_LOAD_SECONDS;
  const isFresh = hasSucceeded && !isLate;
  const disproves = (problem: string, failingSuccess: number | null | undefined): boolean => {
    if (problem === 'unreadable' || problem === 'disabled') return true;
    if (problem === 'failing')
      return isSuccess || (typeof lastSuccess === 'number' && lastSuccess > (failingSuccess ?? 0));
    return isFresh;
  };
  const readable = { ...nothing, disproves };

  // When it is enabled again, an API's clock that jumps can make a success look newer.
  if (before.disabled !== undefined && !isResumed) return { ...readable, isUnsure: true };
  if (isResumed) {
    const enabledFor = (now - (before.enabledAt ?? now)) / 1000;
    const hasNotRun = fields.lastRun === before.disabled?.lastRun;
    const isEarly = enabledFor - intervalSeconds - policy.graceSeconds <= stall;
    return {
      ...readable,
      isUnsure: true,
      ...(hasNotRun && isEarly && { opensNothing: 'it was enabled again' }),
    };
  }
  const ranBefore = isRunning ? 0 : (fields.lastRun ?? 0);
  const editedAfter = Math.max(ranBefore, fields.lastSuccess ?? 0) + policy.graceSeconds * 1000;
  const isEdited = typeof updated === 'number' && updated > editedAfter && !isInitialRun;
  const editedSeconds = isEdited ? stall + policy.graceSeconds : 0;
  if (isRunning) {
    const isBusy = fields.lastRun !== undefined && (fields.lastSuccess ?? 0) < fields.lastRun;
    if (isVeryLate && hasSucceeded)
      return { ...readable, problem: 'late', severity: 'critical', waitSeconds: editedSeconds };
    if (isVeryLate && !isNew)
      return { ...readable, problem: 'late', waitSeconds: waitSeconds + editedSeconds };
    if (!hasSucceeded) return { ...readable, opensNothing: 'its first load is in progress' };
    return { ...readable, ...((isBusy || !isLate) && { opensNothing: 'a run is in progress' }) };
  }
  const isImminent = isFailed && (failures ?? 0) >= policy.criticalAtFailures;
  const severity = isImminent || (isVeryLate && !(isNew && isFailed)) ? 'critical' : 'warning';
  const wait = severity === 'critical' ? 0 : waitSeconds;
  if (isFailed) {
    const isFirst = intervalSeconds < FAST_SECONDS && hasSchedule && !isLate && (failures ?? 0) < 2;
    if (!isFirst) return { ...readable, problem: 'failing', severity, waitSeconds: wait };
    const isOnlyOne = failures === 1 && !isInitialRun;
    return {
      ...readable,
      problem: 'failing',
      severity,
      waitSeconds: Number.POSITIVE_INFINITY,
      ...(isOnlyOne && { opensNothing: 'one run of a fast sync failed', isFirstFailure: true }),
    };
  }
  if (isLate) {
    return { ...readable, problem: 'late', severity, waitSeconds: wait + editedSeconds };
  }
  return { ...readable, isClear: isSuccess && isFresh, opensNothing: 'it has no problem' };
}

/** Of several records of one id the worst counts: a problem of any is one, and health needs all. */
export function worstOf(one: Reading, other: Reading): Reading {
  const unsure = [one, other].find(({ isUnsure }) => isUnsure);
  if (unsure !== undefined) {
    const { opensNothing: _reason, ...claims } = unsure;
    return claims;
  }
  const [worse, better] = rank(one) >= rank(other) ? [one, other] : [other, one];
  const { opensNothing: _nothing, severity, ...rest } = worse;
  const isCertain =
    severity === 'critical' || (one.problem === other.problem && one.severity === other.severity);
  return {
    ...rest,
    ...(isCertain && severity !== undefined && { severity }),
    isClear: one.isClear && other.isClear,
    isPaused: one.isPaused && other.isPaused,
    mayBePaused: one.mayBePaused || other.mayBePaused,
    waitSeconds:
      worse.problem === better.problem ? Math.min(one.waitSeconds, other.waitSeconds) : worse.waitSeconds,
    ...(one.opensNothing !== undefined &&
      other.opensNothing !== undefined && { opensNothing: one.opensNothing }),
  };
}

function rank({ problem, severity, isClear }: Reading): number {
  if (problem === undefined) return isClear ? 0 : 1;
  return severity === 'critical' ? 3 : 2;
}

type FieldDate = number | 'bad' | undefined;

/** A date that does not parse or lies after `latest` is bad. */
function dateOf(value: unknown, latest: number): FieldDate {
  if (value === null || value === undefined) return undefined;
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) || at > latest ? 'bad' : at;
}

function orUndefined(date: FieldDate): number | undefined {
  return date === 'bad' ? undefined : date;
}
