import { messageOf } from './error-message.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import type { Process } from './process.ts';

/** The options that `npm start` and `npm run invoke` share, as `parseArgs` of Node.js takes them. */
export const SHARED_OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** A command line after parsing: its options, a request for help, or the usage error in one sentence. */
export type CommandLine<Options> =
  | { readonly kind: 'options'; readonly options: Options }
  | HelpRequested
  | UsageError;

interface HelpRequested {
  readonly kind: 'help';
}

interface UsageError {
  readonly kind: 'usage_error';
  readonly message: string;
}

/**
 * The usage error for an error that `parseArgs` threw. Only its first sentence is kept: the next one explains how to pass
 * positional arguments ("Unknown option '--jason'. To specify a positional argument …").
 */
export function usageError(error: unknown): UsageError {
  const [sentence = ''] = messageOf(error).split('. ');
  return { kind: 'usage_error', message: sentence };
}

/** Prints the help to stdout when it was requested, else the usage error and the help to stderr. */
export function printHelp(
  requested: HelpRequested | UsageError,
  help: string,
  { stdout, stderr }: Pick<Process, 'stdout' | 'stderr'>,
): ExitCode {
  if (requested.kind === 'help') {
    stdout.write(help);
    return EXIT_CODES.success;
  }
  stderr.write(`${requested.message}\n\n${help}`);
  return EXIT_CODES.usageError;
}
