import type { Group } from '../notation/night.ts';

/** Seconds since the midnight of a night; negative before it. */
export type Second = number;

/** A run that ended, as the platform remembers it. */
export interface PastRun {
  readonly startedAt: Second;
  readonly endedAt: Second;
  readonly failure: Failure | undefined;
}

/** A run in progress, whose end is known already. */
export interface Run {
  readonly endsAt: Second;
  /** Undefined: it will succeed. */
  readonly failure: Failure | undefined;
}

export interface Failure {
  /** The word of `last_state`. */
  readonly state: string;
  readonly error: string;
}

/** One sync as the platform has it; `World` changes it run by run. */
export interface SyncLife {
  id: string;
  readonly name: string;
  connector: string;
  connection: string;
  readonly knowledgeBase: string;
  intervalSeconds: number;
  takesSeconds: number;
  /** How long its first run takes. */
  readonly loadsSeconds: number;
  readonly isOlderApi: boolean;
  readonly isTouchedByRuns: boolean;
  createdAt: Second;
  updatedAt: Second;
  enabled: boolean;
  disabledReason: string | null;
  isDeleted: boolean;
  failures: number;
  lastState: string | null;
  lastRunAt: Second | null;
  lastSuccessAt: Second | null;
  run: Run | undefined;
  /** How many rows a run moves. */
  readonly rows: number;
  /** Its last runs, the latest first. */
  pastRuns: readonly PastRun[];
  /** The earliest start of the next run; undefined: nothing is scheduled. */
  nextRunAt: Second | undefined;
  /** When something happens to it next, without an event. */
  wakesAt: Second;
  /** How many runs it has started in this story. */
  runCount: number;
  /** Fields of its record that are not as the platform has them; undefined: the field is missing. */
  oddFields: ReadonlyMap<string, unknown>;
  /** Its record but for the lag; undefined after a change. */
  record: Readonly<Record<string, unknown>> | undefined;
}

const MINUTE = 60;

/** The syncs of a group that has been running since long before the story, all of them healthy. */
export function establishedSyncs(group: Group): readonly SyncLife[] {
  return group.names.map((_, index) => {
    const life = lifeOf(group, index, -group.createdSecondsAgo);
    const firstRun = firstRunOf(group, index, life.intervalSeconds);
    if (group.lastSuccessSecondsAgo !== undefined) {
      const lastRunAt = -group.lastSuccessSecondsAgo;
      return { ...life, ...succeeded(lastRunAt, lastRunAt), nextRunAt: undefined };
    }
    if (life.intervalSeconds <= 0) return { ...life, ...succeeded(-MINUTE, -MINUTE) };
    const lastRunAt = firstRun - life.intervalSeconds;
    const pastRuns = pastRunsBefore(firstRun, life);
    return { ...life, ...succeeded(lastRunAt, lastRunAt + life.takesSeconds), pastRuns, nextRunAt: firstRun };
  });
}

/** How many of its last runs the platform lists of a sync. */
export const MAX_PAST_RUNS = 20;

function pastRunsBefore(firstRun: Second, { intervalSeconds, takesSeconds }: SyncLife): readonly PastRun[] {
  return Array.from({ length: MAX_PAST_RUNS }, (_, index) => {
    const startedAt = firstRun - (index + 1) * intervalSeconds;
    return { startedAt, endedAt: startedAt + takesSeconds, failure: undefined };
  });
}

/** The syncs of a group that is created at `now`: none has run, and each one starts its first load at once. */
export function newSyncs(group: Group, now: Second): readonly SyncLife[] {
  return group.names.map((_, index) => ({ ...lifeOf(group, index, now), nextRunAt: now }));
}

function succeeded(lastRunAt: Second, lastSuccessAt: Second) {
  return { lastRunAt, lastSuccessAt, lastState: 'completed' } as const;
}

function lifeOf(group: Group, index: number, createdAt: Second): SyncLife {
  const { names, connections, connectors, intervalsSeconds, knowledgeBases, takesSeconds } = group;
  const name = names[index] ?? '';
  // Lists are dealt like the digits of a counter, so that each value of one meets each value of the others.
  const round = Math.floor(index / connections.length);
  const laterRound = Math.floor(round / intervalsSeconds.length);
  return {
    id: `sync_${name}`,
    name,
    connector: dealt(connectors, index),
    connection: dealt(connections, index),
    knowledgeBase: dealt(knowledgeBases, laterRound),
    intervalSeconds: dealt(intervalsSeconds, round),
    takesSeconds,
    loadsSeconds: group.loadsSeconds ?? takesSeconds,
    isOlderApi: group.isOlderApi,
    isTouchedByRuns: group.isTouchedByRuns,
    createdAt,
    updatedAt: createdAt,
    enabled: true,
    disabledReason: null,
    isDeleted: false,
    failures: 0,
    lastState: null,
    lastRunAt: null,
    lastSuccessAt: null,
    run: undefined,
    rows: group.rows,
    pastRuns: [],
    nextRunAt: undefined,
    wakesAt: Number.NEGATIVE_INFINITY,
    runCount: 0,
    oddFields: new Map(),
    record: undefined,
  };
}

function dealt<T>(values: readonly T[], index: number): T {
  const value = values[index % values.length];
  if (value === undefined) throw new Error('a list of a group is empty');
  return value;
}

/** The share of an interval by which each sync runs later than the one before: they never bunch up. */
const GOLDEN_SHARE = 0.618_033_988_75;

/** The first run of the story, in whole minutes; at most one interval after midnight. */
function firstRunOf({ runsAt }: Group, index: number, intervalSeconds: number): Second {
  const share = (index * GOLDEN_SHARE) % 1;
  const firstRun =
    runsAt === undefined
      ? Math.floor((share * intervalSeconds) / MINUTE) * MINUTE
      : (runsAt.first + index * runsAt.stepMinutes) * MINUTE;
  if (intervalSeconds <= 0) return firstRun;
  return ((firstRun % intervalSeconds) + intervalSeconds) % intervalSeconds;
}
