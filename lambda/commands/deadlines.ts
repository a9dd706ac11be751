import { type Deadline, deadlineIn } from '../http/deadline.ts';

/** How the time of one check is shared out (design, section 6, "Time"). */
export interface Deadlines {
  /** Cuts the listing. */
  readonly listing: Deadline;
  /** Cuts every post, early enough to remember what came of it. */
  readonly posting: Deadline;
  /** The end of the check: cuts every write, and nothing is begun after it. */
  readonly resolution: Deadline;
  /** How long the claim of a check holds: no write of its own can come after. */
  readonly leaseSeconds: number;
}

const MAX_CHECK_SECONDS = 50;
const SPARE_BEFORE_KILL_SECONDS = 8;
const LISTING_SECONDS = 30;
const SPARE_AFTER_POSTS_SECONDS = 5;
const LEASE_AFTER_KILL_SECONDS = 30;

/** The timetable of a check that starts now and is killed after `killedAfterSeconds`: it ends itself well before. */
export function startDeadlines(remainingSeconds: number): Deadlines {
  const end = Math.min(MAX_CHECK_SECONDS, remainingSeconds - SPARE_BEFORE_KILL_SECONDS);
  const posting = Math.max(1, end - SPARE_AFTER_POSTS_SECONDS);
  return {
    listing: deadlineIn(Math.min(LISTING_SECONDS, posting)),
    posting: deadlineIn(posting),
    resolution: deadlineIn(end),
    leaseSeconds: remainingSeconds + LEASE_AFTER_KILL_SECONDS,
  };
}
