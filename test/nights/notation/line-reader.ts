/** Why a line cannot be read: what was expected, and what stands there. */
export class LineFault extends Error {
  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
  }
}

interface Token {
  readonly kind: 'word' | 'text' | 'comma';
  readonly value: string;
  /** Where it begins in the line. */
  readonly start: number;
}

/** Reads one line word by word. A text stands in double quotes; commas part the names of a list. */
export class LineReader {
  readonly #line: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  /** @throws LineFault for a text without its closing quote. */
  constructor(line: string) {
    this.#line = line;
    this.#tokens = tokensOf(line);
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** The next word without taking it; undefined for a text, a comma or the end. */
  peekWord(ahead = 0): string | undefined {
    const token = this.#tokens[this.#next + ahead];
    return token?.kind === 'word' ? token.value : undefined;
  }

  /** Takes these words if they come next; says whether it did. */
  accepts(words: string): boolean {
    const wanted = words.split(' ');
    if (!wanted.every((word, index) => this.peekWord(index) === word)) return false;
    this.#next += wanted.length;
    return true;
  }

  acceptsComma(): boolean {
    if (this.#tokens[this.#next]?.kind !== 'comma') return false;
    this.#next += 1;
    return true;
  }

  /** Takes these words, one or several. */
  expectWords(words: string): void {
    if (!this.accepts(words)) throw this.fault(`"${words}"`);
  }

  /** Takes one word. `expected` names it in a fault. */
  word(expected: string): string {
    const word = this.peekWord();
    if (word === undefined) throw this.fault(expected);
    this.#next += 1;
    return word;
  }

  /** Takes a quoted text. */
  text(expected: string): string {
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'text') throw this.fault(expected);
    this.#next += 1;
    return token.value;
  }

  /** Takes a quoted text if one comes next. */
  optionalText(): string | undefined {
    return this.#tokens[this.#next]?.kind === 'text' ? this.text('a text') : undefined;
  }

  /** Takes all that is left of the line, as it stands there. */
  rest(expected: string): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw this.fault(expected);
    this.#next = this.#tokens.length;
    return this.#line.slice(token.start).trim();
  }

  /** What is left of the line, without taking it. */
  textFromHere(): string {
    const token = this.#tokens[this.#next];
    return token === undefined ? '' : this.#line.slice(token.start).trim();
  }

  expectEnd(): void {
    if (!this.isAtEnd) throw this.fault('the end of the line');
  }

  fault(expected: string): LineFault {
    const token = this.#tokens[this.#next];
    return new LineFault(
      expected,
      token === undefined ? 'the end of the line' : JSON.stringify(this.#line.slice(token.start).trim()),
    );
  }
}

/** Words end at a blank or a comma; within braces and after a backslash a quote is no end. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:(,)|"((?:[^"\\]|\\.)*)"|([^\s,"]+)|("))/y;
  while (pattern.lastIndex < line.trimEnd().length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(line);
    if (match === null) break;
    const [whole, comma, text, word, stray] = match;
    if (stray !== undefined) throw new LineFault('a closing quote', JSON.stringify(line.slice(start).trim()));
    const at = start + whole.search(/\S/);
    if (comma !== undefined) tokens.push({ kind: 'comma', value: ',', start: at });
    else if (text !== undefined)
      tokens.push({ kind: 'text', value: text.replace(/\\(.)/g, '$1'), start: at });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, start: at });
  }
  return tokens;
}
