import { setImmediate as nextTurn } from 'node:timers/promises';

interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** The process that runs a check. Once it is dead, nothing that it awaits resolves. */
export interface Process {
  dead: boolean;
}

/**
 * A virtual clock. It jumps from one event to the next; in between, all code that awaited the event runs until it awaits
 * again. Events with the same time run in the order in which they were scheduled.
 */
export class Clock {
  now: number;
  readonly #events: ScheduledEvent[] = [];
  #order = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** Schedules `run`. A time in the past means now. */
  at(time: number, run: () => void): void {
    const event = { at: Math.max(time, this.now), order: this.#order++, run };
    const events = this.#events;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, events[parent] as ScheduledEvent)) break;
      events[index] = events[parent] as ScheduledEvent;
      index = parent;
    }
    events[index] = event;
  }

  /** Resolves `ms` from now, unless the process is dead by then: then never. */
  sleep(ms: number, process: Process): Promise<void> {
    return new Promise((resolve) => {
      this.at(this.now + ms, () => {
        if (!process.dead) resolve();
      });
    });
  }

  /** Runs until no event is left, or until `isDone`. */
  async run(isDone: () => boolean = () => false): Promise<void> {
    for (let event = this.#next(); event !== undefined && !isDone(); event = this.#next()) {
      this.now = event.at;
      event.run();
      await nextTurn();
    }
  }

  /** Removes the earliest event from the heap. */
  #next(): ScheduledEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= events.length) break;
      const right = child + 1;
      if (right < events.length && isBefore(events[right] as ScheduledEvent, events[child] as ScheduledEvent))
        child = right;
      if (!isBefore(events[child] as ScheduledEvent, last)) break;
      events[index] = events[child] as ScheduledEvent;
      index = child;
    }
    events[index] = last;
    return first;
  }
}

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/**
 * Replaces the global `setTimeout` and `performance.now` by the virtual clock's while `run` runs. The check then uses its
 * real deadlines (lambda/http/deadline.ts), in virtual time.
 */
export async function onVirtualTime<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  const { setTimeout: realTimeout, performance: realPerformance } = globalThis;
  const handle = { unref: () => handle, ref: () => handle };
  const virtual = (callback: () => void, ms = 0) => {
    clock.at(clock.now + ms, callback);
    return handle;
  };
  globalThis.setTimeout = virtual as unknown as typeof setTimeout;
  globalThis.performance = Object.create(realPerformance, { now: { value: () => clock.now } });
  try {
    return await run();
  } finally {
    globalThis.setTimeout = realTimeout;
    globalThis.performance = realPerformance;
  }
}
