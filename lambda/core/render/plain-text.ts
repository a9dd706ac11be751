/*
 * Renders a digest as text: takes neutral lines, gives text for a terminal, a log or a file. The laptop's commands and
 * the response of an invocation call `renderPlainText`.
 */
import type { Digest, Item } from '../digest/digest.ts';
import type { Line, Span } from '../digest/rich-text.ts';
import { momentText } from '../digest/wording.ts';
import { silenceLine } from './silence-line.ts';

/** How the parts of a text look: a terminal colours them. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly name: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly level: Readonly<Record<Item['level'], (text: string) => string>>;
  /** The characters of a line; a longer one is broken between words. */
  readonly width: number;
}

const unchanged = (text: string) => text;

/** Nothing but the text, for logs and files; no line is broken. */
export const PLAIN: Style = {
  heading: unchanged,
  strong: unchanged,
  name: unchanged,
  faint: unchanged,
  level: { critical: unchanged, warning: unchanged, good: unchanged, note: unchanged },
  width: Number.POSITIVE_INFINITY,
};

/** A digest as text, without a newline at its end. A digest of one section has no title: its headline says the same. */
export function renderPlainText(digest: Digest, style: Style = PLAIN): string {
  const isTitled = digest.sections.length > 1;
  const sections = digest.sections.map(({ title, items }) =>
    [...(isTitled ? [style.heading(title)] : []), ...items.map((item) => itemText(item, style))].join('\n'),
  );
  const context = style.faint(wrapped(digest.context, { ...PLAIN, width: style.width }, NOT_INDENTED));
  // Unbroken: a command is pasted as a whole.
  const silence =
    digest.silenceCommand === undefined ? [] : [style.faint(lineOf(silenceLine(digest.silenceCommand)))];
  const to = digest.destination === undefined ? [] : [style.faint(`To ${digest.destination}:`)];
  const end = [context, ...silence].join('\n');
  return [...to, style.strong(digest.headline), ...sections, end].join('\n\n');
}

function lineOf(line: Line): string {
  return line.map(textOf).join('');
}

function itemText({ level, title, detail, action = [], isNested }: Item, style: Style): string {
  const indent = isNested ? `${INDENT}  ` : INDENT;
  const line = (text: Line) => wrapped(text, style, indent);
  const head = `${isNested ? '    ' : '  '}${style.level[level](MARKS[level])} ${line(title)}`;
  const beneath = [detail, action].filter((text) => text.length > 0);
  return [head, ...beneath.map((text) => `${indent}${line(text)}`)].join('\n');
}

const MARKS: Readonly<Record<Item['level'], string>> = {
  critical: 'CRITICAL',
  warning: 'WARNING ',
  good: 'OK      ',
  note: '-       ',
};
const INDENT = ' '.repeat(11);
const NOT_INDENTED = '';

/** The line without its indent, broken before a word that would not fit; each further line begins with the indent. */
function wrapped(line: Line, style: Style, indent: string): string {
  // Nothing to break and nothing to style: splitting the lines of 10,000 alerts into words takes most of the time.
  if (style === PLAIN) return lineOf(line).trimEnd();
  let text = '';
  let column = indent.length;
  for (const word of wordsOf(line)) {
    const length = word.reduce((sum, piece) => sum + piece.text.length, 0);
    const blanks = word.at(-1)?.text.match(/\s*$/u)?.[0].length ?? 0;
    const isBroken = column + length - blanks > style.width && column > indent.length;
    if (isBroken) {
      text = `${text.trimEnd()}\n${indent}`;
      column = indent.length;
    }
    const [first, ...rest] = word;
    const pieces =
      isBroken && first !== undefined ? [{ ...first, text: first.text.trimStart() }, ...rest] : word;
    text += pieces.map((piece) => styled(piece, style)).join('');
    column += pieces.reduce((sum, piece) => sum + piece.text.length, 0);
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
  let isWithinWord = false;
  for (const span of line) {
    for (const text of textOf(span).match(WORD) ?? []) {
      const last = found.at(-1);
      const isContinued = isWithinWord && !/^\s/u.test(text);
      if (last !== undefined && (isContinued || text.trim() === SEPARATOR)) last.push({ span, text });
      else found.push([{ span, text }]);
      isWithinWord = !/\s$/u.test(text);
    }
  }
  return found;
}

function textOf(span: Span): string {
  if (span.kind === 'words' && span.url !== undefined) return `${span.text}: ${span.url}`;
  return span.kind === 'moment' ? momentText(span) : span.text;
}

const SEPARATOR = '·';
/** A number stays with its unit: "15 m". */
const WORD = /\s*\S*\d [smhd]\b\S*\s*|\s*\S+\s*|\s+/gu;

/** The blanks around a word stay unstyled, so that the end of a line can be trimmed. */
function styled({ span, text }: Piece, style: Style): string {
  const part = PARTS[span.kind];
  if (part === undefined) return text;
  const word = text.trim();
  return text.replace(word, () => style[part](word));
}

/** The part of the style that each kind of span has. */
const PARTS = { words: undefined, moment: undefined, strong: 'strong', untrusted: 'name' } as const;
