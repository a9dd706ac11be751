/** Slack refuses a message with more (docs.slack.dev, Block Kit, "Blocks": up to 50 blocks in a message). */
export const MAX_BLOCKS = 50;

/** Slack refuses a longer text of a section (docs.slack.dev, section block, `text`). Counted over the escaped text. */
export const MAX_SECTION_LENGTH = 3000;

/** Slack refuses a longer header (docs.slack.dev, header block, `text`). */
export const MAX_HEADER_LENGTH = 150;

/** Our own: a notification on a phone cuts a longer `text`. */
export const MAX_TEXT_LENGTH = 300;

/**
 * Our own, over `JSON.stringify(blocks)`: Slack documents no limit for the whole, and has been seen to refuse 11,341
 * characters with `msg_blocks_too_long` (slackapi/bolt-js #2867).
 */
export const MAX_BLOCKS_JSON_LENGTH = 10_000;

/** Our own: a digest of more messages would bury the channel. */
export const MAX_MESSAGES = 3;
