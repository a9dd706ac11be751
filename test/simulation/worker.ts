import { parentPort, workerData } from 'node:worker_threads';
import type { FaultCounts } from './faults.ts';
import { runWorld } from './run-world.ts';
import { describeSequence, runSequence, sequences } from './sequences.ts';

/** The share of one worker thread: every `step`th world from seed `first` on, or every `step`th sequence from `index` on. */
export interface Job {
  readonly first: number;
  readonly step: number;
  readonly index: number;
  /** Stops after this many checks; sequences are all run. */
  readonly checks: number;
  /** The length of the sequences; undefined for worlds. */
  readonly depth?: number;
  /** Two faults in a sequence. */
  readonly pairs: boolean;
}

/** The results of some worlds or sequences. */
export interface Progress {
  readonly checks: number;
  readonly runs: number;
  /** The fewest syncs of a world. */
  readonly minSyncs: number;
  readonly longestSeconds: number;
  /** The first violation of each run that has one. */
  readonly violations: readonly string[];
  readonly counts: FaultCounts;
  readonly figures: Readonly<Record<string, number>>;
}

const SEQUENCES_PER_REPORT = 200;

// The main thread, in main.ts, is the only one that starts this worker.
const { first, step, index, checks, depth, pairs } = workerData as Job;
await (depth === undefined ? runWorlds() : runSequences(depth));

async function runWorlds(): Promise<void> {
  let done = 0;
  for (let seed = first; done < checks; seed += step) {
    const counts: FaultCounts = {};
    const world = await runWorld({ seed, counts });
    done += world.checks;
    report({
      checks: world.checks,
      runs: 1,
      minSyncs: world.syncs,
      longestSeconds: world.longestSeconds,
      violations: world.violations.slice(0, 1).map((line) => `seed ${seed}: ${line}`),
      counts,
      figures: world.figures,
    });
  }
}

async function runSequences(length: number): Promise<void> {
  let position = 0;
  let done = noSequences();
  for (const sequence of sequences(length, pairs)) {
    position += 1;
    if (position % step !== index) continue;
    const result = await runSequence(sequence);
    done.checks += result.checks;
    done.runs += 1;
    const [violation] = result.violations;
    if (violation !== undefined) done.violations.push(`${describeSequence(sequence)}: ${violation}`);
    if (done.runs < SEQUENCES_PER_REPORT) continue;
    report(done);
    done = noSequences();
  }
  report(done);
}

function noSequences() {
  return {
    checks: 0,
    runs: 0,
    minSyncs: 2,
    longestSeconds: 0,
    violations: [] as string[],
    counts: {},
    figures: {},
  };
}

function report(progress: Progress): void {
  parentPort?.postMessage(progress);
}
