import type { Tally } from '../core/diagnose/tally.ts';
import type { Change } from '../core/digest/changes.ts';
import type { AlertDecision } from '../core/digest/decisions.ts';
import type { Digest } from '../core/digest/digest.ts';
import { SyncAlertsError } from '../errors.ts';
import type { HeartbeatResult } from '../heartbeat/heartbeat.ts';
import type { Posts } from './deliver.ts';
import type { AskedEvidence } from './explained.ts';

/** The result of a check, for people and for programs. Dates are ISO 8601, in UTC. */
export type Outcome = Checked | Stopped;

/** A check that went to its end. */
export interface Checked {
  readonly kind: 'checked';
  readonly at: string;
  readonly organisation: string;
  readonly environment: string;
  readonly syncs: Tally;
  /** How many alerts are open: `openAlerts`. */
  readonly open: number;
  /** The changes that the check tried to post; on a dry run, those that it would post. */
  readonly changes: readonly Change[];
  /** Whether each alert is sent by this check, and why or why not. */
  readonly decisions: readonly AlertDecision[];
  /** Those of `changes` that Slack accepted. */
  readonly notified: readonly Change[];
  /** The digest of those changes for each destination that there was something to send to. */
  readonly digests: readonly Digest[];
  /** What was asked of the neighbouring routes to write them; absent when nothing was. */
  readonly evidence?: AskedEvidence;
  readonly posts: Posts;
  /** Changes that should have been sent and were not, and the time since when the oldest one waits. */
  readonly undelivered: { readonly count: number; readonly since?: string };
  /** False when nothing changed, and on a dry run. */
  readonly saved: boolean;
  readonly dryRun: boolean;
  /** Names a stored time that the check ignored because it lies too far in the future: a clock is wrong. */
  readonly clockSkew?: string;
  /** By how many seconds the API's clock is ahead of ours (negative: behind), rounded; absent when they agree. */
  readonly apiSkewSeconds?: number;
  /** Names an expired lease or lock that the check took over: the check before it was killed. */
  readonly takenOver?: string;
  /** Says what the saved state lacks because it would be too large. Nothing that is left to send. */
  readonly stateReduced?: string;
  /** Whether the heartbeat monitor accepted this check; absent without a monitor, and when the check did not complete. */
  readonly heartbeat?: HeartbeatResult;
}

/**
 * Whether a check that did not fail completed: it listed the syncs, saved every change, and left nothing undelivered. A
 * quiet check that had nothing to save completed. One that stopped at a lease or was superseded did not, because the other
 * check may have died; if it lives, it counts itself. A dry run is no check.
 */
export function isCompleted(outcome: Outcome): outcome is Checked {
  return outcome.kind === 'checked' && !outcome.dryRun && outcome.undelivered.count === 0;
}

/** A check that stopped because another one did its work, or is doing it. That is a success. */
export interface Stopped {
  readonly kind: 'lease_held' | 'superseded';
  readonly at: string;
  readonly organisation: string;
  readonly environment: string;
  readonly reason: string;
}

/** Thrown by a check that could not list, save or deliver, after it saved what it could. */
export class CheckFailed extends SyncAlertsError {
  readonly outcome: Outcome;

  /** @param errors All that went wrong, the first one being the cause; at least one. */
  constructor(errors: readonly Error[], outcome: Outcome) {
    super('check_failed', errors.map(({ message }) => message).join('\n'), { cause: errors[0] });
    this.outcome = outcome;
  }
}

/** The outcome that a failed check carries; undefined for every other error. */
export function outcomeOf(error: unknown): Outcome | undefined {
  return error instanceof CheckFailed ? error.outcome : undefined;
}
