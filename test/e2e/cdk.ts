import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { CommandResult } from './aws-cli.ts';
import type { Emulator } from './emulator.ts';
import { run, succeeds } from './shell.ts';

const OutputsSchema = v.record(v.string(), v.record(v.string(), v.string()));

/** The outputs of a stack by name. */
export type Outputs = Readonly<Record<string, string>>;

interface DeployOptions {
  /** The command for `cdk --app`. @default the one of `cdk.json` */
  readonly app?: string;
  readonly context?: Readonly<Record<string, string>>;
  /** Undo changes made by hand. @default false */
  readonly revertDrift?: boolean;
}

/** Prepares account and region for the CDK, as a person does once. */
export async function bootstrap(emulator: Emulator): Promise<void> {
  await withFolder((folder) => succeeds(cdk(emulator, ['bootstrap', ...outputIn(folder)])));
}

/** Deploys one stack. */
export function deploy(emulator: Emulator, stack: string, options: DeployOptions = {}): Promise<Outputs> {
  return withFolder(async (folder) => {
    const file = join(folder, 'outputs.json');
    const more = ['--require-approval', 'never', '--outputs-file', file, ...outputIn(folder)];
    await succeeds(cdk(emulator, ['deploy', stack, ...more, ...appOptions(options)]));
    const outputs: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return v.parse(OutputsSchema, outputs)[stack] ?? {};
  });
}

/** Runs the CDK CLI. */
function cdk(emulator: Emulator, parameters: readonly string[]): Promise<CommandResult> {
  const { cdk, node } = emulator.tools;
  // The CLI makes CloudFormation read the template from S3. moto recognises its own URLs only with this host name.
  const s3 = emulator.url.replace('127.0.0.1', 'localhost');
  return run(emulator, {
    path: node,
    parameters: [cdk, ...parameters, '--no-notices'],
    environment: {
      AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: s3,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
    },
  });
}

/** An output folder of its own: two runs at the same time must not share one. */
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

function appOptions({ app, context = {}, revertDrift = false }: DeployOptions): string[] {
  return [
    ...(revertDrift ? ['--revert-drift'] : []),
    ...(app === undefined ? [] : ['--app', app]),
    ...Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]),
  ];
}
