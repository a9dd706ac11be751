/*
 * Turns a digest into Slack messages: takes neutral lines, gives one to three messages within Slack's limits, each with
 * the alerts that it covers. A check calls `slackMessages` for its digest, and so do the report and the deployment test.
 */
import type { Digest, Item, Section } from '../digest/digest.ts';
import { moreText } from '../digest/names.ts';
import type { Coverage, MessageContent } from '../notify/notification.ts';
import {
  type Block,
  contextBlock,
  dividerBlock,
  headerBlock,
  itemBlocks,
  mentionBlock,
  sectionBlock,
  textOf,
} from './blocks.ts';
import { MAX_BLOCKS, MAX_BLOCKS_JSON_LENGTH, MAX_MESSAGES } from './limits.ts';
import { silenceLine } from './silence-line.ts';

/** One message to one webhook, and what it covers. */
export interface Message extends MessageContent {
  /** What a notification on a lock screen shows. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

/**
 * A digest as one to three messages, a reminder as one. The last line of the last one counts the items that find no room;
 * that message covers them.
 */
export function slackMessages(digest: Digest): readonly Message[] {
  const silence =
    digest.silenceCommand === undefined ? [] : [contextBlock(silenceLine(digest.silenceCommand))];
  const end = [dividerBlock(), contextBlock(digest.context), ...silence];
  const limits = { reserved: reserveFor(digest, end), maxMessages: digest.isReminder ? 1 : MAX_MESSAGES };
  const head = [headerBlock(digest.headline), ...(digest.mention ? [mentionBlock(digest.mention)] : [])];
  const pages: Page[] = [openPage({ blocks: head }, limits.reserved)];
  const leftOut: Item[] = [];
  for (const section of digest.sections) {
    for (const [index, item] of section.items.entries()) {
      const titled = { item, ...headingOf(digest, section, index) };
      if (leftOut.length > 0 || !isPlaced(pages, titled, limits)) leftOut.push(item);
    }
  }
  const last = pages.at(-1);
  if (last === undefined) return [];
  if (leftOut.length > 0)
    add(last, {
      blocks: [moreBlock(leftOut, digest.moreHint)],
      covers: leftOut.flatMap(countedOnly),
    });
  add(last, { blocks: end });
  const lastReminder = digest.satisfiesReminder
    ? pages.length - 1
    : pages.findLastIndex(({ covers }) => covers.some(({ reason }) => reason === 'reminder'));
  return pages.map(({ blocks, covers }, index) => ({
    text: textOf(digest, index + 1, pages.length),
    blocks,
    covers,
    endsReminder: index === lastReminder,
  }));
}

/** A message in the making. */
interface Page {
  readonly blocks: Block[];
  readonly covers: Coverage[];
  /** Beside those reserved for the end of a digest. */
  readonly maxBlocks: number;
  /** Characters of JSON still free, beside those reserved. */
  room: number;
}

/** What every page keeps free: for the line that counts the items left out, and the end of a digest. */
interface Reserved {
  readonly blocks: number;
  readonly jsonLength: number;
}

/** Blocks to add to a page, and what they cover. */
interface Part {
  readonly blocks: readonly Block[];
  readonly covers?: readonly Coverage[];
}

function openPage(part: Part, { blocks, jsonLength }: Reserved): Page {
  const room = MAX_BLOCKS_JSON_LENGTH - jsonLength;
  const page: Page = { blocks: [], covers: [], maxBlocks: MAX_BLOCKS - blocks, room };
  add(page, part);
  return page;
}

/** An item with the title that stands above it. */
interface TitledItem {
  readonly item: Item;
  /** Above the item within a message. */
  readonly above: readonly Block[];
  /** The title where the item is the first of a message. */
  readonly atTop: string;
}

interface Limits {
  readonly reserved: Reserved;
  readonly maxMessages: number;
}

/** Puts an item on the last page, or on a new one while there may be one more; false when neither has room. */
function isPlaced(pages: Page[], { item, above, atTop }: TitledItem, limits: Limits): boolean {
  const { covers } = item;
  const own = itemBlocks(item);
  const blocks = [...above, ...own];
  const last = pages.at(-1);
  if (last !== undefined && fits(last, blocks)) {
    add(last, { blocks, covers });
    return true;
  }
  if (pages.length === limits.maxMessages) return false;
  pages.push(openPage({ blocks: [titleBlock(atTop), ...own], covers }, limits.reserved));
  return true;
}

/** A digest of one section has no title above it: its headline says the same. */
function headingOf({ sections }: Digest, section: Section, item: number): Omit<TitledItem, 'item'> {
  if (item > 0) return { above: [], atTop: `${section.title}, continued` };
  const atTop = section.title;
  if (sections.length === 1) return { above: [], atTop };
  const isFirst = section === sections[0];
  return { above: isFirst ? [titleBlock(atTop)] : [dividerBlock(), titleBlock(atTop)], atTop };
}

function fits(page: Page, blocks: readonly Block[]): boolean {
  return page.blocks.length + blocks.length <= page.maxBlocks && jsonLength(blocks) <= page.room;
}

function add(page: Page, { blocks, covers = [] }: Part): void {
  page.blocks.push(...blocks);
  // One by one: an item may cover 140,000 alerts, too many for the arguments of one call.
  for (const coverage of covers) page.covers.push(coverage);
  page.room -= jsonLength(blocks);
}

/** What the blocks add to the JSON of a message's list of blocks: themselves, and the commas and brackets. */
function jsonLength(blocks: readonly Block[]): number {
  return JSON.stringify(blocks).length;
}

function reserveFor({ moreHint }: Digest, end: readonly Block[]): Reserved {
  const more = sectionBlock(moreText(Number.MAX_SAFE_INTEGER, moreHint));
  return { blocks: end.length + 1, jsonLength: jsonLength(end) + jsonLength([more]) };
}

function titleBlock(title: string): Block {
  return sectionBlock([{ kind: 'strong', text: title }]);
}

function moreBlock(leftOut: readonly Item[], moreHint: string): Block {
  const count = leftOut.reduce((sum, item, index) => sum + weightOf(item, leftOut[index + 1]), 0);
  return sectionBlock(moreText(count, moreHint));
}

/** How many alerts an item counts for. Where a shared cause has alerts nested beneath it, only those count. */
function weightOf({ covers }: Item, next: Item | undefined): number {
  const alerts = covers.filter(({ reason }) => reason !== 'moved').length;
  return alerts === 0 && next?.isNested ? 0 : Math.max(1, alerts);
}

function countedOnly({ covers }: Item): readonly Coverage[] {
  return covers.map((coverage) => ({ ...coverage, listed: false }));
}
