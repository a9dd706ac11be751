import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { AwsCli, type CommandResult } from './aws-cli.ts';
import { findTools, ROOT, type Tools } from './tools.ts';

export const REGION = 'us-east-1';

const START_MS = 30_000;

const InvocationSchema = v.pipe(
  v.object({
    requestId: v.string(),
    functionName: v.string(),
    containerId: v.string(),
    cold: v.boolean(),
    durationMs: v.number(),
    status: v.picklist(['running', 'success', 'error', 'timeout']),
    payload: v.string(),
    output: v.string(),
    log: v.string(),
  }),
  v.transform((invocation) => ({ ...invocation, result: parsed(invocation.payload) })),
);
const InvocationsSchema = v.array(InvocationSchema);

const CallSchema = v.object({
  requestId: v.string(),
  functionName: v.string(),
  service: v.string(),
  action: v.string(),
  atMs: v.number(),
  status: v.number(),
});

/** One attempt of a function to call an AWS API, with the HTTP status that the function got. */
type Call = v.InferOutput<typeof CallSchema>;

/** One invocation of a function. `result` is its parsed payload: the response or the error. */
export type Invocation = v.InferOutput<typeof InvocationSchema>;

/** Makes the next calls of one action by functions fail. Calls of the test itself never fail. */
export interface Fault {
  /** The service's name in AWS signatures: "dynamodb". */
  readonly service: string;
  readonly action: string;
  /** The name of the exception. */
  readonly error: string;
  /** How many calls fail, retries of the SDK included. @default 1 */
  readonly times?: number;
  readonly message?: string;
  /** The HTTP status. @default 400 */
  readonly status?: number;
  /** For TransactionCanceledException, one for each item: "None", or a code such as "ThrottlingError". */
  readonly reasons?: readonly string[];
  /** The call takes effect, and only its response is lost. */
  readonly applied?: boolean;
  readonly delaySeconds?: number;
}

/** A running emulator of one AWS account: Python's `emulator` package. */
export class Emulator {
  /** Without a trailing slash. */
  readonly url: string;
  readonly tools: Tools;
  /** The output of every command that ran against it. */
  readonly printed: string[] = [];
  readonly #process: ChildProcess;
  readonly #home: string;
  #cli: AwsCli | undefined;

  constructor(url: string, tools: Tools, process: ChildProcess, home: string) {
    this.url = url;
    this.tools = tools;
    this.#process = process;
    this.#home = home;
  }

  /**
   * The environment of a process that calls AWS as administrator. It contains nothing of the person's own configuration,
   * so the process cannot reach the real AWS.
   */
  get environment(): Readonly<Record<string, string>> {
    return {
      PATH: this.tools.path,
      HOME: this.#home,
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: 'administrator',
      AWS_SECRET_ACCESS_KEY: 'administrator',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    };
  }

  /** Runs the AWS CLI. */
  async aws(parameters: readonly string[]): Promise<CommandResult> {
    this.#cli ??= new AwsCli(this.tools.python, this.environment);
    const result = await this.#cli.run(parameters);
    this.printed.push(result.stdout, result.stderr);
    return result;
  }

  /**
   * Invokes a function and waits, as `aws lambda invoke` does.
   *
   * @throws Error when AWS refuses the invocation, not when the function fails.
   */
  async invoke(functionName: string, event: unknown = {}): Promise<Invocation> {
    const response = await this.#lambda(functionName, event, 'RequestResponse');
    return this.invocation(response.headers.get('x-emulator-request-id') ?? '');
  }

  /** Invokes a function without waiting, and returns the request id. */
  async invokeAsync(functionName: string, event: unknown = {}): Promise<string> {
    const response = await this.#lambda(functionName, event, 'Event');
    return response.headers.get('x-emulator-request-id') ?? '';
  }

  /** The current data of an invocation. */
  async invocation(requestId: string): Promise<Invocation> {
    const [found] = await this.#read(`invocations?requestId=${requestId}`, InvocationsSchema);
    if (found === undefined) throw new Error(`there is no invocation ${requestId}`);
    return found;
  }

  /** All invocations, in the order of their start. */
  invocations(): Promise<readonly Invocation[]> {
    return this.#read('invocations', InvocationsSchema);
  }

  /** Waits until an invocation has ended, at the function's time limit at the latest. */
  async waitForEnd(requestId: string): Promise<Invocation> {
    for (;;) {
      const invocation = await this.invocation(requestId);
      if (invocation.status !== 'running' && invocation.log !== '') return invocation;
      await wait(50);
    }
  }

  /** The calls of one invocation, in their order; without an id, those of all functions. */
  calls(requestId?: string): Promise<readonly Call[]> {
    return this.#read(
      requestId === undefined ? 'calls' : `calls?requestId=${requestId}`,
      v.array(CallSchema),
    );
  }

  /** Makes calls fail from now on. A fault without calls left has no effect. */
  async inject(fault: Fault): Promise<void> {
    await this.#control('POST', 'faults', fault);
  }

  /** Removes all faults. */
  async clearFaults(): Promise<void> {
    await this.#control('DELETE', 'faults');
  }

  /** Removes the idle containers: the next invocation of every function is a cold start. */
  async coolDown(): Promise<void> {
    await this.#control('DELETE', 'containers');
  }

  /** Fires a schedule once, with its role and its input, and returns the request id of the invocation. */
  async fire(scheduleName: string): Promise<string> {
    const answer = await this.#control('POST', `schedules/${encodeURIComponent(scheduleName)}`);
    return v.parse(v.object({ requestId: v.string() }), answer).requestId;
  }

  /** Stops the emulator and everything that runs in it. */
  async stop(): Promise<void> {
    await this.#cli?.end();
    if (this.#process.exitCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await exit;
    }
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #lambda(functionName: string, event: unknown, type: string): Promise<Response> {
    const path = `2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
    const response = await fetch(`${this.url}/${path}`, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=administrator/20260101/${REGION}/lambda/aws4_request`,
        'x-amz-invocation-type': type,
      },
      body: JSON.stringify(event),
    });
    if (!response.ok) throw new Error(`Invoke ${functionName}: ${response.status} ${await response.text()}`);
    return response;
  }

  async #read<Schema extends v.GenericSchema>(path: string, schema: Schema): Promise<v.InferOutput<Schema>> {
    return v.parse(schema, await this.#control('GET', path));
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${this.url}/emulator/${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  }
}

/**
 * Starts an emulator, which takes a free port, and waits until it is ready.
 *
 * @throws Error with its output when it does not start within 30 s.
 */
export async function startEmulator(): Promise<Emulator> {
  const tools = findTools();
  const parameters = ['-m', 'emulator', '--node', tools.node, '--runtime-client', tools.runtimeClient];
  const child = spawn(tools.python, parameters, {
    cwd: join(ROOT, 'test', 'e2e'),
    env: { PATH: tools.path, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  }
  const until = performance.now() + START_MS;
  for (;;) {
    const [, port] = /^port (\d+)$/m.exec(printed.join('')) ?? [];
    if (port !== undefined) {
      const home = mkdtempSync(join(tmpdir(), 'sync-alerts-e2e-'));
      return new Emulator(`http://127.0.0.1:${port}`, tools, child, home);
    }
    if (child.exitCode !== null || performance.now() > until) {
      child.kill();
      throw new Error(`The emulator did not start:\n${printed.join('')}`);
    }
    await wait(100);
  }
}

function parsed(payload: string): unknown {
  return payload === '' ? undefined : JSON.parse(payload);
}
