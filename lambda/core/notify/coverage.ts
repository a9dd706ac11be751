/** Why an alert stands in a digest. */
export type NotifyReason =
  | 'new'
  | 'escalated'
  | 'changed'
  | 'resolved_undelivered'
  | 'resolved_in_group'
  | 'resolved'
  | 'reminder';

/** One alert that a message tells of: what is remembered once the message was accepted. */
export interface Coverage {
  readonly fingerprint: string;
  readonly reason: NotifyReason;
  /** False: the message only counts it. */
  readonly listed: boolean;
  /** The key of the shared cause that it is told with. */
  readonly cause?: string;
}

/** What a message tells, apart from how it looks. */
export interface MessageContent {
  readonly covers: readonly Coverage[];
  /** It says that the listing shrank. */
  readonly coversShrinkage: boolean;
  /**
   * The last part of a reminder stands in it, or of a digest that leaves a due reminder nothing to add: with it the
   * reminder is given.
   */
  readonly endsReminder: boolean;
}
