import type { Connector, Evidence, Run } from '../../../lambda/core/evidence.ts';
import { MINUTE } from '../../commands/a-world.ts';
import { ago } from '../a-digest.ts';

/** A run that failed and ended so many minutes ago, after 30 s. */
export function aRun(endedMinutesAgo: number, overrides: Partial<Run> = {}): Run {
  const finishedAt = ago(endedMinutesAgo * MINUTE);
  return {
    state: 'failed',
    message: 'timeout after 30 s',
    rows: 0,
    startedAt: finishedAt - 30_000,
    finishedAt,
    at: finishedAt,
    ...overrides,
  };
}

export function aCompletedRun(endedMinutesAgo: number, overrides: Partial<Run> = {}): Run {
  return aRun(endedMinutesAgo, { state: 'completed', message: null, rows: 1200, ...overrides });
}

/** A run that has been going for so many minutes. */
export function aLiveRun(minutes: number, overrides: Partial<Run> = {}): Run {
  const startedAt = ago(minutes * MINUTE);
  return {
    state: 'running',
    message: null,
    rows: 7,
    startedAt,
    finishedAt: null,
    at: startedAt,
    ...overrides,
  };
}

/** So many completed runs, one every 15 minutes, the last one 20 minutes ago. */
export function completedRuns(count: number, overrides: Partial<Run> = {}): readonly Run[] {
  return Array.from({ length: count }, (_, index) => aCompletedRun(20 + index * 15, overrides));
}

export function aConnector(id: string, overrides: Partial<Connector> = {}): readonly [string, Connector] {
  return [id, { id, name: null, hostname: null, lastSeenAt: ago(10_000), ...overrides }];
}

/** The runs of syncs by their ids. */
export function runsOf(runs: Readonly<Record<string, readonly Run[]>>): Evidence {
  return { runs: new Map(Object.entries(runs)) };
}
