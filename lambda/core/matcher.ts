import type { Alert } from './alert.ts';
import { isSyncFingerprint, syncIdOf } from './fingerprint.ts';
import type { AlertProblem, Severity } from './problem.ts';
import type { Labels } from './sync.ts';

/** The fields by which a matcher selects syncs: the ids and names that the API gives. */
export const SYNC_FIELDS = [
  'id',
  'name',
  'connector',
  'connection',
  'source',
  'kb',
  'table',
  'source_kind',
] as const;
export type SyncField = (typeof SYNC_FIELDS)[number];

/**
 * Selects syncs: each of its fields must match, by any of the patterns of the field. In a pattern `*` stands for any
 * characters or none; the rest is compared exactly.
 */
export type SyncMatcher = Readonly<Partial<Record<SyncField, readonly string[]>>>;

/** Selects alerts: also by what they are about. */
export type AlertMatcher = SyncMatcher & {
  readonly problem?: readonly AlertProblem[];
  readonly severity?: readonly Severity[];
};

/** The longest pattern: with it, comparing takes a time that only grows with the length of the text. */
export const MAX_PATTERN_LENGTH = 200;

/** @param id Null for a record without a usable id. A sync that lacks a field of the matcher does not match. */
export function matchesSync(matcher: SyncMatcher, id: string | null, labels: Labels | null): boolean {
  return SYNC_FIELDS.every((field) => {
    const patterns = matcher[field];
    if (patterns === undefined) return true;
    const value = field === 'id' ? id : (labels?.[LABELS[field]] ?? null);
    return value !== null && patterns.some((pattern) => globMatches(pattern, value));
  });
}

/** The alerts `listing` and `records` are about no sync: only their problem and severity can match. */
export function matchesAlert(
  matcher: AlertMatcher,
  fingerprint: string,
  { problem, severity, labels }: Pick<Alert, 'problem' | 'severity' | 'labels'>,
): boolean {
  return (
    (matcher.problem?.includes(problem) ?? true) &&
    (matcher.severity?.includes(severity) ?? true) &&
    matchesSync(matcher, isSyncFingerprint(fingerprint) ? syncIdOf(fingerprint) : null, labels)
  );
}

/** A matcher in the words of a person: "connection pg-*, name orders or refunds". */
export function matcherText(matcher: AlertMatcher): string {
  return Object.entries(matcher)
    .map(([field, patterns]) => `${field} ${patterns.join(' or ')}`)
    .join(', ');
}

const LABELS: Readonly<Record<Exclude<SyncField, 'id'>, Exclude<keyof Labels, 'intervalSeconds'>>> = {
  name: 'name',
  connector: 'connectorId',
  connection: 'connectionRef',
  source: 'source',
  kb: 'kbUid',
  table: 'destTable',
  source_kind: 'sourceKind',
};

/** Goes through the text once: each part between two `*` is taken at its first place. */
export function globMatches(pattern: string, text: string): boolean {
  const first = pattern.indexOf('*');
  if (first < 0) return text === pattern;
  const last = pattern.lastIndexOf('*');
  const end = text.length - (pattern.length - last - 1);
  if (end < first || !text.startsWith(pattern.slice(0, first)) || !text.endsWith(pattern.slice(last + 1)))
    return false;
  let at = first;
  for (let star = first; star < last; ) {
    const next = pattern.indexOf('*', star + 1);
    const part = pattern.slice(star + 1, next);
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
    star = next;
  }
  return at <= end;
}
