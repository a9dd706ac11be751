import { SyncAlertsError } from '../errors.ts';

/** A memory that cannot be read or written; what is stored is left as it is. */
export class StateError extends SyncAlertsError {
  constructor(
    code: 'state_unreadable' | 'state_newer' | 'state_unwritable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.name = 'MemoryError';
  }
}

/** Another write came first: nothing was written. */
export class StateConflict extends SyncAlertsError {
  constructor(place: string, version: number) {
    super('state_conflict', `${place} was written by another check since its version ${version} was read`);
    this.name = 'MemoryConflict';
  }
}
