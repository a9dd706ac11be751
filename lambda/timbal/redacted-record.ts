import { redactCredentials } from '../core/credentials.ts';

/** Returns a text without the secrets of ours that it may hold. */
export type Redact = (text: string) => string;

/** Written by people or by a database. The other fields are ids, dates and figures, whose form is the platform's. */
const FREE_TEXTS = [
  'name',
  'last_state',
  'disabled_reason',
  'connection_ref',
  'source_schema',
  'source_table',
  'dest_table',
] as const;

/**
 * Makes the redaction of the records of one JSON text: a sync's name or its disabled reason may quote anything, and goes
 * into messages, responses, logs and the stored state. `redact` is applied to each text; the free texts, and any other
 * that holds a URL, also lose the credentials of others. Only the record's own string fields are redacted: nothing reads
 * deeper values, whose depth others decide. A record without secrets is returned itself.
 *
 * Without a backslash, the strings of the records stand in the text as they are: what the text does not hold, none of them
 * does, and need not be searched for in each. Nearly every text is such a one.
 */
export function recordRedaction(text: string, redact: Redact): (record: unknown) => unknown {
  const isPlain = !text.includes('\\') && !text.includes('//') && redact(text) === text;
  const change = (field: string, value: string) => redactedValue(field, value, redact);
  if (!isPlain) return (record) => changedRecord(record, isObject(record) ? Object.keys(record) : [], change);
  return (record) => changedRecord(record, FREE_TEXTS, (_, value) => redactCredentials(value));
}

function redactedValue(field: string, value: string, redact: Redact): string {
  const mayHoldOne = FREE_TEXTS.some((one) => one === field) || value.includes('://');
  return mayHoldOne ? redactCredentials(redact(value)) : redact(value);
}

/** The record with some of its texts changed, or itself. */
function changedRecord(
  record: unknown,
  fields: readonly string[],
  change: (field: string, value: string) => string,
): unknown {
  if (!isObject(record)) return record;
  let changed: Record<string, unknown> | undefined;
  for (const field of fields) {
    const value = record[field];
    if (typeof value !== 'string') continue;
    const text = change(field, value);
    if (text === value) continue;
    changed ??= { ...record };
    changed[field] = text;
  }
  return changed ?? record;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
