import { redactCredentials } from '../core/credentials.ts';

/** Returns a text without the secrets of ours that it may hold. */
export type Redact = (text: string) => string;

/** Written by people or by a database. The other fields are ids, dates and figures, whose form is the platform's. */
function isFreeText(field: string): boolean {
  switch (field) {
    case 'name':
    case 'last_state':
    case 'disabled_reason':
    case 'connection_ref':
    case 'source_schema':
    case 'source_table':
    case 'dest_table':
      return true;
    default:
      return false;
  }
}

/**
 * A record of the listing without secrets: a sync's name or its disabled reason may quote anything, and goes into
 * messages, responses, logs and the stored state. `redact` is applied to each text; the free texts, and any other that
 * holds a URL, also lose the credentials of others. Only the record's own string fields are redacted: nothing reads
 * deeper values, whose depth others decide. A record without secrets is returned itself.
 */
export function redactedRecord(record: unknown, redact: Redact): unknown {
  if (!isObject(record)) return record;
  let redacted: Record<string, unknown> | undefined;
  for (const field in record) {
    const value = record[field];
    if (typeof value !== 'string') continue;
    const mayHoldOne = isFreeText(field) || value.includes('://');
    const text = mayHoldOne ? redactCredentials(redact(value)) : redact(value);
    if (text === value) continue;
    redacted ??= { ...record };
    redacted[field] = text;
  }
  return redacted ?? record;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
