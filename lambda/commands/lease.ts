import type { WatchState } from '../core/state.ts';
import { CLOCK_SLACK_SECONDS, type Instant, secondsBetween } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import { StateConflict } from '../state/errors.ts';
import type { LoadedState } from '../state/state-store.ts';
import type { Deadlines } from './deadlines.ts';
import { CheckFailed, type Stopped } from './outcome.ts';
import type { CheckSettings, Ports } from './ports.ts';

/** Whether a check may go on with the memory that it found. */
export type LeaseCheck =
  | {
      readonly kind: 'free';
      /** A remembered time that no clock of ours can have given, and that is therefore not believed. */
      readonly clockSkew?: string;
    }
  | NotAcquired;

/**
 * `claimed`: another check is at work, or was killed at work, and its claim has not expired. `overtaken`: the memory
 * knows a listing that was requested later than ours.
 */
export interface NotAcquired {
  readonly kind: 'lease_held' | 'superseded';
  /** When the claim expires, or when the later listing was requested. */
  readonly at: Instant;
}

/**
 * A time that is not believed must not stop the watch. A claim may be longer than our own would be by the slack of the
 * clocks, since another check may have been given more time, or have started after we read the clock.
 */
export function checkLease(
  state: WatchState,
  requestedAt: Instant,
  times: Deadlines,
  now: Instant,
): LeaseCheck {
  const { lease, listedAt } = state;
  if (
    lease !== undefined &&
    lease.expiresAt > now &&
    secondsBetween(now, lease.expiresAt) <= times.leaseSeconds + CLOCK_SLACK_SECONDS
  ) {
    return { kind: 'lease_held', at: lease.expiresAt };
  }
  const isOvertaken = listedAt !== null && listedAt > requestedAt;
  if (isOvertaken && secondsBetween(now, listedAt) <= CLOCK_SLACK_SECONDS) {
    return { kind: 'superseded', at: listedAt };
  }
  const ahead = [isOvertaken ? listedAt : now, lease?.expiresAt ?? now].find((time) => time > now);
  if (ahead === undefined) return { kind: 'free' };
  const clockSkew = `memory holds a time further ahead than any clock of ours: ${new Date(ahead).toISOString()}`;
  return { kind: 'free', clockSkew };
}

/**
 * Ends a check that is not free to go on. That is a success that says so, unless it is overtaken twice running: then a
 * clock is wrong, and a person must look.
 */
export async function stopCheck(
  { kind, at }: NotAcquired,
  { state, version }: LoadedState,
  ports: Ports,
  settings: CheckSettings,
  now: Instant,
): Promise<Stopped> {
  const until = new Date(at).toISOString();
  const because =
    kind === 'lease_held'
      ? `another check is at work, or was cut off at work: its claim holds until ${until}`
      : `memory already knows a later listing, requested at ${until}`;
  const stopped: Stopped = {
    kind,
    at: new Date(now).toISOString(),
    environment: settings.origin.environment,
    organisation: settings.origin.organisation,
    reason: because,
  };
  if (kind === 'lease_held' || settings.dryRun) return stopped;
  if (state.supersededInARow > 0) {
    const what = `overtaken twice running: ${because}. The clocks of two checks disagree: compare them with the time`;
    throw new CheckFailed([new SyncAlertsError('superseded_twice', what)], stopped);
  }
  try {
    await ports.state.save({ ...state, supersededInARow: state.supersededInARow + 1 }, version);
  } catch (error) {
    // Whoever wrote in the meantime has seen more than we have: there is nothing to add.
    if (!(error instanceof StateConflict)) throw error;
  }
  return stopped;
}
