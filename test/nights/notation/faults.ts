import { LineFault } from './line-reader.ts';

/** A line of a file, without the blanks around it. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Collects every fault of a file, so that a person reads them all at once. */
export class Faults {
  readonly #found: { readonly line: number; readonly text: string }[] = [];

  /** In the order of the file. "14: expected a time such as 03:55 or day 2 03:55, got "3:55am"". */
  get messages(): readonly string[] {
    return this.#found
      .toSorted((a, b) => a.line - b.line)
      .map(({ line, text }) => (line === 0 ? text : `${line}: ${text}`));
  }

  /** Adds a fault; `line` is 0 when it is about the file as a whole. */
  add(text: string, line = 0): void {
    this.#found.push({ line, text });
  }

  /** What `read` makes of the line; undefined when it finds a fault, which is collected. */
  attempt<T>(line: Line, read: (text: string) => T): T | undefined {
    try {
      return read(line.text);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      this.add(error.message, line.number);
      return undefined;
    }
  }
}
