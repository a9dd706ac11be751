/*
 * The convention of every program of this repository that a person runs: `--help` prints the usage and does nothing, a
 * usage error prints itself and the usage and ends with exit code 2, a closed pipe ends the program without a word, and
 * what takes longer says every five seconds how far it is. Each program imports it.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../cli/error-message.ts';
import { EXIT_CODES } from '../cli/exit-codes.ts';

// The SDK says when a client is made that it will one day want a newer Node.js: nine lines in front of a table.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// `npm run costs | head -1` closes the pipe early: nobody reads what would follow.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT_CODES.success);
  });
}

type Options = NonNullable<ParseArgsConfig['options']>;

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/** The options that a program was started with; every program has `--help` too. Other arguments are a usage error. */
export function optionsOf<const T extends Options>(usage: string, options: T) {
  const { values } = orUsageError(usage, () => parseArgs({ options: { ...options, ...HELP } }));
  if ('help' in values && values.help === true) printUsage(usage);
  return values;
}

/** The options and the other arguments that a program was started with. */
export function argumentsOf<const T extends Options>(usage: string, options: T) {
  const { values, positionals } = orUsageError(usage, () =>
    parseArgs({ options: { ...options, ...HELP }, allowPositionals: true }),
  );
  if ('help' in values && values.help === true) printUsage(usage);
  return { values, positionals };
}

/** The files that a program was started with, at least one. */
export function filesOf(usage: string): readonly [string, ...string[]] {
  const [first, ...others] = argumentsOf(usage, {}).positionals;
  return first === undefined ? usageError('expected a file', usage) : [first, ...others];
}

/** The value of an option as a whole number within these bounds. Any other value is a usage error. */
export function wholeNumber(
  usage: string,
  [option, value]: readonly [name: string, value: string],
  { min = 0, max = 999_999_999 } = {},
): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  return usageError(
    `--${option}: expected a whole number from ${formatted(min)} to ${formatted(max)}, got "${value}"`,
    usage,
  );
}

function formatted(value: number): string {
  return value.toLocaleString('en-US');
}

const PROGRESS_INTERVAL_MS = 5000;
let shownMs = performance.now();

/** Prints how far a program is to stderr, when it said nothing for five seconds. Call it at each step. */
export function progress(text: () => string): void {
  if (performance.now() - shownMs < PROGRESS_INTERVAL_MS) return;
  shownMs = performance.now();
  process.stderr.write(`${text()}\n`);
}

function orUsageError<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    return usageError(messageOf(error).split('. ')[0] ?? '', usage);
  }
}

function printUsage(usage: string): never {
  process.stdout.write(usage);
  process.exit(EXIT_CODES.success);
}

/** Prints the error, and the usage where it helps, and ends the process with exit code 2. */
export function usageError(error: string, usage?: string): never {
  process.stderr.write(usage === undefined ? `${error}\n` : `${error}\n\n${usage}`);
  process.exit(EXIT_CODES.usageError);
}
