import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EXIT_CODES } from '../cli/exit-codes.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * The options that a tool of this repository was started with. `--help`, where a tool has it, prints the usage and ends the
 * process; a usage error prints the error and the usage, and ends it with exit code 2.
 */
export function optionsOf<const T extends Options>(usage: string, options: T) {
  const { values } = orUsageError(usage, () => parseArgs({ options }));
  if ('help' in values && values['help'] === true) {
    process.stdout.write(usage);
    process.exit(EXIT_CODES.success);
  }
  return values;
}

/** The files that a tool was started with, at least one; its only option is `--help`. */
export function filesOf(usage: string): readonly [string, ...string[]] {
  const options = { help: { type: 'boolean' } } as const;
  const { values, positionals } = orUsageError(usage, () => parseArgs({ options, allowPositionals: true }));
  if (values.help === true) {
    process.stdout.write(usage);
    process.exit(EXIT_CODES.success);
  }
  const [first, ...others] = positionals;
  return first === undefined ? usageError('expected a file', usage) : [first, ...others];
}

/** The value of an option as a whole number from 0 to 999,999,999. Any other value is a usage error. */
export function wholeNumber(usage: string, option: string, value: string): number {
  return orUsageError(usage, () => {
    if (!/^\d{1,9}$/.test(value)) throw new Error(`--${option}: expected a whole number, got "${value}"`);
    return Number(value);
  });
}

function orUsageError<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error), usage);
  }
}

/** Prints the error, and the usage where it helps, and ends the process with exit code 2. */
export function usageError(error: string, usage?: string): never {
  process.stderr.write(usage === undefined ? `${error}\n` : `${error}\n\n${usage}`);
  process.exit(EXIT_CODES.usageError);
}
