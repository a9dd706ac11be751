import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The options of a command line, by name. */
export type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * The options that a tool of this repository was started with. Where they are wrong, or `--help` is one of them, it says
 * how the tool is used, and the process ends: with 2, or with 0.
 */
export function optionsOf<const T extends Options>(usage: string, options: T) {
  const { values } = orUsage(usage, () => parseArgs({ options }));
  if ('help' in values && values['help'] === true) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return values;
}

/** A whole number from 0 to 999,999,999 that an option gives; anything else ends the process with 2, and says so. */
export function wholeNumber(usage: string, option: string, given: string): number {
  return orUsage(usage, () => {
    if (!/^\d{1,9}$/.test(given)) throw new Error(`--${option}: expected a whole number, not "${given}"`);
    return Number(given);
  });
}

function orUsage<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
