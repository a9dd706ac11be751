/** A moment at which everything is cut, on a clock that nobody sets. */
export interface Deadline {
  /** Aborts at that moment. */
  readonly signal: AbortSignal;
  /** Milliseconds left; never negative. */
  readonly leftMs: () => number;
}

/** The deadline `seconds` from now. */
export function deadlineIn(seconds: number): Deadline {
  const at = performance.now() + seconds * 1000;
  return {
    signal: AbortSignal.timeout(Math.max(0, Math.round(seconds * 1000))),
    leftMs: () => Math.max(0, at - performance.now()),
  };
}

/** The same deadline, cut as well when `signal` aborts. */
export function cutBy(deadline: Deadline, signal: AbortSignal): Deadline {
  return { ...deadline, signal: AbortSignal.any([deadline.signal, signal]) };
}
