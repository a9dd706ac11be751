import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { costOf, type ProcessCost } from './process-cost.ts';

/** The cost of one invocation, or of the import, whose `wallMs` is 0. */
export type InvocationCost = v.InferOutput<typeof costSchema>;

const costSchema = v.object({
  ok: v.boolean(),
  /** Processor time of all threads. */
  cpuMs: v.number(),
  wallMs: v.number(),
  /** The peak resident size of the process up to now. */
  peakMb: v.number(),
  error: v.optional(v.string()),
});

export interface FunctionOptions {
  /** The program of the deployed version of Node.js. */
  readonly node: string;
  /** The file of the bundle. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The memory of the function, which decides how Lambda starts Node.js; by default Node.js decides. */
  readonly memoryMb?: number;
  /** Control groups that the process joins before it starts Node.js. */
  readonly groups?: readonly string[];
}

const CHILD = fileURLToPath(new URL('child/invoke.mjs', import.meta.url));
const LINE = /^BENCH (.*)$/m;

/** A sandbox: a bundle in a process of its own, that can be invoked any number of times. */
export class FunctionProcess {
  readonly #process: ChildProcess;
  #output = '';
  /** Called when there is more output, or when the process has ended. */
  #onChange = (): void => undefined;
  /** The cost of the import; undefined when the process ended before its end. */
  readonly imported: Promise<InvocationCost | undefined>;

  constructor({ node, bundle, environment, memoryMb, groups = [] }: FunctionOptions) {
    const join = groups.map((group) => `echo $$ > ${group}/cgroup.procs`);
    const script = [...join, 'exec "$0" "$@"'].join(' && ');
    const options = memoryMb === undefined ? [] : heapOptions(memoryMb);
    this.#process = spawn('sh', ['-c', script, node, ...options, CHILD, bundle], {
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#process.stdin?.on('error', () => undefined);
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
      this.#onChange();
    });
    this.#process.on('exit', () => this.#onChange());
    this.imported = this.#nextCost();
  }

  /** The cost of the invocation; undefined when the process ended before its end. */
  async invoke(event: unknown = {}): Promise<InvocationCost | undefined> {
    this.#process.stdin?.write(`${JSON.stringify(event)}\n`);
    return this.#nextCost();
  }

  /** The cost of the process since its start, the start of Node.js included. */
  cost(): ProcessCost {
    return costOf(this.#process.pid ?? 0);
  }

  async end(): Promise<void> {
    if (this.#hasEnded()) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async #nextCost(): Promise<InvocationCost | undefined> {
    for (;;) {
      const line = LINE.exec(this.#output);
      if (line !== null) {
        this.#output = this.#output.slice(line.index + line[0].length);
        return v.parse(costSchema, JSON.parse(line[1] ?? ''));
      }
      if (this.#hasEnded()) return undefined;
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}

/**
 * The options with which the runtime of Lambda starts Node.js, where `NODE_OPTIONS` sets neither: a twentieth of the memory
 * for each half of the youngest objects, nine tenths for the old ones (`/var/runtime/bootstrap` of AWS's base images).
 */
function heapOptions(memoryMb: number): readonly string[] {
  const newSpaceMb = Math.floor(memoryMb / 10);
  return [
    `--max-semi-space-size=${Math.floor(newSpaceMb / 2)}`,
    `--max-old-space-size=${memoryMb - newSpaceMb}`,
  ];
}
