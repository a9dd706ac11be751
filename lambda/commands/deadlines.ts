import { type Deadline, deadlineIn } from '../http/deadline.ts';

/** How a command divides its time (docs/design/delivery-and-state.md). */
export interface Deadlines {
  /** Cuts the listing. */
  readonly listing: Deadline;
  /** Cuts every post, 5 s before the end, so that the check can save the result of the last one. */
  readonly posting: Deadline;
  /** The end of the check: cuts every write, and nothing starts after it. */
  readonly end: Deadline;
  /** How long the lease of the check holds: 30 s longer than the check can live, so no write of its own comes later. */
  readonly leaseSeconds: number;
}

const MAX_CHECK_SECONDS = 50;
const SECONDS_BEFORE_KILL = 8;
const MAX_LISTING_SECONDS = 30;
const SECONDS_AFTER_POSTING = 5;
const LEASE_SECONDS_AFTER_KILL = 30;

/**
 * The deadlines of a command that starts now and that its host kills after `remainingSeconds`. The command ends itself
 * at least 8 s earlier, because a killed check neither saves nor reports.
 */
export function startDeadlines(remainingSeconds: number): Deadlines {
  const end = Math.min(MAX_CHECK_SECONDS, remainingSeconds - SECONDS_BEFORE_KILL);
  const posting = Math.max(1, end - SECONDS_AFTER_POSTING);
  return {
    listing: deadlineIn(Math.min(MAX_LISTING_SECONDS, posting)),
    posting: deadlineIn(posting),
    end: deadlineIn(end),
    leaseSeconds: remainingSeconds + LEASE_SECONDS_AFTER_KILL,
  };
}
