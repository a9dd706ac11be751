import { utcText } from '../digest/wording.ts';

/**
 * Text escaped for mrkdwn and for `text`. Slack reads `&`, `<` and `>` as control characters: without them nothing can
 * become a mention, a link or a date (docs.slack.dev, "Formatting message text", "Escaping text").
 */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text from outside as a code span, in which Slack formats nothing. Backticks would end it, so they become primes. */
export function codeSpan(text: string): string {
  return `\`${escaped(text.replaceAll('`', '′'))}\``;
}

/**
 * Text from outside for `text`, which has no code spans. An invisible word joiner on both sides of a sign stops Slack
 * from reading `@here` and `#general` as mentions, and from formatting: it does so only where a sign touches a word.
 */
export function neutralized(text: string): string {
  return escaped(text.replace(/[@#*_~`:]/g, (sign) => `\u2060${sign}\u2060`));
}

/**
 * A moment as a date token, which Slack shows in the reader's own time zone and, where it cannot, in UTC. The token
 * takes seconds since 1970, so a moment before that or after the year 9999, which a wrong clock may have given, is
 * written in UTC alone.
 */
export function dateToken(epochMs: number): string {
  if (epochMs < 0 || epochMs > LATEST_MS) return utcText(epochMs);
  return `<!date^${Math.floor(epochMs / 1000)}^{date_short_pretty} {time}|${utcText(epochMs)}>`;
}

const LATEST_MS = Date.UTC(9999, 11, 31);
