/**
 * The base of every error that is ours: a stable `code` to match on, since minified class names are unreadable.
 * The message says what was attempted, on which thing, what came and what to do, and never holds a secret.
 */
export class SyncAlertsError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SyncAlertsError';
    this.code = code;
  }
}
