import { SyncAlertsError } from '../errors.ts';

/** A memory that cannot be read or written; what is stored is left as it is. */
export class MemoryError extends SyncAlertsError {
  constructor(
    code: 'memory_unreadable' | 'memory_newer' | 'memory_unwritable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.name = 'MemoryError';
  }
}

/** Another write came first: nothing was written. */
export class MemoryConflict extends SyncAlertsError {
  constructor(place: string, version: number) {
    super('memory_conflict', `${place} was written by another check since its version ${version} was read`);
    this.name = 'MemoryConflict';
  }
}
