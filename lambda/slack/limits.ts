/** Slack refuses a message with more (docs.slack.dev, Block Kit, "Blocks": up to 50 blocks in a message). */
export const MOST_BLOCKS = 50;

/** Slack refuses a longer text of a section (docs.slack.dev, section block, `text`). Counted over the escaped text. */
export const LONGEST_SECTION = 3000;

/** Slack refuses a longer header (docs.slack.dev, header block, `text`). */
export const LONGEST_HEADER = 150;

/** Slack refuses a context block with more elements (docs.slack.dev, context block, `elements`). */
export const MOST_CONTEXT_ELEMENTS = 10;

/** Our own: what a notification shows of `text` before it is cut. */
export const LONGEST_TEXT = 300;

/**
 * Our own, over `JSON.stringify(blocks)`: Slack documents no limit for the whole, and has been seen to refuse 11,341
 * characters with `msg_blocks_too_long` (slackapi/bolt-js #2867).
 */
export const LONGEST_BLOCKS_JSON = 10_000;

/** Our own: nobody reads a fourth. */
export const MOST_MESSAGES = 3;
