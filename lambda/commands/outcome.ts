import type { Change, Tally } from '../core/diagnose/tally.ts';
import type { Digest } from '../core/digest/write-digest.ts';
import { SyncAlertsError } from '../errors.ts';
import type { Posts } from './deliver.ts';

/** What a check did, for people and for programs. Dates are ISO 8601. */
export type Outcome = Checked | Stopped;

export interface Checked {
  readonly kind: 'checked';
  readonly at: string;
  readonly organisation: string;
  readonly environment: string;
  readonly syncs: Tally;
  /** Alerts that are firing. */
  readonly open: number;
  /** What was posted; on a dry run, what would be. */
  readonly changes: readonly Change[];
  /** Of them, those that Slack certainly has. */
  readonly notified: readonly Change[];
  /** What was said, or would be; absent when there was nothing to tell. */
  readonly digest?: Digest;
  readonly posts: Posts;
  readonly undelivered: { readonly count: number; readonly since?: string };
  /** False when nothing changed, and on a dry run. */
  readonly saved: boolean;
  readonly dryRun: boolean;
  /** A remembered time that was not believed: a clock was wrong. */
  readonly clockSkew?: string;
}

/** A check that another one made needless: a success that says so. */
export interface Stopped {
  readonly kind: 'lease_held' | 'superseded';
  readonly at: string;
  readonly organisation: string;
  readonly environment: string;
  readonly reason: string;
}

/** A check that could not list, remember or deliver, after it has remembered what it could. */
export class CheckFailed extends SyncAlertsError {
  readonly outcome: Outcome | undefined;

  constructor(errors: readonly Error[], outcome?: Outcome) {
    super('check_failed', errors.map(({ message }) => message).join('\n'), { cause: errors[0] });
    this.outcome = outcome;
  }
}
