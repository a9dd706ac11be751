import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

/**
 * What importing the function's bundle costs a cold start, for each way to build it, against the one that is deployed:
 * `npm run bench:bundle`, or with another Node.js `npm run bench:bundle -- path/to/node`. Processor time of all threads is
 * counted, since they share a fraction of one processor in Lambda. Each import is a process of its own, the ways take
 * turns, and what counts is the median of each round's ratio to the deployed one: machines differ, and so does one
 * machine from minute to minute.
 */
const ROUNDS = 60;
const node = process.argv[2] ?? process.execPath;

const shared: BuildOptions = {
  entryPoints: ['lambda/handler.ts'],
  bundle: true,
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  sourcesContent: false,
  logLevel: 'error',
};
/** Some of what is bundled is CommonJS, and calls `require`, which an ES module has to be given. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
const WITH_MAPS = '--enable-source-maps';
const ways = [
  way('CommonJS, minified, source map (deployed)', { format: 'cjs', sourcemap: true }, WITH_MAPS),
  way('  with the sources in the map', { format: 'cjs', sourcemap: true, sourcesContent: true }, WITH_MAPS),
  way('  without a source map', { format: 'cjs' }),
  way('  without keepNames', { format: 'cjs', sourcemap: true, keepNames: false }, WITH_MAPS),
  way('  not minified', { format: 'cjs', sourcemap: true, minify: false }, WITH_MAPS),
  way(
    '  mainFields: main, module',
    { format: 'cjs', sourcemap: true, mainFields: ['main', 'module'] },
    WITH_MAPS,
  ),
  way(
    'ES module, minified, source map',
    { format: 'esm', sourcemap: true, banner: { js: REQUIRE } },
    WITH_MAPS,
  ),
];

const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-bundle-'));
try {
  const figures = ways.map((each, index) => ({ ...each, ...built(each.options, index), ms: [] as number[] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { file, flags, ms } of figures) ms.push(importMs(file, flags));
  }
  const deployed = figures[0]?.ms ?? [];
  console.log(
    `Node.js ${run(['-p', 'process.versions.node'])}, ${ROUNDS} imports each, medians of processor time`,
  );
  for (const { name, bytes, ms } of figures) {
    const ratio = median(ms.map((figure, round) => figure / (deployed[round] ?? Number.NaN)));
    const size = `${Math.round(bytes / 1024)} KB`;
    console.log(
      `${name.padEnd(44)}${size.padStart(8)}${median(ms).toFixed(1).padStart(8)} ms  x ${ratio.toFixed(2)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

function way(name: string, options: BuildOptions, ...flags: string[]) {
  return { name, options, flags };
}

function built(options: BuildOptions, index: number) {
  const file = join(folder, `${index}${options.format === 'esm' ? '.mjs' : '.cjs'}`);
  buildSync({ ...shared, ...options, outfile: file });
  return { file, bytes: statSync(file).size };
}

/** From the first line of the program to the handler being there, loaded as Lambda does; Node.js's own start is left out. */
function importMs(file: string, flags: readonly string[]): number {
  const load = file.endsWith('.mjs') ? 'await import' : 'require';
  const program = `(async () => {
    const from = process.cpuUsage();
    ${load}(${JSON.stringify(file)});
    const { user, system } = process.cpuUsage(from);
    console.log((user + system) / 1000);
  })()`;
  return Number(run([...flags, '-e', program]));
}

function run(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(node, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${node} failed: ${stderr}`);
  return stdout.trim();
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
