import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(__dirname, 'another-process-main.ts');

const running: ChildProcess[] = [];

/** Another process on this machine, with a `FileStore` of its own on the same file. It does one task at a time. */
export class AnotherProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts one that is ready for its first task. With `mostBytes` it cannot write a longer file, as on a full disk. */
  static async start(
    file: string,
    { maxBytes }: { readonly maxBytes?: number } = {},
  ): Promise<AnotherProcess> {
    const run = [process.execPath, '--import', 'tsx', PROGRAM, file];
    const blocks = maxBytes === undefined ? 'unlimited' : String(maxBytes / 512);
    const child = spawn('sh', ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'sh', ...run], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // What a process with a bound on its files leaves in that cache would be cut short.
      env: { ...process.env, ...(maxBytes !== undefined && { TSX_DISABLE_CACHE: '1' }) },
    });
    running.push(child);
    const started = new AnotherProcess(child);
    await started.hears('ready');
    return started;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * `remember at N`, `remember a long one at N`: writes at version N, and says `written`, or the error's code, a colon
   * and its message. `hold`: takes the lock, says `held`, and keeps it. `release`: lets go of it, and says `released`. `keep writing`: says the version after each write,
   * without an end.
   */
  tell(task: string): void {
    this.#child.send(task);
  }

  /** What it says next. */
  async says(): Promise<unknown> {
    const [said]: unknown[] = await once(this.#child, 'message');
    return said;
  }

  async hears(expected: string): Promise<void> {
    const said = await this.says();
    if (said !== expected) throw new Error(`the other process said ${String(said)}, not ${expected}`);
  }

  async command(task: string): Promise<unknown> {
    const answer = this.says();
    this.tell(task);
    return await answer;
  }

  /** Everything it says, from now on. */
  onSaid(hear: (said: unknown) => void): void {
    this.#child.on('message', hear);
  }

  /** Kills it, whatever it is at, and waits until it is no more. */
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
