import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/*
 * In: the stack of an unexpected error. Out: the same stack with the files and lines of the repository.
 * failure.ts calls this before it logs such an error, and tools/stack for an error that Lambda logged by itself.
 *
 * Node's own `--enable-source-maps` would do the same, but reads the map at every cold start: a quarter of the import,
 * for a stack that is needed once a year.
 */

/** A position in a stack, with its file, line and column: "/var/task/index.js:12:3456". */
const POSITION = /(?<=\(|at )[^\s()]+\.c?js:\d+:\d+/g;

/** By path. Reading a map takes about 150 ms and 74 MB, so a sandbox reads each map once. */
const maps = new Map<string, SourceMap | undefined>();

/**
 * The stack with each position in a bundle replaced by the position in its source. Total: a stack that cannot be
 * resolved is returned unchanged.
 *
 * @param mapPath The source map of the bundle. @default beside the bundle: `index.js.map` for `index.js`
 */
export function sourceMappedStack(stack: string, mapPath?: string): string {
  return stack.replace(POSITION, (position) => inSource(position, mapPath));
}

function inSource(position: string, mapPath: string | undefined): string {
  const [, file = '', line, column] = /^(.*):(\d+):(\d+)$/.exec(position) ?? [];
  // The lines and columns of a stack start at 1, those of a map at 0.
  const entry = mapAt(mapPath ?? `${file}.map`)?.findEntry(Number(line) - 1, Number(column) - 1);
  if (entry === undefined || !('originalSource' in entry)) return position;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function mapAt(path: string): SourceMap | undefined {
  if (!maps.has(path)) maps.set(path, readMap(path));
  return maps.get(path);
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
