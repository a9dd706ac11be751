/*
 * Replaces `p-retry` in the bundle (infra/function-build.ts). Slack's client calls it around each post, with no retries
 * unless it is told otherwise, and which posts are repeated is decided in http/retries.ts: 5 KB, with `retry`.
 */

/** Runs once. */
export default async function runOnce<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof AbortError ? error.originalError : error;
  }
}

/** Carries an error after which there would be no retry. */
export class AbortError extends Error {
  readonly originalError: Error;

  constructor(originalError: Error) {
    super(originalError.message);
    this.name = 'AbortError';
    this.originalError = originalError;
  }
}
