/** A moment at which everything is cut, on a clock that nobody sets. */
export interface Deadline {
  /** Aborts at that moment. */
  readonly signal: AbortSignal;
  /** Milliseconds left; never negative. */
  readonly leftMs: () => number;
}

/**
 * The deadline `seconds` from now; it keeps no process alive.
 *
 * Neither `AbortSignal.timeout` nor `AbortSignal.any` is used, here or anywhere: Node.js holds what they are made from
 * weakly, so that one collection of garbage loses the abort (nodejs/node #57736, still so in 20.20).
 */
export function deadlineIn(seconds: number): Deadline {
  const ms = Math.max(0, seconds * 1000);
  const at = performance.now() + ms;
  const controller = new AbortController();
  if (ms === 0) controller.abort();
  else setTimeout(() => controller.abort(), ms).unref();
  return { signal: controller.signal, leftMs: () => Math.max(0, at - performance.now()) };
}

/** The same deadline, cut as well when `signal` aborts. */
export function cutBy(deadline: Deadline, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  for (const source of [deadline.signal, signal]) {
    if (source.aborted) controller.abort();
    else source.addEventListener('abort', () => controller.abort(), { once: true });
  }
  return { ...deadline, signal: controller.signal };
}
