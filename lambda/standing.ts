import type { Memory } from './core/memory.ts';
import { CLOCK_SLACK_SECONDS, type Instant, secondsBetween } from './core/time.ts';
import { SyncAlertsError } from './errors.ts';
import { MemoryConflict } from './memory/errors.ts';
import type { Recalled } from './memory/memory-store.ts';
import { CheckFailed, type Stopped } from './outcome.ts';
import type { CheckSettings, Ports } from './ports.ts';
import type { Timetable } from './timetable.ts';

/** Whether a check may go on with the memory that it found. */
export type Standing =
  | {
      readonly kind: 'free';
      /** A remembered time that no clock of ours can have given, and that is therefore not believed. */
      readonly disbelieved?: string;
    }
  | NotFree;

/**
 * `claimed`: another check is at work, or was killed at work, and its claim has not expired. `overtaken`: the memory
 * knows a listing that was requested later than ours.
 */
export interface NotFree {
  readonly kind: 'claimed' | 'overtaken';
  /** When the claim expires, or when the later listing was requested. */
  readonly at: Instant;
}

/**
 * A time that is not believed must not stop the watch. A claim may be longer than our own would be by the slack of the
 * clocks, since another check may have been given more time, or have started after we read the clock.
 */
export function standing(memory: Memory, requestedAt: Instant, times: Timetable, now: Instant): Standing {
  const { claim, listedAt } = memory;
  if (
    claim !== undefined &&
    claim.until > now &&
    secondsBetween(now, claim.until) <= times.claimSeconds + CLOCK_SLACK_SECONDS
  ) {
    return { kind: 'claimed', at: claim.until };
  }
  const isOvertaken = listedAt !== null && listedAt > requestedAt;
  if (isOvertaken && secondsBetween(now, listedAt) <= CLOCK_SLACK_SECONDS) {
    return { kind: 'overtaken', at: listedAt };
  }
  const ahead = [isOvertaken ? listedAt : now, claim?.until ?? now].find((time) => time > now);
  if (ahead === undefined) return { kind: 'free' };
  const disbelieved = `memory holds a time further ahead than any clock of ours: ${new Date(ahead).toISOString()}`;
  return { kind: 'free', disbelieved };
}

/**
 * Ends a check that is not free to go on. That is a success that says so, unless it is overtaken twice running: then a
 * clock is wrong, and a person must look.
 */
export async function stop(
  { kind, at }: NotFree,
  { memory, version }: Recalled,
  ports: Ports,
  settings: CheckSettings,
  now: Instant,
): Promise<Stopped> {
  const until = new Date(at).toISOString();
  const because =
    kind === 'claimed'
      ? `another check is at work, or was cut off at work: its claim holds until ${until}`
      : `memory already knows a later listing, requested at ${until}`;
  const stopped: Stopped = {
    kind,
    at: new Date(now).toISOString(),
    environment: settings.place.environment,
    organisation: settings.place.organisation,
    because,
  };
  if (kind === 'claimed' || settings.dryRun) return stopped;
  if (memory.overtaken > 0) {
    const what = `overtaken twice running: ${because}. The clocks of two checks disagree: compare them with the time`;
    throw new CheckFailed([new SyncAlertsError('overtaken_twice', what)], stopped);
  }
  try {
    await ports.memory.remember({ ...memory, overtaken: memory.overtaken + 1 }, version);
  } catch (error) {
    // Whoever wrote in the meantime has seen more than we have: there is nothing to add.
    if (!(error instanceof MemoryConflict)) throw error;
  }
  return stopped;
}
