import type { Digest, Item, Section } from '../digest/digest.ts';
import { type Line, words } from '../digest/rich-text.ts';
import type { Coverage, MessageContent } from '../notify/notification.ts';
import {
  type Block,
  contextBlock,
  dividerBlock,
  headerBlock,
  itemBlocks,
  sectionBlock,
  textOf,
} from './blocks.ts';
import { MAX_BLOCKS, MAX_BLOCKS_JSON_LENGTH, MAX_MESSAGES } from './limits.ts';

/** One message to one webhook, and what it tells. */
export interface Message extends MessageContent {
  /** What a notification shows, and what is posted alone when Slack refuses the blocks. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

/**
 * A digest as one to three messages within Slack's limits. What finds no room is counted in the last line of the last
 * one, and told with it.
 */
export function slackMessages(digest: Digest): readonly Message[] {
  const end = [dividerBlock(), contextBlock(digest.context)];
  const reserved = reserveFor(digest, end);
  const pages: Page[] = [openPage([headerBlock(digest.headline)], reserved)];
  const left: Item[] = [];
  for (const section of digest.sections) {
    for (const [index, item] of section.items.entries()) {
      if (left.length > 0 || !placed(pages, headingOf(digest, section, index), item, reserved))
        left.push(item);
    }
  }
  const last = pages.at(-1);
  if (last === undefined) return [];
  if (left.length > 0)
    add(
      last,
      [moreBlock(left, digest.moreHint)],
      left.flatMap(countedOnly),
      left.some(({ coversShrinkage }) => coversShrinkage),
    );
  add(last, end, [], false);
  const lastReminder = digest.satisfiesReminder
    ? pages.length - 1
    : pages.findLastIndex(({ covers }) => covers.some(({ reason }) => reason === 'reminder'));
  return pages.map(({ blocks, covers, coversShrinkage }, index) => ({
    text: textOf(digest, index + 1, pages.length),
    blocks,
    covers,
    coversShrinkage,
    endsReminder: index === lastReminder,
  }));
}

/** A message in the making. */
interface Page {
  readonly blocks: Block[];
  readonly covers: Coverage[];
  coversShrinkage: boolean;
  /** Characters of JSON still free, what has to stand at the end of a digest already set aside. */
  room: number;
}

function openPage(blocks: readonly Block[], reserved: number): Page {
  const page: Page = {
    blocks: [],
    covers: [],
    coversShrinkage: false,
    room: MAX_BLOCKS_JSON_LENGTH - reserved,
  };
  add(page, blocks, [], false);
  return page;
}

/** Puts an item on the last page, or on a new one while there may be one more; false when neither has room. */
function placed(pages: Page[], heading: Heading, item: Item, reserved: number): boolean {
  const own = itemBlocks(item);
  const last = pages.at(-1);
  if (last !== undefined && fits(last, [...heading.above, ...own])) {
    add(last, [...heading.above, ...own], item.covers, item.coversShrinkage === true);
    return true;
  }
  if (pages.length === MAX_MESSAGES) return false;
  const page = openPage([titleBlock(heading.atTop), ...own], reserved);
  page.covers.push(...item.covers);
  page.coversShrinkage = item.coversShrinkage === true;
  pages.push(page);
  return true;
}

/** What stands above an item: in the midst of a message, and where it is the first of one. */
interface Heading {
  readonly above: readonly Block[];
  readonly atTop: string;
}

/** The headline says already what a digest of one section is about, so that section goes without its title. */
function headingOf({ sections }: Digest, section: Section, item: number): Heading {
  if (item > 0) return { above: [], atTop: `${section.title}, continued` };
  const atTop = section.title;
  if (sections.length === 1) return { above: [], atTop };
  const isFirst = section === sections[0];
  return { above: isFirst ? [titleBlock(atTop)] : [dividerBlock(), titleBlock(atTop)], atTop };
}

function fits(page: Page, blocks: readonly Block[]): boolean {
  const kept = 3; // the line that counts the rest, the divider and the context
  return page.blocks.length + blocks.length + kept <= MAX_BLOCKS && jsonLength(blocks) <= page.room;
}

function add(
  page: Page,
  blocks: readonly Block[],
  covers: readonly Coverage[],
  coversShrinkage: boolean,
): void {
  page.blocks.push(...blocks);
  for (const tell of covers) page.covers.push(tell);
  page.coversShrinkage ||= coversShrinkage;
  page.room -= jsonLength(blocks);
}

/** What the blocks add to the JSON of a message's list of blocks: themselves, and the commas and brackets. */
function jsonLength(blocks: readonly Block[]): number {
  return JSON.stringify(blocks).length;
}

function reserveFor(digest: Digest, end: readonly Block[]): number {
  return jsonLength(end) + jsonLength([sectionBlock(moreText(Number.MAX_SAFE_INTEGER, digest.moreHint))]);
}

function titleBlock(title: string): Block {
  return sectionBlock([{ kind: 'strong', text: title }]);
}

function moreBlock(left: readonly Item[], moreHint: string): Block {
  const count = left.reduce((sum, item, index) => sum + weightOf(item, left[index + 1]), 0);
  return sectionBlock(moreText(count, moreHint));
}

/** How many things an item speaks of. What stands beneath a shared cause is counted, and not the cause too. */
function weightOf({ covers }: Item, next: Item | undefined): number {
  return covers.length === 0 && next?.isNested ? 0 : Math.max(1, covers.length);
}

function moreText(count: number, moreHint: string): Line {
  return [
    words(`… and ${count.toLocaleString('en-US')} more: `),
    { kind: 'untrusted', text: moreHint },
    words(' shows them'),
  ];
}

function countedOnly({ covers }: Item): readonly Coverage[] {
  return covers.map((tell) => ({ ...tell, listed: false }));
}
