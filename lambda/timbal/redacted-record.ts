/** Returns a text without the secrets that it may hold. */
export type Redact = (text: string) => string;

/**
 * A record of the listing, with `redact` applied to each text in it: a sync's name or its disabled reason may quote
 * anything, and goes into messages, responses, logs and the stored state. Only the record's own string fields are
 * redacted: nothing reads deeper values, whose depth others decide. A record without secrets is returned itself.
 */
export function redactedRecord(record: unknown, redact: Redact): unknown {
  if (!isObject(record)) return record;
  let redacted: Record<string, unknown> | undefined;
  for (const field in record) {
    const value = record[field];
    if (typeof value !== 'string') continue;
    const text = redact(value);
    if (text === value) continue;
    redacted ??= { ...record };
    redacted[field] = text;
  }
  return redacted ?? record;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
