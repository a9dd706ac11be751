import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether no installed font has the red circle; false where fontconfig is not installed to say so. */
export async function lacksEmoji(): Promise<boolean> {
  try {
    const { stdout } = await run('fc-list', [':charset=1f534', 'family']);
    return stdout.trim() === '';
  } catch {
    return false;
  }
}
