import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { FUNCTION_BUILD, FUNCTION_ENTRY } from '../infra/function-build.ts';
import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';

/** A bundle beside its policy, as in the function's asset. */
export interface Bundle {
  readonly folder: string;
  readonly file: string;
  /** Without the source map. */
  readonly bytes: number;
  /** By source file, how many bytes of the bundle come from it. */
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** The function's bundle, as the stack deploys it. */
export function deployedBundle(policy: WrittenPolicy = {}): Bundle {
  return bundle('deployed', { policy, entry: FUNCTION_ENTRY, alias: FUNCTION_BUILD.alias });
}

/** The two AWS clients, imported as their documentation shows, and nothing else. */
export function floorBundle(): Bundle {
  return bundle('floor', { entry: 'bench/child/floor.ts', alias: {} });
}

/** A handler that does nothing. */
export function emptyBundle(): Bundle {
  return bundle('empty', { entry: 'bench/child/empty.ts', alias: {} });
}

/** The program of the section "pure-pass". */
export function passBundle(): Bundle {
  return bundle('pass', { entry: 'bench/child/pass.ts', alias: {} });
}

interface BundleOptions {
  readonly entry: string;
  readonly alias: Readonly<Record<string, string>>;
  readonly policy?: WrittenPolicy;
}

const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-bench-'));

function bundle(name: string, { entry, alias, policy = {} }: BundleOptions): Bundle {
  const outdir = join(folder, name);
  mkdirSync(outdir, { recursive: true });
  const file = join(outdir, 'index.js');
  const { metafile } = buildSync({
    ...FUNCTION_BUILD,
    alias: { ...alias },
    entryPoints: [entry],
    outfile: file,
    metafile: true,
    logLevel: 'error',
  });
  writeFileSync(join(outdir, 'policy.json'), JSON.stringify(policy));
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (output === undefined) throw new Error(`esbuild wrote no bundle of ${entry}`);
  return { folder: outdir, file, bytes: output.bytes, inputs: output.inputs };
}
