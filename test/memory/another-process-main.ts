import { type Memory, NOTHING_REMEMBERED } from '../../lambda/core/memory.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { FileLock } from '../../lambda/memory/file-lock.ts';
import { FileStore } from '../../lambda/memory/file-store.ts';

/* The other side of `another-process.ts`, which says what each task means. Its only argument is the memory file. */

/** Some 4 KiB. */
const A_LONG_MEMORY: Memory = { ...NOTHING_REMEMBERED, claim: { by: 'x'.repeat(4096), until: 0 } };

const file = process.argv[2] ?? '';
const store = new FileStore(file);
let letGo = () => {};

const say = (what: string | number) => process.send?.(what);

async function remember(memory: Memory, version: number): Promise<void> {
  try {
    await store.remember(memory, version);
    say('written');
  } catch (error) {
    const code = error instanceof SyncAlertsError ? error.code : 'not an error of ours';
    say(`${code}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function keepWriting(): Promise<never> {
  let { version } = await store.recall();
  for (;;) {
    version = await store.remember(NOTHING_REMEMBERED, version);
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
  if (version !== undefined) void remember(what ? A_LONG_MEMORY : NOTHING_REMEMBERED, Number(version));
  else if (task === 'hold') void hold();
  else if (task === 'release') letGo();
  else if (task === 'keep writing') void keepWriting();
  else throw new Error(`no such task: ${String(task)}`);
});
say('ready');
