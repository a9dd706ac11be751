/**
 * What an alert is known by: `sync:<id>` for a sync; `listing` for the listing as a whole; `records` for all records
 * without a usable id together.
 */
export type Fingerprint = SyncFingerprint | 'listing' | 'records';

export type SyncFingerprint = `sync:${string}`;

const PREFIX = 'sync:';

export function fingerprintOf(syncId: string): SyncFingerprint {
  return `${PREFIX}${syncId}`;
}

export function isSyncFingerprint(fingerprint: string): fingerprint is SyncFingerprint {
  return fingerprint.startsWith(PREFIX);
}

/** The id of the sync behind `sync:<id>`. */
export function syncIdOf(fingerprint: string): string {
  return fingerprint.slice(PREFIX.length);
}
