import type { Style } from '../lambda/core/render/plain-text.ts';
import type { Request } from './command-line.ts';
import type { Process } from './process.ts';
import { terminalStyle } from './terminal.ts';

/** Prints the result of a command: text, or JSON on `--json`. */
export interface Printer {
  readonly style: Style;
  /** Nothing on `--json`. */
  text(text: string): void;
  /** Nothing without `--json`. */
  json(value: unknown): void;
  /** On stderr, with or without `--json`. */
  complaint(text: string): void;
}

export function printerFor(
  { stdout, stderr, environment }: Pick<Process, 'stdout' | 'stderr' | 'environment'>,
  { given }: Pick<Request, 'given'>,
): Printer {
  const isJson = given.has('json');
  return {
    style: terminalStyle(stdout, environment),
    text: (text) => isJson || stdout.write(`${text}\n`),
    json: (value) => isJson && stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    complaint: (text) => stderr.write(`${text}\n`),
  };
}

/** A command, and where its result goes. */
export interface Run {
  readonly printer: Printer;
  readonly request: Request;
}
