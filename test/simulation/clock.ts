import { setImmediate as settled } from 'node:timers/promises';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** What runs a check and can be killed: a killed one never goes on, whatever it was waiting for. */
export interface Life {
  dead: boolean;
}

/**
 * A virtual clock: it jumps from one event to the next, and lets everything that waited for it run to its next wait
 * in between. Events of one moment come in the order in which they were asked for.
 */
export class Clock {
  now: number;
  readonly #events: Event[] = [];
  #order = 0;

  constructor(start: number) {
    this.now = start;
  }

  at(moment: number, run: () => void): void {
    const event = { at: Math.max(moment, this.now), order: this.#order++, run };
    const events = this.#events;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, events[parent] as Event)) break;
      events[index] = events[parent] as Event;
      index = parent;
    }
    events[index] = event;
  }

  /** Resolves `ms` from now; never, when its life has ended by then. */
  sleep(ms: number, life: Life): Promise<void> {
    return new Promise((resolve) => {
      this.at(this.now + ms, () => {
        if (!life.dead) resolve();
      });
    });
  }

  /** Runs until nothing is left to happen, or until it is enough. */
  async run(isEnough: () => boolean = () => false): Promise<void> {
    for (let event = this.#next(); event !== undefined && !isEnough(); event = this.#next()) {
      this.now = event.at;
      event.run();
      await settled();
    }
  }

  #next(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= events.length) break;
      const right = child + 1;
      if (right < events.length && isBefore(events[right] as Event, events[child] as Event)) child = right;
      if (!isBefore(events[child] as Event, last)) break;
      events[index] = events[child] as Event;
      index = child;
    }
    events[index] = last;
    return first;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/**
 * Has `setTimeout` go by the virtual clock while `run` does, so that the deadlines of the check (lambda/http/deadline.ts)
 * are the real ones, and come when the virtual time is there.
 */
export async function onVirtualTime<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  const real = globalThis.setTimeout;
  const handle = { unref: () => handle, ref: () => handle };
  const virtual = (then: () => void, ms = 0) => {
    clock.at(clock.now + ms, then);
    return handle;
  };
  globalThis.setTimeout = virtual as unknown as typeof setTimeout;
  try {
    return await run();
  } finally {
    globalThis.setTimeout = real;
  }
}
