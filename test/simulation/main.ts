/*
 * In: options of the command line. Out: a report on stdout, progress on stderr; exit code 1 with violations.
 * A person calls this as `npm run simulate`.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { optionsOf, usageError, wholeNumber } from '../../tools/command-line.ts';
import { BREAKAGES } from './breakages.ts';
import { Total } from './total.ts';
import type { Job, Progress } from './worker.ts';

const USAGE = `npm run simulate -- [--checks N] [--seed N] [--workers N]   random worlds, from this seed on (default 100,000 checks)
npm run simulate -- --seed N --story                         one world and its events, up to the first violation
npm run simulate -- --break NAME [--seed N]                  a check broken on purpose; exit code 1 if no seed finds it
npm run simulate -- --break list                             the names
npm run simulate -- --exhaustive LENGTH [--pairs]            every sequence of LENGTH checks with every fault, or every two
`;
const SEEDS_PER_BREAKAGE = 50;

const values = optionsOf(USAGE, {
  checks: { type: 'string' },
  seed: { type: 'string' },
  story: { type: 'boolean' },
  break: { type: 'string' },
  exhaustive: { type: 'string' },
  pairs: { type: 'boolean' },
  workers: { type: 'string' },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.break === 'list') {
    process.stdout.write(`${Object.keys(BREAKAGES).join('\n')}\n`);
    return 0;
  }
  if (values.break !== undefined && BREAKAGES[values.break] === undefined) {
    usageError(`there is no breakage "${values.break}": --break list prints the names`, USAGE);
  }
  if (values.story || values.break !== undefined) return runOne();
  return runMany();
}

function optionOr(option: 'seed' | 'workers' | 'checks' | 'exhaustive', fallback: number): number {
  const text = values[option];
  return text === undefined ? fallback : wholeNumber(USAGE, [option, text]);
}

/** Runs one seed, or seeds until one finds the breakage. */
async function runOne(): Promise<number> {
  const { runWorld } = await import('./run-world.ts');
  const { checkWithParts } = await import('./check-with-parts.ts');
  const parts = values.break === undefined ? undefined : BREAKAGES[values.break];
  const first = optionOr('seed', 1);
  const check = parts === undefined ? {} : { check: checkWithParts(parts) };
  for (let seed = first; seed < first + (parts === undefined ? 1 : SEEDS_PER_BREAKAGE); seed += 1) {
    const keepsStory = values.story === true;
    const { violations, story, checks } = await runWorld({ seed, ...check, keepsStory });
    const [violation] = violations;
    const end = story.findIndex((line) => line.includes('VIOLATION'));
    for (const line of end < 0 ? story : story.slice(0, end + 3)) process.stdout.write(`${line}\n`);
    if (parts === undefined) {
      process.stdout.write(`seed ${seed}: ${checks} checks, ${violations.length} violations\n`);
      return violations.length === 0 ? 0 : 1;
    }
    if (violation !== undefined) {
      process.stdout.write(`"${values.break}" is found at seed ${seed}: ${violation}\n`);
      return 0;
    }
  }
  process.stdout.write(`"${values.break}" is NOT found by ${SEEDS_PER_BREAKAGE} seeds\n`);
  return 1;
}

/** Runs worlds or sequences on all cores. */
async function runMany(): Promise<number> {
  const workers = optionOr('workers', availableParallelism());
  const wanted = optionOr('checks', 100_000);
  const depth = values.exhaustive === undefined ? undefined : optionOr('exhaustive', 0);
  const first = optionOr('seed', 1);
  const total = new Total(depth === undefined ? wanted : undefined);
  const program = await bundleWorker();
  await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const job: Job = {
        first: first + index,
        step: workers,
        index,
        checks: Math.ceil(wanted / workers),
        ...(depth !== undefined && { depth }),
        pairs: values.pairs === true,
      };
      return new Promise<void>((resolve, reject) => {
        const worker = new Worker(program, { workerData: job });
        worker.on('message', (progress: Progress) => total.add(progress));
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  total.showProgress();
  process.stdout.write(`${total.report()}\n`);
  return total.violations === 0 ? 0 : 1;
}

/** Bundles the worker as JavaScript: a worker thread does not run TypeScript. */
async function bundleWorker(): Promise<string> {
  const outfile = new URL('../../build/simulation/worker.mjs', import.meta.url).pathname;
  const entryPoints = [new URL('./worker.ts', import.meta.url).pathname];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
  });
  return outfile;
}
