import { INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { FileLock } from '../../lambda/state/file-lock.ts';
import { FileStore } from '../../lambda/state/file-store.ts';

/* The other side of `another-process.ts`, which documents the commands. The only argument is the state file. */

/** About 4 KiB. */
const LARGE_STATE: WatchState = {
  ...INITIAL_STATE,
  lease: { holder: 'x'.repeat(4096), expiresAt: 0 },
};

const file = process.argv[2] ?? '';
const store = new FileStore(file);
let release = () => {};

const send = (message: string | number) => process.send?.(message);

async function save(state: WatchState, version: number): Promise<void> {
  try {
    await store.save(state, version);
    send('saved');
  } catch (error) {
    const code = error instanceof SyncAlertsError ? error.code : 'unexpected error';
    send(`${code}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function keepSaving(): Promise<never> {
  let { version } = await store.load();
  for (;;) {
    version = await store.save(INITIAL_STATE, version);
    send(version);
  }
}

async function hold(): Promise<void> {
  const lock = new FileLock(`${file}.lock`, { label: 'the state of another process' });
  await lock.hold(
    () =>
      new Promise((resolve) => {
        release = () => resolve(undefined);
        send('held');
      }),
  );
  send('released');
}

process.on('message', (command) => {
  const [, isLarge, version] = /^save( a large state)? at (\d+)$/.exec(String(command)) ?? [];
  if (version !== undefined) void save(isLarge ? LARGE_STATE : INITIAL_STATE, Number(version));
  else if (command === 'hold') void hold();
  else if (command === 'release') release();
  else if (command === 'keep saving') void keepSaving();
  else throw new Error(`unknown command: ${String(command)}`);
});
send('ready');
