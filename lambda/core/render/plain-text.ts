import type { Digest, Item } from '../digest/digest.ts';
import type { Line, Span } from '../digest/rich-text.ts';
import { utcText } from '../digest/wording.ts';

/** How the parts of a text are shown: colours in a terminal, as they are elsewhere. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly name: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly level: Readonly<Record<Item['level'], (text: string) => string>>;
  /** Lines are broken between words beyond this many characters. */
  readonly width: number;
}

const asItIs = (text: string) => text;

/** Nothing but the text, for logs and files; no line is broken. */
export const PLAIN: Style = {
  heading: asItIs,
  strong: asItIs,
  name: asItIs,
  faint: asItIs,
  level: { critical: asItIs, warning: asItIs, good: asItIs, note: asItIs },
  width: Number.POSITIVE_INFINITY,
};

/** A digest as text for terminals and logs; ends without a newline. */
export function renderPlainText(digest: Digest, style: Style = PLAIN): string {
  // The headline says already what a digest of one section is about.
  const isTitled = digest.sections.length > 1;
  const sections = digest.sections.map(({ title, items }) =>
    [...(isTitled ? [style.heading(title)] : []), ...items.map((item) => itemText(item, style))].join('\n'),
  );
  const context = style.faint(wrapped(digest.context, { ...PLAIN, width: style.width }, 0, ''));
  return [style.strong(digest.headline), ...sections, context].join('\n\n');
}

function itemText({ level: mark, title, detail, isNested }: Item, style: Style): string {
  const indent = isNested ? `${INDENT}  ` : INDENT;
  const line = (text: Line) => wrapped(text, style, indent.length, indent);
  const head = `${isNested ? '    ' : '  '}${style.level[mark](MARKS[mark])} ${line(title)}`;
  return detail.length === 0 ? head : `${head}\n${indent}${line(detail)}`;
}

const MARKS: Readonly<Record<Item['level'], string>> = {
  critical: 'CRITICAL',
  warning: 'WARNING ',
  good: 'OK      ',
  note: '-       ',
};
const INDENT = ' '.repeat(11);

/** The line, broken between its words where the next would not fit; `column` is where it begins. */
function wrapped(line: Line, style: Style, column: number, indent: string): string {
  let text = '';
  let at = column;
  for (const word of wordsOf(line)) {
    const length = word.reduce((sum, { text }) => sum + text.length, 0);
    const blanks = word.at(-1)?.text.match(/\s*$/u)?.[0].length ?? 0;
    const isBroken = at + length - blanks > style.width && at > indent.length;
    if (isBroken) {
      text = `${text.trimEnd()}\n${indent}`;
      at = indent.length;
    }
    const [first, ...rest] = word;
    const pieces =
      isBroken && first !== undefined ? [{ ...first, text: first.text.trimStart() }, ...rest] : word;
    text += pieces.map((piece) => shown(piece, style)).join('');
    at += pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  }
  return text.trimEnd();
}

interface Piece {
  readonly span: Span;
  readonly text: string;
}

/** The words of a line, each with the blanks and the separator after it; a word may reach over several spans. */
function wordsOf(line: Line): readonly (readonly Piece[])[] {
  const found: Piece[][] = [];
  let isWithin = false;
  for (const span of line) {
    const spanText = span.kind === 'moment' ? utcText(span.at) : span.text;
    for (const text of spanText.match(WORD) ?? []) {
      const last = found.at(-1);
      const goesOn = isWithin && !/^\s/u.test(text);
      if (last !== undefined && (goesOn || text.trim() === SEPARATOR)) last.push({ span, text });
      else found.push([{ span, text }]);
      isWithin = !/\s$/u.test(text);
    }
  }
  return found;
}

const SEPARATOR = '·';
/** A number stays with its unit: "15 m". */
const WORD = /\s*\S*\d [smhd]\b\S*\s*|\s*\S+\s*|\s+/gu;

/** Blanks stay outside of the colours, so that they can be trimmed. */
function shown({ span, text }: Piece, style: Style): string {
  const evaluation = LOOKS[span.kind];
  if (evaluation === undefined) return text;
  const word = text.trim();
  return text.replace(word, () => style[evaluation](word));
}

const LOOKS = { words: undefined, moment: undefined, strong: 'strong', untrusted: 'name' } as const;
