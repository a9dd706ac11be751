/*
 * In: the name of a program in this folder. Out: that program runs in this process.
 * cli/start.mjs and cli/invoke.mjs call it, for `npm start` and `npm run invoke`.
 *
 * It bundles the program when a source is newer than the last bundle, and is itself plain JavaScript: a transpiler that
 * starts with every check would cost four times as much as the check.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const cache = join(project, 'node_modules', '.cache', 'sync-alerts');
/** Files that decide what a bundle is, beside its sources. */
const TOOLS = ['package-lock.json', 'cli/launch.mjs'];

/** Runs `cli/<program>.ts`. */
export async function launch(program) {
  // Node.js 24.14 and later; it loads the proxies of the environment, which costs time.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) http.setGlobalProxyFromEnv?.();
  const file = join(cache, `${program}.mjs`);
  const url = isCurrent(file) ? pathToFileURL(file).href : await bundle(program, file);
  // Node.js 22.8 and later keep the code that V8 compiled.
  module.enableCompileCache?.(join(cache, 'compiled'));
  await import(url);
}

/** Whether the bundle was made from the sources as they are now. */
function isCurrent(file) {
  try {
    const stamps = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
    return Object.entries(stamps).every(([source, stamp]) => stampOf(source) === stamp);
  } catch {
    return false;
  }
}

/** Bundles the program and returns the URL of the bundle. */
async function bundle(program, file) {
  const esbuild = await import('esbuild');
  // Some bundled packages are CommonJS and call `require`, which an ES module does not have.
  const require = `createRequire(${JSON.stringify(pathToFileURL(file).href)})`;
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: project,
    entryPoints: [`cli/${program}.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: `import{createRequire}from'node:module';const require=${require};` },
    metafile: true,
    write: false,
  });
  const sources = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules'));
  const stamps = Object.fromEntries([...sources, ...TOOLS].map((path) => [path, stampOf(path)]));
  const [{ contents }] = outputFiles;
  try {
    mkdirSync(cache, { recursive: true });
    replace(file, contents);
    replace(`${file}.json`, JSON.stringify(stamps));
    return pathToFileURL(file).href;
  } catch {
    // A folder that this user may not write: the bundle runs from memory, and the next start bundles again.
    return `data:text/javascript;base64,${Buffer.from(contents).toString('base64')}`;
  }
}

function stampOf(source) {
  const { mtimeMs, size } = statSync(join(project, source));
  return `${mtimeMs} ${size}`;
}

/** Writes a file as a whole, also when two processes start at the same time. */
function replace(file, content) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}
