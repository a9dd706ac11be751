import { spawn } from 'node:child_process';
import type { Emulator } from './emulator.ts';
import { ROOT } from './tools.ts';

/** What a command printed, and whether it worked. */
export interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command as a person would paste it, as the administrator of the emulated account. What it prints comes through
 * pipes, and `stdin` too: Node.js connects a child by sockets, which /dev/stdin and /dev/stdout cannot open.
 */
export function shell(emulator: Emulator, command: string, stdin = ''): Promise<Printed> {
  const script = `set -o pipefail; printf %s "$STANDARD_INPUT" | {\n${command}\n} | cat`;
  return run(emulator, 'bash', ['-c', script], { STANDARD_INPUT: stdin });
}

/** Calls the AWS CLI and parses what it prints. Throws when it fails. */
export async function aws(emulator: Emulator, ...parameters: readonly string[]): Promise<unknown> {
  // Version 1 of the CLI has an endpoint of its own for SQS, whatever the environment says.
  const options = ['--endpoint-url', emulator.url, '--output', 'json'];
  const { stdout } = await mustWork(run(emulator, 'aws', [...parameters, ...options]));
  const answer: unknown = stdout.trim() === '' ? undefined : JSON.parse(stdout);
  return answer;
}

/** Runs a program with the emulator's environment and nothing of this process's own. */
export function run(
  emulator: Emulator,
  program: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
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

/** Throws, with everything that was printed, unless the command worked. */
export async function mustWork(running: Promise<Printed>): Promise<Printed> {
  const printed = await running;
  if (printed.status !== 0) throw new Error(`exit ${printed.status}\n${printed.stdout}\n${printed.stderr}`);
  return printed;
}
