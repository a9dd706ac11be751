/** One attempt at a request. */
export interface Attempt<T> {
  readonly result: Promise<T>;
  /** Whether the server has begun to respond. */
  readonly hasResponse: () => boolean;
  readonly abort: () => void;
}

/**
 * The result of an attempt; when no response has begun after `waitMs`, of a second one beside it, whichever comes first. A
 * slow server gets all the time that is left, and a request that was lost does not cost it. Both end with the result.
 *
 * @throws The error of the last attempt that failed.
 */
export async function withSecondAttempt<T>(start: () => Attempt<T>, waitMs: number): Promise<T> {
  const first = start();
  let second: Attempt<T> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      if (first.hasResponse()) return;
      second = start();
      resolve(second.result);
    }, waitMs);
  });
  const firstOrSecond = first.result.catch((error: unknown) => {
    if (second === undefined) throw error;
    return second.result;
  });
  const secondOrFirst = late.catch(() => first.result);
  try {
    return await Promise.race([firstOrSecond, secondOrFirst]);
  } finally {
    clearTimeout(timer);
    first.abort();
    second?.abort();
  }
}
