/**
 * The base class of every error that sync-alerts raises on purpose. Match on `code`: the bundle minifies class names.
 * The message says what was attempted, on which thing, what was expected, what came and what to do. It never holds a
 * secret.
 */
export class SyncAlertsError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SyncAlertsError';
    this.code = code;
  }
}

/** A thrown value as an `Error`: JavaScript can throw anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/**
 * The `code` of a thrown value, or of the first of its causes that has one ("ENOENT", "ECONNREFUSED"); undefined when
 * none has. `fetch` only says "fetch failed" and keeps the code in the cause. The value need not be an `Error` of this
 * realm: under Jest, the errors of Node.js are not.
 */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return 'cause' in thrown ? errorCode(thrown.cause) : undefined;
}
