import type { Ports } from './ports.ts';

/** What each way to the world took, in whole milliseconds; steps that ran at the same time are counted each. */
export interface Durations {
  readonly load: number;
  readonly list: number;
  /** All writes together. */
  readonly save: number;
  /** All posts together, waits included. */
  readonly post: number;
}

/** The same ports, measured: whoever uses them knows nothing of it. */
export function timedPorts(ports: Ports): { readonly ports: Ports; readonly durations: () => Durations } {
  const durations = { load: 0, list: 0, save: 0, post: 0 };
  async function timed<T>(step: keyof Durations, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await run();
    } finally {
      durations[step] += performance.now() - started;
    }
  }
  const { listing, state, slack, now } = ports;
  return {
    ports: {
      listing: { list: (deadline) => timed('list', () => listing.list(deadline)) },
      state: {
        load: () => timed('load', () => state.load()),
        save: (what, version, deadline) => timed('save', () => state.save(what, version, deadline)),
      },
      slack: { post: (message, deadline) => timed('post', () => slack.post(message, deadline)) },
      now,
    },
    durations: () => ({
      load: Math.round(durations.load),
      list: Math.round(durations.list),
      save: Math.round(durations.save),
      post: Math.round(durations.post),
    }),
  };
}
