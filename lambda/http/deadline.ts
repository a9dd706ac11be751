/** A point in time at which all work is aborted, measured on the monotonic clock, which nobody can set. */
export interface Deadline {
  /** Aborts at the deadline. */
  readonly signal: AbortSignal;
  /** The milliseconds until the deadline; 0 after it. */
  readonly remainingMs: () => number;
}

/**
 * The deadline in `seconds` from now. Its timer starts when somebody first reads the signal, and does not keep the process
 * alive.
 *
 * Do not use `AbortSignal.timeout` or `AbortSignal.any`, here or elsewhere: Node.js holds their sources weakly, so that
 * one garbage collection loses the abort (nodejs/node #57736, still present in 20.20).
 */
export function deadlineIn(seconds: number): Deadline {
  const ms = Math.max(0, seconds * 1000);
  const at = performance.now() + ms;
  const remainingMs = () => Math.max(0, at - performance.now());
  let signal: AbortSignal | undefined;
  return {
    get signal() {
      signal ??= abortedIn(remainingMs());
      return signal;
    },
    remainingMs,
  };
}

function abortedIn(ms: number): AbortSignal {
  const controller = new AbortController();
  if (ms === 0) controller.abort();
  else setTimeout(() => controller.abort(), ms).unref();
  return controller.signal;
}

/** The same deadline, which also aborts when `signal` does. */
export function abortedBy(deadline: Deadline, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  for (const source of [deadline.signal, signal]) {
    if (source.aborted) controller.abort();
    else source.addEventListener('abort', () => controller.abort(), { once: true });
  }
  return { ...deadline, signal: controller.signal };
}

/** Waits `ms` milliseconds and returns true; false when the deadline comes first, at once if that is certain. */
export async function sleepWithin(ms: number, { signal, remainingMs }: Deadline): Promise<boolean> {
  if (signal.aborted || ms >= remainingMs()) return false;
  if (ms <= 0) return true;
  return new Promise((resolve) => {
    const settle = (isOver: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(isOver);
    };
    const abort = () => settle(false);
    const timer = setTimeout(() => settle(true), Math.ceil(ms));
    signal.addEventListener('abort', abort, { once: true });
  });
}
