import type { DestinationPort } from '../destinations/destination-port.ts';
import type { Ports } from './ports.ts';

/** Milliseconds that a command spent in each port, rounded. Steps that ran at the same time are counted in full. */
export interface Durations {
  readonly load: number;
  readonly list: number;
  /** Asking the neighbouring routes for what messages quote. */
  readonly explain: number;
  /** The sum of all writes. */
  readonly save: number;
  /** The sum of all posts, including their waits. */
  readonly post: number;
  /** 0 without one. */
  readonly heartbeat: number;
}

/** The same ports, with the time of every call measured. `durations` may be read at any time, also after a failure. */
export function timedPorts(ports: Ports): { readonly ports: Ports; readonly durations: () => Durations } {
  const durations = { load: 0, list: 0, explain: 0, save: 0, post: 0, heartbeat: 0 };
  async function timed<T>(step: keyof Durations, run: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      return await run();
    } finally {
      durations[step] += performance.now() - startedMs;
    }
  }
  const { listing, evidence, state, slack, destinations = {}, heartbeat, now } = ports;
  const timedDestination = (port: DestinationPort): DestinationPort => ({
    destinationId: (known) => port.destinationId(known),
    write: async (digest, context) =>
      (await port.write(digest, context)).map(({ post, ...message }) => ({
        ...message,
        post: (deadline) => timed('post', () => post(deadline)),
      })),
  });
  return {
    ports: {
      listing: { list: (deadline) => timed('list', () => listing.list(deadline)) },
      ...(evidence && {
        evidence: { ask: (request, deadline) => timed('explain', () => evidence.ask(request, deadline)) },
      }),
      state: {
        load: () => timed('load', () => state.load()),
        save: (newState, version, deadline) => timed('save', () => state.save(newState, version, deadline)),
        takenOver: () => state.takenOver?.(),
        reduced: () => state.reduced?.(),
      },
      slack: {
        destinationId: (known) => slack.destinationId(known),
        post: (message, deadline, id) => timed('post', () => slack.post(message, deadline, id)),
      },
      ...(heartbeat && {
        heartbeat: { send: (deadline) => timed('heartbeat', () => heartbeat.send(deadline)) },
      }),
      destinations: Object.fromEntries(
        Object.entries(destinations).map(([name, port]) => [name, timedDestination(port)]),
      ),
      now,
    },
    durations: () => ({
      load: Math.round(durations.load),
      list: Math.round(durations.list),
      explain: Math.round(durations.explain),
      save: Math.round(durations.save),
      post: Math.round(durations.post),
      heartbeat: Math.round(durations.heartbeat),
    }),
  };
}
