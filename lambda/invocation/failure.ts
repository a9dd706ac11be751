import { CheckFailed } from '../commands/outcome.ts';
import { asError, SyncAlertsError } from '../errors.ts';
import { sourceMappedStack } from './source-mapped-stack.ts';
import type { Wiring } from './wiring.ts';

/** An error that may leave the function, and log fields about it; neither holds a value of the secret. */
interface SanitizedError {
  readonly safe: SyncAlertsError;
  readonly details: { readonly stack?: string };
}

/**
 * Makes a new error from the message alone, with every value of the secret removed. Lambda logs a thrown error with all
 * its properties, so the causes and the outcome of the original must not be on it.
 *
 * The error of a defect has the code `unexpected`, and its stack goes to the log.
 */
export function sanitized(error: unknown, wiring: Wiring | undefined): SanitizedError {
  const redacted = (text: string) => wiring?.secret.redacted(text) ?? text;
  if (error instanceof SyncAlertsError) {
    return { safe: new SyncAlertsError(error.code, redacted(error.message)), details: {} };
  }
  const { name, message, stack = '' } = asError(error);
  const safe = new SyncAlertsError('unexpected', redacted(`unexpected ${name}: ${message}`));
  return { safe, details: { stack: redacted(sourceMappedStack(stack)) } };
}

/** The code of the first error of a failed check: it is more specific than `check_failed`. */
export function causeCode(error: unknown): string | undefined {
  const cause = error instanceof CheckFailed ? error.cause : undefined;
  return cause instanceof SyncAlertsError ? cause.code : undefined;
}
