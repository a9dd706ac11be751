import { errorCode, SyncAlertsError } from '../errors.ts';

/** The state cannot be read or written. The stored document is not changed. */
export class StateError extends SyncAlertsError {
  constructor(
    code: 'state_unreadable' | 'state_newer' | 'state_unwritable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.name = 'StateError';
  }
}

/** Another check wrote first: nothing was written. */
export class StateConflict extends SyncAlertsError {
  /** @param label Names the document: "the state file .sync-alerts/acme.json". */
  constructor(label: string, version: number) {
    super('state_conflict', `another check wrote ${label} after its version ${version} was read`);
    this.name = 'StateConflict';
  }
}

/** The end of an error about a document that cannot be read. */
export const NOT_CHANGED = 'The stored document was not changed';

/** What follows when the state is deleted or moved away. */
export const EMPTY_STATE_NOTE = 'the next check then sends every open problem again';

/** The fix for a file that cannot be used. */
export const CHECK_THE_PATH = 'check the path, its permissions and the disk';

/** The code of an error of the file system, "ENOENT"; the error as text when it has none. */
export function errnoText(error: unknown): string {
  return errorCode(error) ?? String(error);
}
