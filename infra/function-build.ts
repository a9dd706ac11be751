import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Options, transform } from '@swc/core';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { withoutUnusedParts } from './unused-parts.ts';

/** The root of this repository, relative to this file, so that the construct also works in an app in another folder. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The file that AWS calls, relative to the root. */
export const FUNCTION_ENTRY = 'lambda/handler.ts';

/** How esbuild builds a program for the function's version of Node.js. docs/adr/0004-the-bundle.md has the reasons. */
export const PLAIN_BUILD = {
  absWorkingDir: PROJECT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
} satisfies BuildOptions;

/** What the build of the function adds: parts of the clients of AWS and Slack that they import and it does not use go. */
export const FUNCTION_BUILD = {
  ...PLAIN_BUILD,
  plugins: [withoutUnusedParts],
  /** By what takes their place. */
  alias: {
    '@aws-sdk/credential-provider-node': './lambda/aws/environment-credentials.ts',
    '@aws-sdk/middleware-endpoint-discovery': './lambda/aws/no-endpoint-discovery.ts',
    '@aws/lambda-invoke-store': './lambda/aws/no-invoke-store.ts',
    // Its index also exports a client for workflow webhooks.
    '@slack/webhook': '@slack/webhook/dist/IncomingWebhook.js',
    '@smithy/core/checksum': './lambda/aws/sha256.ts',
    '@smithy/core/event-streams': './lambda/aws/no-event-streams.ts',
    'p-retry': './lambda/slack/run-once.ts',
  },
} satisfies BuildOptions;

/** esbuild shortens names and syntax; after it SWC evaluates what is constant, and inlines what is used once. */
const MINIFICATION = {
  swcrc: false,
  configFile: false,
  isModule: false,
  sourceMaps: true,
  minify: true,
  jsc: {
    target: 'es2024',
    parser: { syntax: 'ecmascript' },
    minify: { compress: { passes: 3, toplevel: true }, mangle: { toplevel: true } },
  },
} satisfies Options;

/** What a build has written, beside its source map. */
export interface Built {
  readonly file: string;
  /** Without the source map. */
  readonly bytes: number;
  /** Of esbuild. Its bytes by source file are those before the last minification, which takes a twentieth off. */
  readonly metafile: Metafile;
}

/**
 * Writes `index.js` and `index.js.map` of a program into a folder, as the function is deployed. Both are the same bytes
 * wherever the checkout, its node_modules and the folder are.
 */
export async function buildFunction(outdir: string, entry = FUNCTION_ENTRY): Promise<Built> {
  const file = resolve(PROJECT, outdir, 'index.js');
  const { metafile, outputFiles } = await build({
    ...FUNCTION_BUILD,
    entryPoints: [entry],
    outfile: file,
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const textOf = (path: string) => outputFiles.find((output) => output.path === path)?.text ?? '';
  const { code, map = '' } = await transform(textOf(file), {
    ...MINIFICATION,
    inputSourceMap: textOf(`${file}.map`),
  });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  writeFileSync(`${file}.map`, withRelativeSources(map, dirname(file)));
  return { file, bytes: Buffer.byteLength(code), metafile };
}

/** esbuild names sources relative to the output folder, which differs from machine to machine. */
function withRelativeSources(text: string, outdir: string): string {
  const map: { sources: readonly string[] } = JSON.parse(text);
  const sources = map.sources.map((source) => {
    const path = relative(PROJECT, resolve(outdir, source)).split(sep).join('/');
    return path.replace(/^.*?(?=node_modules\/)/, '');
  });
  return JSON.stringify({ ...map, sources });
}
