import type { Instant } from '../lambda/core/time.ts';

/** A stream that text is written to; a test passes one that collects it. */
export interface Output {
  readonly isTTY?: boolean;
  /** The width of the terminal in characters; some terminals report 0. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** The parts of a process that a command line uses. Node.js has them as globals; a test passes its own. */
export interface Process {
  /** The arguments after the name of the program. */
  readonly args: readonly string[];
  /** The environment variables, not yet parsed. */
  readonly environment: unknown;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly now: () => Instant;
}
