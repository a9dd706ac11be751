import type { ContextBlock, DividerBlock, HeaderBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import type { Digest, Item } from '../digest/digest.ts';
import { joined, type Line, type Span, untrusted, words } from '../digest/rich-text.ts';
import { momentText } from '../digest/wording.ts';
import { codeSpan, dateToken, escaped, neutralized } from './escape.ts';
import { MAX_HEADER_LENGTH, MAX_SECTION_LENGTH, MAX_TEXT_LENGTH } from './limits.ts';

/** The blocks of a message: four of Slack's, whose sections and contexts hold nothing but `Mrkdwn`. */
export type Block = HeaderBlock | MrkdwnSection | MrkdwnContext | DividerBlock;

interface MrkdwnSection extends SectionBlock {
  text: Mrkdwn;
}

interface MrkdwnContext extends ContextBlock {
  elements: Mrkdwn[];
}

/** `verbatim`: Slack makes no links of names that look like domains, and no mentions of names that look like people. */
export interface Mrkdwn extends MrkdwnElement {
  verbatim: true;
}

/** A header with the text, cut to the 150 characters that Slack takes. */
export function headerBlock(text: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: cutAt(text, MAX_HEADER_LENGTH) } };
}

/** The line in the size of a message. */
export function sectionBlock(line: Line): Block {
  return { type: 'section', text: mrkdwn(line) };
}

/** A mention in Slack's notation, which comes from the policy and is not escaped. */
export function mentionBlock(mention: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: mention, verbatim: true } };
}

/** The line in small print. */
export function contextBlock(line: Line): Block {
  return { type: 'context', elements: [mrkdwn(line)] };
}

export function dividerBlock(): Block {
  return { type: 'divider' };
}

/**
 * One or two blocks for an item: the mark of its level and its title as a section, its detail beneath them in small
 * print. A nested item is small print altogether.
 */
export function itemBlocks({ level, title, detail, action = [], isNested }: Item): readonly Block[] {
  const head = [
    words(isNested ? `${NESTED}${level === 'note' ? '' : `${MARKS[level]} `}` : `${MARKS[level]}  `),
    ...title,
  ];
  const beneath = joined([detail, action], '\n');
  if (beneath.length === 0) return [isNested ? contextBlock(head) : sectionBlock(head)];
  if (isNested) return [contextBlock([...head, words('\n'), ...beneath])];
  return [sectionBlock(head), contextBlock(beneath)];
}

/**
 * The mark of each level. Each has a shape of its own, for readers who do not see its colour; a note needs no action and
 * has no colour. Names from outside stand in code spans, so no name can imitate a mark.
 */
const MARKS: Readonly<Record<Item['level'], string>> = {
  critical: '\u{1F534}',
  warning: '\u{1F536}',
  good: '\u{2705}',
  note: '•',
};

/** Stands before the mark of a nested item. */
const NESTED = '↳ ';

/** The text on a lock screen: the environment, the counts, then the worst items. At most 300 characters, whole spans. */
export function textOf(digest: Digest, number: number, total: number): string {
  const which = total > 1 ? [words(` (${number} of ${total})`)] : [];
  let text = '';
  for (const span of [untrusted(digest.environment), words(': '), ...digest.push, ...which]) {
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
      return momentText(span);
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
      if (span.url !== undefined) return `<${escaped(span.url)}|${escaped(span.text)}>`;
      return unbroken(escaped(span.text));
    case 'strong':
      return `*${unbroken(escaped(span.text))}*`;
    case 'untrusted':
      return codeSpan(span.text, span.url);
    case 'moment':
      return dateToken(span);
  }
}

/** A phone breaks lines at any blank: no line begins with a separator, and none ends between a number and its unit. */
function unbroken(text: string): string {
  return text.replaceAll(' · ', '\u00A0· ').replace(/(\d) (?=[smhd]\b)/g, '$1\u00A0');
}

/** At most `maxLength` UTF-16 units, whole code points, with an ellipsis where something was cut. */
function cutAt(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let cut = '';
  for (const point of text) {
    if (cut.length + point.length > maxLength - 1) break;
    cut += point;
  }
  return `${cut}…`;
}

/**
 * The message without blocks, which is posted when Slack refuses them: as many of its lines as fit one section, a count
 * of the items left out, and the end of the message whole.
 */
export function plainText({ blocks }: { readonly blocks: readonly Block[] }): string {
  const end = endOfItems(blocks);
  const tail = blocks.slice(end).flatMap(linesOf);
  const leftOut = (from: number) =>
    `… and ${blocks.slice(from, end).filter(isItem).length} more in this message`;
  const room = MAX_SECTION_LENGTH - [leftOut(0), ...tail].join('\n').length - 1;
  const lines: string[] = [];
  let length = 0;
  for (const [index, block] of blocks.slice(0, end).entries()) {
    const more = linesOf(block);
    length += more.reduce((sum, line) => sum + line.length + 1, 0);
    if (length > room) return [...lines, leftOut(index), ...tail].join('\n');
    lines.push(...more);
  }
  return [...lines, ...tail].join('\n');
}

/**
 * The counts of the message alone, which are posted when Slack refuses the plain text too: its first line, and whom it
 * mentions, neither of which holds anything from outside.
 */
export function minimalText({ blocks }: { readonly blocks: readonly Block[] }): string {
  const [head = [], second = []] = blocks.slice(0, 2).map(linesOf);
  // Only a mention begins so: everything else is escaped.
  const mention = second.filter((line) => line.startsWith('<'));
  return [...head, ...mention, DETAILS_REFUSED].join('\n');
}

const DETAILS_REFUSED = 'Slack refused the details. The log of the check has them, and a report shows them.';

/** The index after the last item and its small print. A divider parts that from the end of the message. */
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
