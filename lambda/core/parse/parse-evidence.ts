/*
 * In: the JSON of a neighbouring route. Out: what it says, or undefined when it is not understood.
 * timbal/evidence.ts calls these, one for each answer.
 */
import { trimmed } from '../blank.ts';
import { redactCredentials } from '../credentials.ts';
import type { Connector, Run } from '../evidence.ts';
import { CLOCK_SLACK_SECONDS, type Instant, secondsBetween } from '../time.ts';
import { parseInstant } from './parse-instant.ts';
import { count, finite, identifier, isObject, label, nullable, text } from './readers.ts';

export interface EvidenceContext {
  /** Removes the secrets of sync-alerts from a text of the API. */
  readonly redact: (text: string) => string;
  readonly now: Instant;
}

/**
 * The runs of the wanted syncs, by sync, the latest first. A job that belongs to no wanted sync, or that has no date that
 * can be, is left out; of two with one id the later counts.
 */
export function parseRuns(
  json: unknown,
  wanted: ReadonlySet<string>,
  context: EvidenceContext,
): ReadonlyMap<string, readonly Run[]> | undefined {
  const jobs = listIn(json, 'jobs');
  if (jobs === undefined) return undefined;
  const found = new Map<string, { readonly syncId: string; readonly run: Run }>();
  for (const [index, job] of jobs.entries()) {
    if (!isObject(job)) continue;
    const syncId = identifier(job['sync_id']);
    if (syncId === undefined || !wanted.has(syncId)) continue;
    const run = runOf(job, context);
    if (run === undefined) continue;
    const id = identifier(job['id']) ?? `job ${index}`;
    const other = found.get(id);
    if (other === undefined || run.at > other.run.at) found.set(id, { syncId, run });
  }
  const bySync = new Map<string, Run[]>();
  for (const { syncId, run } of found.values()) {
    const runs = bySync.get(syncId);
    if (runs === undefined) bySync.set(syncId, [run]);
    else runs.push(run);
  }
  for (const runs of bySync.values()) runs.sort((one, other) => other.at - one.at);
  return bySync;
}

/** The runs in the answer about a single sync, the latest first. */
export function parseRecentRuns(json: unknown, context: EvidenceContext): readonly Run[] | undefined {
  const runs = listIn(json, 'recent_runs');
  return runs
    ?.flatMap((run) => (isObject(run) ? (runOf(run, context) ?? []) : []))
    .sort((one, other) => other.at - one.at);
}

/** Far longer than any line that is quoted of it. In UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 16_384;

function runOf(job: Readonly<Record<string, unknown>>, { redact, now }: EvidenceContext): Run | undefined {
  const dateOf = (field: string): Instant | null => {
    const date = nullable(parseInstant, job[field]) ?? null;
    return date !== null && secondsBetween(now, date) > CLOCK_SLACK_SECONDS ? null : date;
  };
  const startedAt = dateOf('started_at') ?? dateOf('created_at');
  const finishedAt = dateOf('finished_at');
  // Every job has `updated_at`, which is later than its end when a person archives it, so it counts last.
  const at = finishedAt ?? startedAt ?? dateOf('updated_at');
  if (at === null) return undefined;
  const message = text(job['message'])?.slice(0, MAX_MESSAGE_LENGTH).trim() || null;
  return {
    state: nullable(word, job['state']) ?? null,
    message: message === null ? null : redact(message),
    rows: count(job['rows_emitted']) ?? null,
    startedAt: startedAt ?? startOf(finishedAt, job['duration_ms']),
    finishedAt,
    at,
  };
}

function word(value: unknown): string | undefined {
  const written = text(value);
  return written === undefined ? undefined : trimmed(written);
}

function startOf(finishedAt: Instant | null, durationMs: unknown): Instant | null {
  const duration = finite(durationMs);
  return finishedAt === null || duration === undefined || duration < 0 ? null : finishedAt - duration;
}

/** By id. The envelope is not documented: an array, `connectors` or `connector`. Undefined where none can be read. */
export function parseConnectors(
  json: unknown,
  context: EvidenceContext,
): ReadonlyMap<string, Connector> | undefined {
  const records = listIn(json, 'connectors') ?? listIn(json, 'connector');
  if (records === undefined) return undefined;
  const connectors = new Map<string, Connector>();
  for (const record of records) {
    const id = isObject(record) ? identifier(record['id']) : undefined;
    if (!isObject(record) || id === undefined) continue;
    connectors.set(id, {
      id,
      name: nameIn(record['name'], context),
      hostname: nameIn(record['hostname'], context),
      lastSeenAt: nullable(parseInstant, record['last_seen_at']) ?? null,
    });
  }
  // Missing data is no proof: an answer without a connector says nothing about the agents.
  return connectors.size === 0 || hasNextPage(json) ? undefined : connectors;
}

/** By uid, the names on the first page of the knowledge bases. */
export function parseKnowledgeBases(
  json: unknown,
  context: EvidenceContext,
): ReadonlyMap<string, string> | undefined {
  const records = listIn(json, 'k2');
  if (records === undefined) return undefined;
  const names = new Map<string, string>();
  for (const record of records) {
    if (!isObject(record)) continue;
    const name = nameIn(record['name'], context);
    const uid = identifier(record['uid']);
    if (name !== null && uid !== undefined) names.set(uid, name);
  }
  return names;
}

/** People write these names, and may write anything into them. */
function nameIn(value: unknown, { redact }: EvidenceContext): string | null {
  const name = label(value)?.trim();
  return name ? redactCredentials(redact(name)) : null;
}

/** The list in an answer, bare or in its envelope. */
function listIn(json: unknown, field: string): readonly unknown[] | undefined {
  if (Array.isArray(json)) return json;
  const list: unknown = isObject(json) ? json[field] : undefined;
  if (Array.isArray(list)) return list;
  return isObject(list) ? [list] : undefined;
}

function hasNextPage(json: unknown): boolean {
  return isObject(json) && Boolean(json['next_page_token']);
}
