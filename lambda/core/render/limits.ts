/** Slack refuses a message with more (docs.slack.dev, Block Kit, "Blocks": up to 50 blocks in a message). */
export const MAX_BLOCKS = 50;

/** Slack refuses a longer text of a section (docs.slack.dev, section block, `text`). Counted over the escaped text. */
export const MAX_SECTION_LENGTH = 3000;

/** Slack refuses a longer header (docs.slack.dev, header block, `text`). */
export const MAX_HEADER_LENGTH = 150;

/** Slack refuses a context block with more elements (docs.slack.dev, context block, `elements`). */
export const MAX_CONTEXT_ELEMENTS = 10;

/** Our own: what a notification shows of `text` before it is cut. */
export const MAX_TEXT_LENGTH = 300;

/**
 * Our own, over `JSON.stringify(blocks)`: Slack documents no limit for the whole, and has been seen to refuse 11,341
 * characters with `msg_blocks_too_long` (slackapi/bolt-js #2867).
 */
export const MAX_BLOCKS_JSON_LENGTH = 10_000;

/** Our own: nobody reads a fourth. */
export const MAX_MESSAGES = 3;
