import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { type PeerCount, TARGETS } from '../../test/fuzz/targets.ts';
import { optionsOf, wholeNumber } from '../command-line.ts';

const BATCH = 500;

const USAGE = `npm run fuzz -- [--cases N] [--seed N] [--target NAME] [--cores N]

The parsers under random and mutated input: 100,000 cases on one core, from a seed of the moment on, unless it is said.
Shows progress and ends with counts; at a failure with 1, and with the command that repeats it.
The targets: ${TARGETS.map(({ name }) => name).join('; ')}.
`;

const values = optionsOf(USAGE, {
  cases: { type: 'string', default: '100000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  target: { type: 'string', default: '' },
  cores: { type: 'string', default: '1' },
  /** Set for those that this program starts: which part of the batches is theirs. */
  part: { type: 'string' },
  help: { type: 'boolean' },
});
const cases = wholeNumber(USAGE, 'cases', values.cases);
const seed = wholeNumber(USAGE, 'seed', values.seed);
const cores = Math.min(wholeNumber(USAGE, 'cores', values.cores), availableParallelism());
const targets = TARGETS.filter(({ name }) => name.includes(values.target));
if (targets.length === 0)
  throw new Error(`no target is called ${values.target}: ${TARGETS.map(({ name }) => name).join('; ')}`);
const batchesEach = Math.max(1, Math.ceil(cases / targets.length / BATCH));

if (values.part === undefined) process.exitCode = await all();
else process.exitCode = await part(wholeNumber(USAGE, 'part', values.part));

/** Batch by batch, each with a seed of its own, so that a failure is found again in moments. */
async function part(mine: number): Promise<number> {
  for (let batch = mine; batch < batchesEach; batch += cores) {
    for (const { name, run } of targets) {
      const ran = await run(BATCH, seed + batch);
      process.stdout.write(`${JSON.stringify({ name, ...ran })}\n`);
      if (ran.failure !== undefined) {
        process.stderr.write(
          `\n${name}\nfails with: npm run fuzz -- --cases ${BATCH} --seed ${seed + batch} --target '${name}'\n${ran.failure}\n`,
        );
        return 1;
      }
    }
  }
  return 0;
}

async function all(): Promise<number> {
  const started = performance.now();
  const counts = new Map(targets.map(({ name }) => [name, { cases: 0, taken: 0 }]));
  let shown = 0;
  const count = (line: string) => {
    const { name, cases, taken }: PeerCount & { readonly name: string } = JSON.parse(line);
    const sum = counts.get(name);
    if (sum === undefined) return;
    sum.cases += cases;
    sum.taken += taken;
    const done = [...counts.values()].reduce((total, one) => total + one.cases, 0);
    if (performance.now() - shown < 5000) return;
    shown = performance.now();
    const perSecond = Math.round(done / ((shown - started) / 1000));
    process.stderr.write(`${done} of ${batchesEach * BATCH * targets.length} cases, ${perSecond} a second\n`);
  };
  console.log(`seed ${seed}, ${cores === 1 ? '1 process' : `${cores} processes`}`);
  const codes = await Promise.all(Array.from({ length: cores }, (_, index) => child(index, count)));
  const seconds = Math.round((performance.now() - started) / 1000);
  for (const [name, sum] of counts)
    console.log(`${name}: ${sum.cases} cases, ${sum.taken} taken, ${sum.cases - sum.taken} refused`);
  const failed = codes.some((code) => code !== 0);
  console.log(`${failed ? 'FAILED' : 'each gave a value or a typed error'}; ${seconds} s`);
  return failed ? 1 : 0;
}

/** The same program, for a part of the batches. */
async function child(index: number, onLine: (line: string) => void): Promise<number> {
  const own = [
    '--part',
    String(index),
    '--cases',
    String(cases),
    '--seed',
    String(seed),
    '--target',
    values.target,
  ];
  const [, script = ''] = process.argv;
  const running = spawn(process.execPath, [...process.execArgv, script, ...own, '--cores', String(cores)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: running.stdout }).on('line', onLine);
  return new Promise((resolve) => running.on('close', (code) => resolve(code ?? 1)));
}
