/**
 * Every kind of problem, with everything that is said, counted and decided about the kind as a whole.
 *
 * A new kind is a row of `PROBLEM_KINDS`; the compiler then names every other place that needs a thought
 * (CONTRIBUTING.md, "Add a problem kind").
 */

/** The problems that an evaluation can find in a sync. When several apply, the first in this order is the verdict. */
export const PROBLEMS = ['unreadable', 'disabled', 'failing', 'never_succeeded', 'stalled'] as const;
export type Problem = (typeof PROBLEMS)[number];

/** What an alert can be about: a sync's problem, or `listing_failed`, the listing as a whole. */
export type AlertProblem = Problem | 'listing_failed';

export type Severity = 'warning' | 'critical';

/**
 * Why an alert is critical: its data is too old, the platform gave up on the sync or is about to, or the listing failed.
 * An escalation by age alone is less urgent than the others.
 */
export type CriticalBy = 'age' | 'platform' | 'failures' | 'listing';

/** What must be seen before an alert that had the problem may resolve (docs/design/diagnosis.md). */
export type ProofKind = 'readable' | 'enabled' | 'not_failing' | 'fresh';

interface AlertKind {
  /** In a sentence about a sync: "orders is failing". */
  readonly phrase: string;
  /** The same once it is over: "orders was failing". */
  readonly pastPhrase: string;
  readonly disprovedBy: ProofKind;
}

interface ProblemKind extends AlertKind {
  /** Beside a count of syncs: "11 failing". */
  readonly adjective: string;
  /**
   * `by_age`: critical once the data is older than the critical threshold. `critical`: always. `warning`: never critical
   * by itself, and never lowers an open alert.
   */
  readonly severity: 'by_age' | 'critical' | 'warning';
  /** Whether the sync could be judged at all; an alert about one that could not has a section of its own. */
  readonly isJudged: boolean;
  /** The CloudWatch metric that counts the syncs with this problem. */
  readonly metric: `Syncs${string}`;
}

export const PROBLEM_KINDS = {
  unreadable: {
    phrase: 'could not be read',
    pastPhrase: 'could not be read',
    adjective: 'unreadable',
    severity: 'warning',
    disprovedBy: 'readable',
    isJudged: false,
    metric: 'SyncsUnreadable',
  },
  disabled: {
    phrase: 'is disabled',
    pastPhrase: 'was disabled',
    adjective: 'disabled',
    severity: 'critical',
    disprovedBy: 'enabled',
    isJudged: true,
    metric: 'SyncsDisabled',
  },
  failing: {
    phrase: 'is failing',
    pastPhrase: 'was failing',
    adjective: 'failing',
    severity: 'by_age',
    disprovedBy: 'not_failing',
    isJudged: true,
    metric: 'SyncsFailing',
  },
  never_succeeded: {
    phrase: 'has never succeeded',
    pastPhrase: 'had never succeeded',
    adjective: 'without any success',
    severity: 'by_age',
    disprovedBy: 'fresh',
    isJudged: true,
    metric: 'SyncsNeverSucceeded',
  },
  stalled: {
    phrase: 'has stalled',
    pastPhrase: 'was stalled',
    adjective: 'stalled',
    severity: 'by_age',
    disprovedBy: 'fresh',
    isJudged: true,
    metric: 'SyncsStalled',
  },
} as const satisfies Readonly<Record<Problem, ProblemKind>>;

/** What is said of everything that an alert can be about. */
export const ALERT_KINDS: Readonly<Record<AlertProblem, AlertKind>> = {
  ...PROBLEM_KINDS,
  listing_failed: {
    phrase: 'cannot list syncs',
    pastPhrase: 'could not list syncs',
    disprovedBy: 'readable',
  },
};

/** A figure for each problem; `count` is called once a problem, in the order of `PROBLEMS`. */
export function forEachProblem<T>(count: (problem: Problem) => T): Readonly<Record<Problem, T>> {
  return {
    unreadable: count('unreadable'),
    disabled: count('disabled'),
    failing: count('failing'),
    never_succeeded: count('never_succeeded'),
    stalled: count('stalled'),
  };
}
