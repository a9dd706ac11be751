import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(__dirname, 'another-process-main.ts');

const running: ChildProcess[] = [];

/** Another process on this machine, with a `FileStore` of its own on the same file. It runs one command at a time. */
export class AnotherProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a process that is ready for its first command. With `maxBytes` it cannot write a longer file, as on a full disk. */
  static async start(
    file: string,
    { maxBytes }: { readonly maxBytes?: number } = {},
  ): Promise<AnotherProcess> {
    const run = [process.execPath, '--import', 'tsx', PROGRAM, file];
    const blocks = maxBytes === undefined ? 'unlimited' : String(maxBytes / 512);
    const child = spawn('sh', ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'sh', ...run], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A process with a limit on its files would leave truncated files in that cache.
      env: { ...process.env, ...(maxBytes !== undefined && { TSX_DISABLE_CACHE: '1' }) },
    });
    running.push(child);
    const started = new AnotherProcess(child);
    await started.expect('ready');
    return started;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Sends a command. `save at N`, `save a large state at N`: saves at version N, and sends `saved`, or the error's code,
   * a colon and its message. `hold`: acquires the lock, sends `held`, and keeps the lock. `release`: releases it, and
   * sends `released`. `keep saving`: saves without end, and sends the version after each save.
   */
  send(command: string): void {
    this.#child.send(command);
  }

  /** The next message of the process. */
  async nextMessage(): Promise<unknown> {
    const [message]: unknown[] = await once(this.#child, 'message');
    return message;
  }

  async expect(expected: string): Promise<void> {
    const message = await this.nextMessage();
    if (message !== expected) throw new Error(`the other process sent ${String(message)}, not ${expected}`);
  }

  /** Sends a command, and returns the next message. */
  async run(command: string): Promise<unknown> {
    const message = this.nextMessage();
    this.send(command);
    return await message;
  }

  /** Calls back for every message from now on. */
  onMessage(callback: (message: unknown) => void): void {
    this.#child.on('message', callback);
  }

  /** Kills the process, and waits until it has ended. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

afterEach(async () => {
  const alive = running
    .splice(0)
    .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(
    alive.map(async (child) => {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    }),
  );
});
