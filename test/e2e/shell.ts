import { spawn } from 'node:child_process';
import type { CommandResult } from './aws-cli.ts';
import type { Emulator } from './emulator.ts';
import { ROOT } from './tools.ts';

interface Program {
  readonly path: string;
  readonly parameters: readonly string[];
  /** Beside the environment of the emulated account. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a command in bash, as a person who pastes it, as administrator of the emulated account. Its output and `stdin` are
 * pipes: Node.js connects a child by sockets, which a program cannot open as /dev/stdin and /dev/stdout.
 */
export function shell(emulator: Emulator, command: string, stdin = ''): Promise<CommandResult> {
  const script = `set -o pipefail; printf %s "$STANDARD_INPUT" | {\n${command}\n} | cat`;
  return run(emulator, {
    path: 'bash',
    parameters: ['-c', script],
    environment: { STANDARD_INPUT: stdin },
  });
}

/**
 * Runs the AWS CLI and parses its output.
 *
 * @throws Error when the command fails.
 */
export async function aws(emulator: Emulator, ...parameters: readonly string[]): Promise<unknown> {
  // Version 1 of the CLI has its own endpoint for SQS and ignores the one of the environment.
  const options = ['--endpoint-url', emulator.url, '--output', 'json'];
  const { stdout } = await succeeds(emulator.aws([...parameters, ...options]));
  const output: unknown = stdout.trim() === '' ? undefined : JSON.parse(stdout);
  return output;
}

/** Runs a program with the environment of the emulated account, and with nothing of this process's environment. */
export function run(
  emulator: Emulator,
  { path, parameters, environment = {} }: Program,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, parameters, {
      cwd: ROOT,
      env: { ...emulator.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      emulator.printed.push(stdout, stderr);
      resolve({ status, stdout, stderr });
    });
  });
}

/** @throws Error with the whole output when the command fails. */
export async function succeeds(running: Promise<CommandResult>): Promise<CommandResult> {
  const result = await running;
  if (result.status !== 0) throw new Error(`exit ${result.status}\n${result.stdout}\n${result.stderr}`);
  return result;
}
