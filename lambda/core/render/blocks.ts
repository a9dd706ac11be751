import type { Digest, Item } from '../digest/digest.ts';
import { type Line, type Span, untrusted, words } from '../digest/rich-text.ts';
import { utcText } from '../digest/wording.ts';
import { codeSpan, dateToken, escaped, neutralized } from './escape.ts';
import { MAX_HEADER_LENGTH, MAX_SECTION_LENGTH, MAX_TEXT_LENGTH } from './limits.ts';

/** The blocks of Slack's that we use (docs.slack.dev, Block Kit). */
export type Block =
  | { readonly type: 'header'; readonly text: { readonly type: 'plain_text'; readonly text: string } }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: Mrkdwn[] }
  | { readonly type: 'divider' };

/** `verbatim`: Slack makes no links of names that look like domains, and no mentions of names that look like people. */
export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

export function headerBlock(text: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: cutAt(text, MAX_HEADER_LENGTH) } };
}

export function sectionBlock(line: Line): Block {
  return { type: 'section', text: mrkdwn(line) };
}

export function contextBlock(line: Line): Block {
  return { type: 'context', elements: [mrkdwn(line)] };
}

export function dividerBlock(): Block {
  return { type: 'divider' };
}

/**
 * An item as Slack shows it: its mark and title in the size of a message, and in small print beneath them what is to be
 * known of it. An item that belongs to the one above it is small print altogether.
 */
export function itemBlocks({ level: mark, title, detail, isNested }: Item): readonly Block[] {
  const head = [
    words(isNested ? `${NESTED}${mark === 'note' ? '' : `${MARKS[mark]} `}` : `${MARKS[mark]}  `),
    ...title,
  ];
  if (detail.length === 0) return [isNested ? contextBlock(head) : sectionBlock(head)];
  if (isNested) return [contextBlock([...head, words('\n'), ...detail])];
  return [sectionBlock(head), contextBlock(detail)];
}

/**
 * Each mark has a shape of its own, for those who cannot tell its colour; what asks for nothing has no colour. Ours
 * alone, so a name cannot pretend to one.
 */
const MARKS: Readonly<Record<Item['level'], string>> = {
  critical: '\u{1F534}',
  warning: '\u{1F536}',
  good: '\u{2705}',
  note: '•',
};

/** Stands before the mark of an item that belongs to the one above it. */
const NESTED = '↳ ';

/** How many things a lock screen names, after the counts. */
const MAX_ITEMS_IN_TEXT = 3;

/** What a lock screen shows: where, the counts, and the worst first. At most `LONGEST_TEXT` characters, whole spans. */
export function textOf(digest: Digest, number: number, of: number): string {
  const items = digest.sections[0]?.items.filter(({ isNested }) => isNested !== true) ?? [];
  const which = of > 1 ? ` (${number} of ${of})` : '';
  const worst = items.slice(0, MAX_ITEMS_IN_TEXT).flatMap(({ title }) => [words(' · '), ...title]);
  let text = '';
  for (const span of [untrusted(digest.environment), words(`: ${digest.headline}${which}`), ...worst]) {
    const next = textSpan(span);
    if (text.length + next.length >= MAX_TEXT_LENGTH) return `${text}…`;
    text += next;
  }
  return text;
}

function textSpan(span: Span): string {
  switch (span.kind) {
    case 'words':
    case 'strong':
      return escaped(span.text);
    case 'untrusted':
      return neutralized(span.text);
    case 'moment':
      return utcText(span.at);
  }
}

function mrkdwn(line: Line): Mrkdwn {
  return { type: 'mrkdwn', text: withinSection(line), verbatim: true };
}

/** Whole spans only, so that no cut falls inside an escape or a token. */
function withinSection(line: Line): string {
  let text = '';
  for (const span of line) {
    const next = mrkdwnSpan(span);
    if (text.length + next.length > MAX_SECTION_LENGTH - 1) return `${text}…`;
    text += next;
  }
  return text;
}

function mrkdwnSpan(span: Span): string {
  switch (span.kind) {
    case 'words':
      return unbroken(escaped(span.text));
    case 'strong':
      return `*${unbroken(escaped(span.text))}*`;
    case 'untrusted':
      return codeSpan(span.text);
    case 'moment':
      return dateToken(span.at);
  }
}

/** No line begins with a separator, and none ends between a number and its unit: a phone breaks lines everywhere. */
function unbroken(text: string): string {
  return text.replaceAll(' · ', '\u00A0· ').replace(/(\d) (?=[smhd]\b)/g, '$1\u00A0');
}

/** At most `longest` UTF-16 units, whole code points, with an ellipsis where something was cut. */
function cutAt(text: string, longest: number): string {
  if (text.length <= longest) return text;
  let cut = '';
  for (const point of text) {
    if (cut.length + point.length > longest - 1) break;
    cut += point;
  }
  return `${cut}…`;
}

/**
 * What is posted alone when Slack refuses the blocks: the same lines, as many as fit one section, the items that do not
 * counted, and the end of the message whole.
 */
export function plainText({ blocks }: { readonly blocks: readonly Block[] }): string {
  const end = endOfItems(blocks);
  const tail = blocks.slice(end).flatMap(linesOf);
  const left = (from: number) =>
    `… and ${blocks.slice(from, end).filter(isItem).length} more in this message`;
  const room = MAX_SECTION_LENGTH - [left(0), ...tail].join('\n').length - 1;
  const lines: string[] = [];
  let length = 0;
  for (const [index, block] of blocks.slice(0, end).entries()) {
    const more = linesOf(block);
    length += more.reduce((sum, line) => sum + line.length + 1, 0);
    if (length > room) return [...lines, left(index), ...tail].join('\n');
    lines.push(...more);
  }
  return [...lines, ...tail].join('\n');
}

/**
 * What is posted when Slack refuses the plain form too: how many of what, which is the first line of every message, and
 * no word that came from outside.
 */
export function minimalText({ blocks }: { readonly blocks: readonly Block[] }): string {
  return [...blocks.slice(0, 1).flatMap(linesOf), REFUSED].join('\n');
}

const REFUSED = 'Slack refuses to show which: the log of the check says it, and so does a report.';

/** Where the last item has ended, its small print included; a divider parts it from the end of the message. */
function endOfItems(blocks: readonly Block[]): number {
  const last = blocks.findLastIndex(isItem);
  return last >= 0 && blocks[last + 1]?.type === 'context' ? last + 2 : last + 1;
}

/** Whether an item begins with this block. */
function isItem(block: Block): boolean {
  const [line = ''] = block.type === 'section' || block.type === 'context' ? linesOf(block) : [];
  return [...Object.values(MARKS), NESTED].some((mark) => line.startsWith(mark));
}

function linesOf(block: Block): readonly string[] {
  switch (block.type) {
    case 'header':
      return [escaped(block.text.text)];
    case 'section':
      return [block.text.text];
    case 'context':
      return block.elements.map(({ text }) => text);
    case 'divider':
      return [];
  }
}
