import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

/**
 * `npm run bench:bundle`, or with another Node.js `npm run bench:bundle -- path/to/node`: measures the import of the
 * function's bundle at a cold start, for several builds. It counts the processor time of all threads, because in Lambda they
 * share a fraction of one processor. Each import runs in a process of its own, the builds take turns, and the result is the
 * median over all rounds of the ratio to the deployed build: a machine's speed differs from minute to minute.
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
/** Some bundled packages are CommonJS and call `require`, which an ES module does not have. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
const WITH_MAPS = '--enable-source-maps';
const builds = [
  build('CommonJS, minified, source map (deployed)', { format: 'cjs', sourcemap: true }, WITH_MAPS),
  build('  with the sources in the map', { format: 'cjs', sourcemap: true, sourcesContent: true }, WITH_MAPS),
  build('  without a source map', { format: 'cjs' }),
  build('  without keepNames', { format: 'cjs', sourcemap: true, keepNames: false }, WITH_MAPS),
  build('  not minified', { format: 'cjs', sourcemap: true, minify: false }, WITH_MAPS),
  build(
    '  mainFields: main, module',
    { format: 'cjs', sourcemap: true, mainFields: ['main', 'module'] },
    WITH_MAPS,
  ),
  build(
    'ES module, minified, source map',
    { format: 'esm', sourcemap: true, banner: { js: REQUIRE } },
    WITH_MAPS,
  ),
];

const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-bundle-'));
try {
  const figures = builds.map((each, index) => ({
    ...each,
    ...bundled(each.options, index),
    ms: [] as number[],
  }));
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

function build(name: string, options: BuildOptions, ...flags: string[]) {
  return { name, options, flags };
}

function bundled(options: BuildOptions, index: number) {
  const file = join(folder, `${index}${options.format === 'esm' ? '.mjs' : '.cjs'}`);
  buildSync({ ...shared, ...options, outfile: file });
  return { file, bytes: statSync(file).size };
}

/** Processor time to load the bundle as Lambda loads it, in milliseconds, without the start of Node.js. */
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
