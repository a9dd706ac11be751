import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { ROOT } from './tools.ts';

export interface CommandResult {
  /** The exit code. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ResultSchema = v.object({ status: v.number(), stdout: v.string(), stderr: v.string() });

/** The AWS CLI in a process that runs one command after another (`aws_cli.py`). */
export class AwsCli {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(python: string, environment: Readonly<Record<string, string>>) {
    const script = join(ROOT, 'test', 'e2e', 'aws_cli.py');
    const child = spawn(python, [script], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error when the process has ended. */
  run(parameters: readonly string[]): Promise<CommandResult> {
    const result = this.#last.then(() => this.#run(parameters));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await exit;
  }

  async #run(parameters: readonly string[]): Promise<CommandResult> {
    this.#process.stdin?.write(`${JSON.stringify(parameters)}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error('the process of the AWS CLI has ended');
    return v.parse(ResultSchema, JSON.parse(line.value));
  }
}
