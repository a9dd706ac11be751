import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { type FuzzResult, TARGETS } from '../../test/fuzz/targets.ts';
import { optionsOf, usageError, wholeNumber } from '../command-line.ts';

/** Cases a run of one target; each batch has its own seed, so that a failure is repeated in moments. */
const BATCH_SIZE = 500;
const PROGRESS_INTERVAL_MS = 5000;

const USAGE = `npm run fuzz -- [--cases N] [--seed N] [--target NAME] [--cores N]

Runs the parsers on random and mutated input: by default 100,000 cases on one core, with a seed from the clock.
Prints progress and counts. On a failure it prints the command that repeats it, and exits with 1.
--target takes a part of a name:
${TARGETS.map(({ name }) => `    ${name}`).join('\n')}
`;

const values = optionsOf(USAGE, {
  cases: { type: 'string', default: '100000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  target: { type: 'string', default: '' },
  cores: { type: 'string', default: '1' },
  /** Only in the processes that this one starts: the number of their first batch. */
  part: { type: 'string' },
});
const cases = wholeNumber(USAGE, ['cases', values.cases], { min: 1 });
const seed = wholeNumber(USAGE, ['seed', values.seed]);
const cores = Math.min(wholeNumber(USAGE, ['cores', values.cores], { min: 1 }), availableParallelism());
const targets = TARGETS.filter(({ name }) => name.includes(values.target));
if (targets.length === 0) usageError(`there is no target "${values.target}"`, USAGE);
const batchesPerTarget = Math.max(1, Math.ceil(cases / targets.length / BATCH_SIZE));

if (values.part === undefined) process.exitCode = await runAll();
else process.exitCode = await runPart(wholeNumber(USAGE, ['part', values.part]));

/** Runs every `cores`-th batch from `first` on, and prints the result of each as a line of JSON. */
async function runPart(first: number): Promise<number> {
  for (let batch = first; batch < batchesPerTarget; batch += cores) {
    for (const { name, run } of targets) {
      const result = await run(BATCH_SIZE, seed + batch);
      process.stdout.write(`${JSON.stringify({ name, ...result })}\n`);
      if (result.failure !== undefined) {
        const command = `npm run fuzz -- --cases ${BATCH_SIZE} --seed ${seed + batch} --target '${name}'`;
        process.stderr.write(`\n${name}\nrepeat with: ${command}\n${result.failure}\n`);
        return EXIT_CODES.failure;
      }
    }
  }
  return EXIT_CODES.success;
}

/** Starts a process a core, adds up their results and prints the counts. */
async function runAll(): Promise<number> {
  const started = performance.now();
  const counts = new Map(targets.map(({ name }) => [name, { cases: 0, accepted: 0 }]));
  let shownAt = 0;
  const count = (line: string) => {
    const { name, cases, accepted }: FuzzResult & { readonly name: string } = JSON.parse(line);
    const sum = counts.get(name);
    if (sum === undefined) return;
    sum.cases += cases;
    sum.accepted += accepted;
    const done = [...counts.values()].reduce((total, one) => total + one.cases, 0);
    if (performance.now() - shownAt < PROGRESS_INTERVAL_MS) return;
    shownAt = performance.now();
    const perSecond = Math.round(done / ((shownAt - started) / 1000));
    const total = batchesPerTarget * BATCH_SIZE * targets.length;
    process.stderr.write(`${done} of ${total} cases, ${perSecond} a second\n`);
  };
  console.log(`seed ${seed}, ${cores === 1 ? '1 process' : `${cores} processes`}`);
  const codes = await Promise.all(Array.from({ length: cores }, (_, index) => startPart(index, count)));
  const seconds = Math.round((performance.now() - started) / 1000);
  for (const [name, { cases, accepted }] of counts)
    console.log(`${name}: ${cases} cases, ${accepted} accepted, ${cases - accepted} rejected`);
  const hasFailed = codes.some((code) => code !== EXIT_CODES.success);
  console.log(`${hasFailed ? 'FAILED' : 'every case gave a value or a typed error'}; ${seconds} s`);
  return hasFailed ? EXIT_CODES.failure : EXIT_CODES.success;
}

/** Starts this program again for a part of the batches; resolves to its exit code. */
async function startPart(index: number, onLine: (line: string) => void): Promise<number> {
  const options = {
    part: String(index),
    cases: String(cases),
    seed: String(seed),
    target: values.target,
    cores: String(cores),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const [, script = ''] = process.argv;
  const part = spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: part.stdout }).on('line', onLine);
  return new Promise((resolve) => part.on('close', (code) => resolve(code ?? EXIT_CODES.failure)));
}
