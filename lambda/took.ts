import type { Ports } from './ports.ts';

/** What each way to the world took, in whole milliseconds; steps that ran at the same time are counted each. */
export interface Took {
  readonly recall: number;
  readonly list: number;
  /** All writes together. */
  readonly remember: number;
  /** All posts together, waits included. */
  readonly post: number;
}

/** The same ports, measured: whoever uses them knows nothing of it. */
export function measured(ports: Ports): { readonly ports: Ports; readonly took: () => Took } {
  const took = { recall: 0, list: 0, remember: 0, post: 0 };
  async function timed<T>(step: keyof Took, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await run();
    } finally {
      took[step] += performance.now() - started;
    }
  }
  const { listing, memory, slack, now } = ports;
  return {
    ports: {
      listing: { list: (deadline) => timed('list', () => listing.list(deadline)) },
      memory: {
        recall: () => timed('recall', () => memory.recall()),
        remember: (what, version, deadline) =>
          timed('remember', () => memory.remember(what, version, deadline)),
      },
      slack: { post: (message, deadline) => timed('post', () => slack.post(message, deadline)) },
      now,
    },
    took: () => ({
      recall: Math.round(took.recall),
      list: Math.round(took.list),
      remember: Math.round(took.remember),
      post: Math.round(took.post),
    }),
  };
}
