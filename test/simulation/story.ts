/** The events of a world as lines of text, for the person who debugs a violation. */
export class Story {
  readonly lines: string[] = [];
  readonly #isKept: boolean;

  /** @param isKept False: nothing is recorded, which is faster. */
  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  add(at: number, text: string): void {
    if (this.#isKept) this.lines.push(`${new Date(at).toISOString().slice(5, 19)} ${text}`);
  }
}
