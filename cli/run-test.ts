import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Tested, TestFailed, testDeployment } from '../lambda/commands/test-deployment.ts';
import { errorCode } from '../lambda/errors.ts';
import { CHECK_THE_PATH, errnoText, StateError } from '../lambda/state/errors.ts';
import type { StateStore } from '../lambda/state/state-store.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import type { Run } from './printer.ts';
import { testText } from './test-text.ts';
import type { Watch } from './watch.ts';

/** Tests the key, the listing, the state file and the webhook, and prints each step with its result. */
export async function runTest(
  { ports, settings, destination, stateFile }: Watch,
  { printer, request }: Run,
): Promise<ExitCode> {
  const state = writableStore(ports.state, stateFile);
  const notPosted = settings.dryRun ? 'not tested: a dry run posts nothing' : NOT_POSTED[destination];
  const host = {
    before: [],
    stateLabel: `the state file ${stateFile}`,
    ...(notPosted && { notPosted }),
    othersNotPosted: 'not tested: on a laptop its messages are only printed',
  };
  const tested = await resultOf(testDeployment({ ...ports, state }, settings, host));
  if (request.given.has('quiet') && tested.passed) return EXIT_CODES.success;
  printer.json(tested);
  printer.text(testText(tested));
  return tested.passed ? EXIT_CODES.success : EXIT_CODES.failure;
}

const NOT_POSTED = {
  slack: undefined,
  terminal: 'not tested: SLACK_WEBHOOK_URL is not set, so messages are only printed. Set it and test again',
} as const;

async function resultOf(testing: Promise<Tested>): Promise<Tested> {
  try {
    return await testing;
  } catch (error) {
    if (error instanceof TestFailed) return error.tested;
    throw error;
  }
}

/** The same store, which can also not be loaded where its file could not be written. */
function writableStore(store: StateStore, file: string): StateStore {
  return {
    save: store.save.bind(store),
    load: async () => {
      const loaded = await store.load();
      await expectWritable(dirname(file));
      return loaded;
    },
  };
}

/** A save renames a file within the folder, which it makes where it is missing. */
async function expectWritable(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && dirname(folder) !== folder) return expectWritable(dirname(folder));
    const problem = `cannot write into the folder ${folder} (${errnoText(error)})`;
    throw new StateError('state_unwritable', `${problem}: ${CHECK_THE_PATH}`, { cause: error });
  }
}
