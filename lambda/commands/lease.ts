import type { WatchState } from '../core/state.ts';
import { CLOCK_SLACK_SECONDS, type Instant, secondsBetween } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import { StateConflict } from '../state/errors.ts';
import type { LoadedState } from '../state/state-store.ts';
import { CheckFailed, type Stopped } from './outcome.ts';
import type { RunContext } from './ports.ts';

/** Whether a check may go on with the state that it loaded. */
export type LeaseCheck =
  | {
      readonly kind: 'free';
      /** Names a stored time that lies further in the future than clocks may differ, and is therefore ignored. */
      readonly clockSkew?: string;
      /** Names the lease of a killed check, which has expired. */
      readonly takenOver?: string;
    }
  | NotAcquired;

/**
 * `lease_held`: another check is running, or was killed, and its lease has not expired. `superseded`: the state already
 * holds a listing that was requested later than this one.
 */
interface NotAcquired {
  readonly kind: 'lease_held' | 'superseded';
  /** When the lease expires, or when the later listing was requested. */
  readonly at: Instant;
}

/**
 * Decides whether this check may write and post.
 *
 * A stored time that no clock can have produced must not stop the watch for ever, so it is ignored. The limits include
 * the 60 s by which clocks may differ: another check may have been given more time, or have started after this one read
 * its clock.
 */
export function checkLease(
  { lease, listedAt }: WatchState,
  requestedAt: Instant,
  { deadlines, now }: Pick<RunContext, 'deadlines' | 'now'>,
): LeaseCheck {
  if (
    lease !== undefined &&
    lease.expiresAt > now &&
    secondsBetween(now, lease.expiresAt) <= deadlines.leaseSeconds + CLOCK_SLACK_SECONDS
  ) {
    return { kind: 'lease_held', at: lease.expiresAt };
  }
  const isSuperseded = listedAt !== null && listedAt > requestedAt;
  if (isSuperseded && secondsBetween(now, listedAt) <= CLOCK_SLACK_SECONDS) {
    return { kind: 'superseded', at: listedAt };
  }
  const ahead = [isSuperseded ? listedAt : now, lease?.expiresAt ?? now].find((time) => time > now);
  if (ahead === undefined && lease !== undefined) {
    const expired = new Date(lease.expiresAt).toISOString();
    const takenOver = `the lease of check ${lease.holder} expired at ${expired}: that check was killed; this one took over`;
    return { kind: 'free', takenOver };
  }
  if (ahead === undefined) return { kind: 'free' };
  const clockSkew = `the state holds ${new Date(ahead).toISOString()}, which is further in the future than clocks may differ; the check ignored it`;
  return { kind: 'free', clockSkew };
}

/**
 * The outcome of a check that may not go on. Once that is a success; superseded twice in a row is a failure, because
 * then a clock is wrong and needs attention.
 *
 * @throws CheckFailed the second time in a row that the check is superseded.
 */
export async function stopCheck(
  { kind, at }: NotAcquired,
  { state, version }: LoadedState,
  { ports, settings, now }: Omit<RunContext, 'deadlines'>,
): Promise<Stopped> {
  const time = new Date(at).toISOString();
  const reason =
    kind === 'lease_held'
      ? `another check is running, or was killed while it ran; its lease expires at ${time}`
      : `the state already holds a later listing, requested at ${time}`;
  const { environment, organisation } = settings.origin;
  const stopped: Stopped = { kind, at: new Date(now).toISOString(), environment, organisation, reason };
  if (kind === 'lease_held' || settings.dryRun) return stopped;
  if (state.supersededInARow > 0) {
    const message = `superseded twice in a row: ${reason}. The clocks of two checks disagree; compare both with the real time`;
    throw new CheckFailed([new SyncAlertsError('superseded_twice', message)], stopped);
  }
  try {
    await ports.state.save({ ...state, supersededInARow: state.supersededInARow + 1 }, version);
  } catch (error) {
    // The check that wrote in the meantime has newer data: there is nothing to add.
    if (!(error instanceof StateConflict)) throw error;
  }
  return stopped;
}
