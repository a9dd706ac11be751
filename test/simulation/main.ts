import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { optionsOf, wholeNumber } from '../../tools/command-line.ts';
import { BREAKAGES } from './breakages.ts';
import { type Fault, faultsOf, STEPS, type Tally } from './faults.ts';
import type { Done, Job } from './worker.ts';

const USAGE = `npm run simulate -- [--checks N] [--seed N] [--workers N]   random worlds, from a seed on (default 100,000 checks)
npm run simulate -- --seed N --story                         one world, and all that happened in it
npm run simulate -- --break NAME [--seed N]                   the protocol broken on purpose: caught, or exit 1
npm run simulate -- --break list                              the names
npm run simulate -- --exhaustive DEPTH [--pairs]              every sequence of that many looks, with every fault
`;

const values = optionsOf(USAGE, {
  checks: { type: 'string' },
  seed: { type: 'string' },
  story: { type: 'boolean' },
  break: { type: 'string' },
  exhaustive: { type: 'string' },
  pairs: { type: 'boolean' },
  workers: { type: 'string' },
  help: { type: 'boolean' },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.break === 'list') {
    process.stdout.write(`${Object.keys(BREAKAGES).join('\n')}\n`);
    return 0;
  }
  if (values.break !== undefined && BREAKAGES[values.break] === undefined) {
    process.stderr.write(`no breakage "${values.break}"; there are: ${Object.keys(BREAKAGES).join(', ')}\n`);
    return 2;
  }
  if (values.story || values.break !== undefined) return one();
  return many();
}

function given(option: 'seed' | 'workers' | 'checks' | 'exhaustive', otherwise: number): number {
  const text = values[option];
  return text === undefined ? otherwise : wholeNumber(USAGE, option, text);
}

/** One seed in words, or seeds until the breakage is caught. */
async function one(): Promise<number> {
  const { runWorld } = await import('./run-world.ts');
  const { checkWith } = await import('./straight-line.ts');
  const pieces = values.break === undefined ? undefined : BREAKAGES[values.break];
  const from = given('seed', 1);
  const check = pieces === undefined ? {} : { check: checkWith(pieces) };
  for (let seed = from; seed < from + (pieces === undefined ? 1 : 50); seed += 1) {
    const { violations, story, checks } = await runWorld({ seed, ...check, covers: values.story === true });
    const [first] = violations;
    // A story ends soon after what went wrong first.
    const wrongAt = story.findIndex((line) => line.includes('WRONG'));
    for (const line of wrongAt < 0 ? story : story.slice(0, wrongAt + 3)) process.stdout.write(`${line}\n`);
    if (pieces === undefined) {
      process.stdout.write(`seed ${seed}: ${checks} checks, ${violations.length} violations\n`);
      return violations.length === 0 ? 0 : 1;
    }
    if (first !== undefined) {
      process.stdout.write(`"${values.break}" is caught at seed ${seed}: ${first}\n`);
      return 0;
    }
  }
  process.stdout.write(`"${values.break}" was NOT caught in 50 seeds\n`);
  return 1;
}

/** Worlds, or sequences, on all cores. */
async function many(): Promise<number> {
  const workers = given('workers', availableParallelism());
  const wanted = given('checks', 100_000);
  const depth = values.exhaustive === undefined ? undefined : given('exhaustive', 0);
  const first = given('seed', 1);
  const started = performance.now();
  const total = {
    checks: 0,
    worlds: 0,
    bad: [] as string[],
    tally: {} as Tally,
    figures: {} as Record<string, number>,
    leastSyncs: 1000,
    longestSeconds: 0,
  };
  const program = await bundled();
  let shownAt = started;
  const show = () => {
    const seconds = (performance.now() - started) / 1000;
    const of = depth === undefined ? ` of ${number(wanted)}` : '';
    process.stderr.write(
      `${number(total.checks)}${of} checks in ${number(total.worlds)} ${depth === undefined ? 'worlds' : 'sequences'}, ${total.bad.length} bad, ${seconds.toFixed(0)} s\n`,
    );
  };
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
        worker.on('message', (done: Done) => {
          total.checks += done.checks;
          total.worlds += done.worlds;
          total.leastSyncs = Math.min(total.leastSyncs, done.syncs);
          total.longestSeconds = Math.max(total.longestSeconds, done.longestSeconds);
          total.bad.push(...done.bad);
          for (const line of done.bad) process.stderr.write(`BAD ${line}\n`);
          add(total.tally, done.tally);
          add(total.figures, done.figures);
          if (performance.now() - shownAt < 5000) return;
          shownAt = performance.now();
          show();
        });
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  show();
  if (depth === undefined)
    process.stdout.write(
      `\n${table(total.tally)}\n\n${figures(total.figures)}\nlongest check: ${total.longestSeconds.toFixed(1)} s of 60\n`,
    );
  process.stdout.write(
    `\n${number(total.checks)} checks, ${number(total.worlds)} ${depth === undefined ? `worlds of at least ${total.leastSyncs} syncs` : 'sequences'}, ${total.bad.length} of them bad\n`,
  );
  return total.bad.length === 0 ? 0 : 1;
}

/** The worker as one JavaScript file: a thread runs no TypeScript. */
async function bundled(): Promise<string> {
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

function add(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(more)) to[key] = (to[key] ?? 0) + count;
}

function table(tally: Tally): string {
  const faults = [...new Set(STEPS.flatMap(faultsOf))];
  const cell = (step: (typeof STEPS)[number], fault: Fault) =>
    faultsOf(step).includes(fault) ? number(tally[`${step}|${fault}`] ?? 0) : '–';
  const head = `| fault | ${STEPS.join(' | ')} |\n|---|${STEPS.map(() => '---:|').join('')}`;
  const rows = faults.map((fault) => `| ${fault} | ${STEPS.map((step) => cell(step, fault)).join(' | ')} |`);
  return [head, ...rows].join('\n');
}

function figures(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([what, count]) => `${what}: ${number(count)}`)
    .join('\n');
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}
