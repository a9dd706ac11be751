/** Why an alert stands in a digest. */
export type Reason = 'new' | 'escalated' | 'changed' | 'missed' | 'passed' | 'closing' | 'reminder';

/** One alert that a message tells of: what is remembered once the message was accepted. */
export interface Tells {
  readonly fingerprint: string;
  readonly reason: Reason;
  /** False: the message only counts it. */
  readonly listed: boolean;
  /** The key of the shared cause that it is told with. */
  readonly cause?: string;
}

/** What a message tells, apart from how it looks. */
export interface Content {
  readonly tells: readonly Tells[];
  /** It says that the listing shrank. */
  readonly tellsShrinking: boolean;
  /**
   * The last part of a reminder stands in it, or of a digest that leaves a due reminder nothing to add: with it the
   * reminder is given.
   */
  readonly endsReminder: boolean;
}
