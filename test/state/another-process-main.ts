import { NOTHING_REMEMBERED, type WatchState } from '../../lambda/core/state.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { FileLock } from '../../lambda/state/file-lock.ts';
import { FileStore } from '../../lambda/state/file-store.ts';

/* The other side of `another-process.ts`, which says what each task means. Its only argument is the memory file. */

/** Some 4 KiB. */
const A_LONG_MEMORY: WatchState = {
  ...NOTHING_REMEMBERED,
  lease: { holder: 'x'.repeat(4096), expiresAt: 0 },
};

const file = process.argv[2] ?? '';
const store = new FileStore(file);
let letGo = () => {};

const say = (what: string | number) => process.send?.(what);

async function save(state: WatchState, version: number): Promise<void> {
  try {
    await store.save(state, version);
    say('written');
  } catch (error) {
    const code = error instanceof SyncAlertsError ? error.code : 'not an error of ours';
    say(`${code}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function keepWriting(): Promise<never> {
  let { version } = await store.load();
  for (;;) {
    version = await store.save(NOTHING_REMEMBERED, version);
    say(version);
  }
}

async function hold(): Promise<void> {
  const lock = new FileLock(`${file}.lock`, 'the lock of another process');
  await lock.hold(
    () =>
      new Promise((resolve) => {
        letGo = () => resolve(undefined);
        say('held');
      }),
  );
  say('released');
}

process.on('message', (task) => {
  const [, what, version] = /^remember( a long one)? at (\d+)$/.exec(String(task)) ?? [];
  if (version !== undefined) void save(what ? A_LONG_MEMORY : NOTHING_REMEMBERED, Number(version));
  else if (task === 'hold') void hold();
  else if (task === 'release') letGo();
  else if (task === 'keep writing') void keepWriting();
  else throw new Error(`no such task: ${String(task)}`);
});
say('ready');
