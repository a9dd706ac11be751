import { hashOf } from './hash.ts';
import type { Labels } from './sync.ts';
import type { Instant } from './time.ts';

/** The listed syncs, as far as a later check needs them once they are missing. */
export type Roster = SyncRoster | CountRoster;

export interface SyncRoster {
  readonly kind: 'syncs';
  /** By fingerprint. */
  readonly syncs: Readonly<Record<string, RosterEntry>>;
}

/** Above `MAX_ROSTER` syncs: how many each connector has. */
export interface CountRoster {
  readonly kind: 'counts';
  readonly counts: Readonly<Record<string, number>>;
}

/** One listed sync. */
export interface RosterEntry {
  /** What people call it. */
  readonly name: string;
  /** A short hash of what makes it the same work: connector, connection, source and destination. */
  readonly work: string;
  /** When it was first listed; absent for syncs of the initial run. */
  readonly since?: Instant;
  /** When it was first absent. */
  readonly missingSince?: Instant;
}

/** Above this many syncs only the counts by connector are kept, so that the state stays small. */
export const MAX_ROSTER = 20_000;

export const EMPTY_ROSTER: SyncRoster = { kind: 'syncs', syncs: {} };

export function rosterSize(roster: Roster): number {
  return roster.kind === 'syncs'
    ? Object.keys(roster.syncs).length
    : Object.values(roster.counts).reduce((sum, count) => sum + count, 0);
}

/** How many syncs are not missing. */
export function listedCount(roster: Roster): number {
  if (roster.kind === 'counts') return rosterSize(roster);
  return Object.values(roster.syncs).filter(({ missingSince }) => missingSince === undefined).length;
}

/** The entries that are missing: hardly any. */
export function missingFrom({ syncs }: SyncRoster): readonly (readonly [string, RosterEntry])[] {
  const missing: [string, RosterEntry][] = [];
  for (const fingerprint in syncs) {
    const entry = syncs[fingerprint];
    if (entry?.missingSince !== undefined) missing.push([fingerprint, entry]);
  }
  return missing;
}

/** 8 hex digits of FNV-1a over connector, connection, source and destination. Collisions only fold lines. */
export function workHash(labels: Labels): string {
  const { connectorId, connectionRef, source, kbUid, destTable } = labels;
  let hash: number | undefined;
  for (const part of [connectorId, connectionRef, source, kbUid, destTable]) {
    // U+FFFF, which is no character, after each part, and one more for a missing one.
    hash = hashOf(part === null ? '\uffff\uffff' : `${part}\uffff`, hash);
  }
  return (hash ?? 0).toString(16).padStart(8, '0');
}
