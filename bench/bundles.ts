import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** A bundle beside its policy, as in the function's asset. */
export interface Bundle {
  readonly folder: string;
  readonly file: string;
  /** Without the source map. */
  readonly bytes: number;
  /** By source file, how many bytes of the bundle come from it. */
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** The function's bundle, built with the options of infra/bundling.ts; a test compares the two. */
export function deployedBundle(policy: WrittenPolicy = {}): Bundle {
  return bundle('deployed', {
    policy,
    entry: 'lambda/handler.ts',
    alias: { '@aws-sdk/credential-provider-node': './lambda/aws/environment-credentials.ts' },
  });
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
    absWorkingDir: PROJECT,
    entryPoints: [entry],
    alias: { ...alias },
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
  });
  writeFileSync(join(outdir, 'policy.json'), JSON.stringify(policy));
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (output === undefined) throw new Error(`esbuild wrote no bundle of ${entry}`);
  return { folder: outdir, file, bytes: output.bytes, inputs: output.inputs };
}
