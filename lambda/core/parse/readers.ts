/*
 * Readers of the fields of the API's records. Each returns the value, or undefined when it is not of that kind.
 */

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** In UTF-16 code units. Labels are saved with the alert: a longer one is a fault, or it could fill the state. */
const MAX_LABEL_LENGTH = 1000;

export function label(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_LABEL_LENGTH ? value : undefined;
}

/** Some routes of the API send ids as JSON numbers. */
export function identifier(value: unknown): string | undefined {
  return typeof value === 'number' ? finite(value)?.toString() : label(value) || undefined;
}

export function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A whole number, zero included. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** Null for null and for an absent field: neither is a fault. */
export function nullable<T>(reader: (value: unknown) => T | undefined, value: unknown): T | null | undefined {
  return value === null || value === undefined ? null : reader(value);
}
