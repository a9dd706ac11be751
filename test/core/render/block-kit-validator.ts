/*
 * Slack's limits and ours, written down apart from the renderer. This file shares no constant and no function with
 * `lambda/core/render`, so that a wrong limit there fails here.
 */

/** docs.slack.dev/reference/block-kit/blocks: "up to 50 blocks in each message". */
const BLOCKS_IN_A_MESSAGE = 50;
/** docs.slack.dev/reference/block-kit/blocks/header-block: "Maximum length for the text in this field is 150 characters". */
const HEADER_CHARACTERS = 150;
/** docs.slack.dev/reference/block-kit/blocks/section-block: "Minimum length for the text in this field is 1 and maximum length is 3000 characters". */
const SECTION_CHARACTERS = 3000;
/** docs.slack.dev/reference/block-kit/blocks/context-block: "Maximum number of items is 10". */
const CONTEXT_ELEMENTS = 10;
/** docs/design/notifications.md, "Limits and escaping". */
const TEXT_CHARACTERS = 300;
/** docs/design/notifications.md, "Limits and escaping"; Slack was seen to refuse 11,341 (slackapi/bolt-js #2867). */
const BLOCKS_JSON_CHARACTERS = 10_000;

/** The faults of a message, in words; empty when Slack takes it, and nothing in it mentions, links or breaks. */
export function faultsOf(message: { readonly text: string; readonly blocks: readonly unknown[] }): string[] {
  const { text, blocks } = message;
  const json = JSON.stringify(blocks).length;
  return [
    ...outside('blocks', blocks.length, 1, BLOCKS_IN_A_MESSAGE),
    ...outside('JSON of the blocks', json, 1, BLOCKS_JSON_CHARACTERS),
    ...outside('text', text.length, 1, TEXT_CHARACTERS),
    ...within('text', textFaults(text)),
    ...blocks.flatMap((block, index) => within(`block ${index}`, blockFaults(block))),
  ];
}

function blockFaults(block: unknown): string[] {
  if (!isObject(block)) return ['is no object'];
  switch (block['type']) {
    case 'header':
      return [...keysBeyond(block, ['type', 'text']), ...within('header', headerFaults(block['text']))];
    case 'section':
      return [...keysBeyond(block, ['type', 'text']), ...within('section', mrkdwnFaults(block['text']))];
    case 'context':
      return [...keysBeyond(block, ['type', 'elements']), ...contextFaults(block['elements'])];
    case 'divider':
      return keysBeyond(block, ['type']);
    default:
      return [`has a type we do not use: ${String(block['type'])}`];
  }
}

function headerFaults(text: unknown): string[] {
  if (!isObject(text) || text['type'] !== 'plain_text' || typeof text['text'] !== 'string') {
    return ['is no plain_text'];
  }
  return [
    ...keysBeyond(text, ['type', 'text', 'emoji']),
    ...outside('plain_text', text['text'].length, 1, HEADER_CHARACTERS),
    ...characterFaults(text['text'], ''),
    ...(/[<>&]/.test(text['text']) ? ['holds a control character of Slack'] : []),
  ];
}

function contextFaults(elements: unknown): string[] {
  if (!Array.isArray(elements)) return ['context has no elements'];
  return [
    ...outside('context elements', elements.length, 1, CONTEXT_ELEMENTS),
    ...elements.flatMap((element: unknown) => within('context', mrkdwnFaults(element))),
  ];
}

function mrkdwnFaults(object: unknown): string[] {
  if (!isObject(object) || object['type'] !== 'mrkdwn' || typeof object['text'] !== 'string') {
    return ['is no mrkdwn'];
  }
  const { text } = object;
  return [
    ...keysBeyond(object, ['type', 'text', 'verbatim']),
    ...(object['verbatim'] === true ? [] : ['is not verbatim']),
    ...outside('mrkdwn', object['text'].length, 1, SECTION_CHARACTERS),
    ...(typeof text === 'string' ? markupFaults(text) : []),
  ];
}

/** The faults of mrkdwn, in blocks and in the plain text that is posted when Slack refuses the blocks. */
export function markupFaults(mrkdwn: string): string[] {
  const rest = mrkdwn.replace(DATE_TOKEN, '');
  const ticks = mrkdwn.split('`').length - 1;
  const spans = mrkdwn.match(/`[^`]*`/g) ?? [];
  return [
    ...characterFaults(mrkdwn, '\n'),
    ...escapeFaults(mrkdwn),
    ...(/[<>]/.test(rest) ? ['holds < or > outside a date token'] : []),
    ...(ticks % 2 === 0 ? [] : ['holds a code span that does not end']),
    ...(spans.some((span) => span.includes('\n')) ? ['holds a code span over two lines'] : []),
    ...(spans.some((span) => span === '``') ? ['holds an empty code span'] : []),
    ...(spans.some((span) => /[<>]/.test(span)) ? ['holds a token in a code span'] : []),
  ];
}

/** `<!date^1700000000^{date_short_pretty} {time}|2026-11-24 09:00 UTC>`, without the optional link. */
const DATE_TOKEN = /<!date\^\d+\^[^<>|^]+\|[^<>|]+>/g;

function textFaults(text: string): string[] {
  return [
    ...characterFaults(text, ''),
    ...escapeFaults(text),
    ...(/[<>]/.test(text) ? ['holds < or >'] : []),
    ...(text.includes('`') && !text.includes('`\u2060') ? ['holds a bare backtick'] : []),
  ];
}

function escapeFaults(text: string): string[] {
  return /&(?!(?:amp|lt|gt);)/.test(text) ? ['holds an & that is no escape, or half of one'] : [];
}

function characterFaults(text: string, allowed: string): string[] {
  const control = (text.match(/\p{Cc}/gu) ?? []).some((point) => !allowed.includes(point));
  return [
    ...(/\p{Cs}/u.test(text) ? ['holds half of a surrogate pair'] : []),
    ...(control ? ['holds a control character'] : []),
    ...(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u.test(text) ? ['turns the reading direction'] : []),
  ];
}

function outside(what: string, length: number, least: number, most: number): string[] {
  return length >= least && length <= most ? [] : [`${what}: ${length}, expected ${least} to ${most}`];
}

function keysBeyond(object: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(object).flatMap((key) =>
    known.includes(key) ? [] : [`has a field we do not use: ${key}`],
  );
}

function within(where: string, faults: readonly string[]): string[] {
  return faults.map((fault) => `${where} ${fault}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
