import { parentPort, workerData } from 'node:worker_threads';
import { runSequence, saidOf, sequences } from './exhaustive.ts';
import type { Tally } from './faults.ts';
import { runWorld } from './run-world.ts';

/** What one core does: every `step`th world, or sequence, from `first`, or `index`, on. */
export interface Job {
  readonly first: number;
  readonly step: number;
  readonly index: number;
  readonly checks: number;
  readonly depth?: number;
  readonly pairs: boolean;
}

/** What came of some worlds or sequences. */
export interface Done {
  readonly checks: number;
  readonly worlds: number;
  readonly syncs: number;
  readonly longestSeconds: number;
  readonly bad: readonly string[];
  readonly tally: Tally;
  readonly figures: Readonly<Record<string, number>>;
}

const AT_ONCE = 200;

const { first, step, index, checks, depth, pairs } = workerData as Job;
await (depth === undefined ? worlds() : small(depth));

async function worlds(): Promise<void> {
  let done = 0;
  for (let seed = first; done < checks; seed += step) {
    const tally: Tally = {};
    const world = await runWorld({ seed, tally });
    done += world.checks;
    const bad = world.violations.slice(0, 1).map((line) => `seed ${seed}: ${line}`);
    report({
      checks: world.checks,
      worlds: 1,
      syncs: world.syncs,
      longestSeconds: world.longestSeconds,
      bad,
      tally,
      figures: world.figures,
    });
  }
}

async function small(ofDepth: number): Promise<void> {
  let position = 0;
  let done = {
    checks: 0,
    worlds: 0,
    syncs: 1,
    longestSeconds: 0,
    bad: [] as string[],
    tally: {},
    figures: {},
  };
  for (const sequence of sequences(ofDepth, pairs)) {
    position += 1;
    if (position % step !== index) continue;
    const { checks: ran, violations } = await runSequence(sequence);
    done.checks += ran;
    done.worlds += 1;
    if (violations.length > 0) done.bad.push(`${saidOf(sequence)}: ${violations[0]}`);
    if (done.worlds < AT_ONCE) continue;
    report(done);
    done = { checks: 0, worlds: 0, syncs: 1, longestSeconds: 0, bad: [], tally: {}, figures: {} };
  }
  report(done);
}

function report(done: Done): void {
  parentPort?.postMessage(done);
}
