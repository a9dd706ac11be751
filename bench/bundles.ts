import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { type Built, buildFunction, PLAIN_BUILD } from '../infra/function-build.ts';
import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';

/** A bundle beside its policy, as in the function's asset. */
export interface Bundle {
  readonly folder: string;
  readonly file: string;
  /** Without the source map. */
  readonly bytes: number;
  /** By source file, how many bytes of esbuild's bundle come from it. */
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-bench-'));

/** Built once by each process. */
let built: Promise<Built> | undefined;

/** The function's bundle, as the stack deploys it. Another policy replaces that of the bundle before. */
export async function deployedBundle(policy: WrittenPolicy = {}): Promise<Bundle> {
  const outdir = join(folder, 'deployed');
  built ??= buildFunction(outdir);
  const { file, bytes, metafile } = await built;
  writeFileSync(join(outdir, 'policy.json'), JSON.stringify(policy));
  return { folder: outdir, file, bytes, inputs: outputOf(metafile).inputs };
}

/** The program of the section "pure-pass", built like the function. */
export async function passBundle(): Promise<string> {
  const { file } = await buildFunction(join(folder, 'pass'), 'bench/child/pass.ts');
  return file;
}

/** The two AWS clients, imported as their documentation shows, and nothing else. */
export function floorBundle(): Promise<Bundle> {
  return plainBundle('floor');
}

/** A handler that does nothing. */
export function emptyBundle(): Promise<Bundle> {
  return plainBundle('empty');
}

async function plainBundle(name: 'floor' | 'empty'): Promise<Bundle> {
  const outdir = join(folder, name);
  const file = join(outdir, 'index.js');
  const entryPoints = [`bench/child/${name}.ts`];
  const { metafile } = await build({ ...PLAIN_BUILD, entryPoints, outfile: file, metafile: true });
  const { bytes, inputs } = outputOf(metafile);
  return { folder: outdir, file, bytes, inputs };
}

function outputOf({ outputs }: Metafile): Metafile['outputs'][string] {
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (output === undefined) throw new Error('esbuild wrote no bundle');
  return output;
}
