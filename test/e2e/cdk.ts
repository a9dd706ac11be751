import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Emulator } from './emulator.ts';
import { mustWork, type Printed, run } from './shell.ts';

const OutputsSchema = v.record(v.string(), v.record(v.string(), v.string()));

/** The outputs of a stack by their names. */
export type Outputs = Readonly<Record<string, string>>;

/** Prepares account and region, as a person does once. */
export async function bootstrap(emulator: Emulator): Promise<void> {
  await withFolder((folder) => mustWork(cdk(emulator, ['bootstrap', ...outputIn(folder)])));
}

/** Deploys one stack. `app` is the command that `cdk --app` gets; without it, that of `cdk.json`. */
export function deploy(
  emulator: Emulator,
  stack: string,
  options: { readonly app?: string; readonly context?: Readonly<Record<string, string>> } = {},
): Promise<Outputs> {
  return withFolder(async (folder) => {
    const file = join(folder, 'outputs.json');
    const more = ['--require-approval', 'never', '--outputs-file', file, ...outputIn(folder)];
    await mustWork(cdk(emulator, ['deploy', stack, ...more, ...appOptions(options)]));
    const outputs: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return v.parse(OutputsSchema, outputs)[stack] ?? {};
  });
}

/** Calls the CDK CLI. */
export function cdk(emulator: Emulator, parameters: readonly string[]): Promise<Printed> {
  const { cdk, node } = emulator.tools;
  // It asks CloudFormation to fetch the template from S3, by a URL that moto takes for its own only under this name.
  const s3 = emulator.url.replace('127.0.0.1', 'localhost');
  return run(emulator, node, [cdk, ...parameters, '--no-notices'], {
    AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: s3,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
  });
}

/** Two that run at once may not share one. */
function outputIn(folder: string): string[] {
  return ['--output', join(folder, 'out')];
}

async function withFolder<T>(during: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-'));
  try {
    return await during(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function appOptions({
  app,
  context = {},
}: {
  readonly app?: string;
  readonly context?: Readonly<Record<string, string>>;
}): string[] {
  return [
    ...(app === undefined ? [] : ['--app', app]),
    ...Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]),
  ];
}
