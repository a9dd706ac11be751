import { type Deadline, sleepWithin } from '../http/deadline.ts';
import { NotSent } from './certainty.ts';

/**
 * Keeps a minimum time between the attempts to one webhook: Slack allows about one message per second (docs.slack.dev,
 * "Rate limits").
 */
export class SendGap {
  readonly #gapMs: number;
  /** The earliest time of the next attempt, in milliseconds of `performance.now()`. */
  #nextSendMs = Number.NEGATIVE_INFINITY;

  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  /**
   * Runs an attempt once the gap since the one before has passed. The gap counts from the attempt's end too: over a slow
   * connection, two attempts could otherwise arrive at Slack together.
   *
   * @throws NotSent when the deadline comes first.
   */
  async run<T>(attempt: () => Promise<T>, deadline: Deadline): Promise<T> {
    // Reserved before the wait, so that concurrent posts do not get the same time.
    const now = performance.now();
    const sendMs = Math.max(now, this.#nextSendMs);
    this.#nextSendMs = sendMs + this.#gapMs;
    if (!(await sleepWithin(sendMs - now, deadline))) throw new NotSent();
    try {
      return await attempt();
    } finally {
      this.#nextSendMs = Math.max(this.#nextSendMs, performance.now() + this.#gapMs);
    }
  }
}
