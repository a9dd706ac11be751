import { momentText, utcText } from '../digest/wording.ts';
import type { Instant } from '../time.ts';

/**
 * Text escaped for mrkdwn and for `text`. Slack reads `&`, `<` and `>` as control characters: without them nothing can
 * become a mention, a link or a date (docs.slack.dev, "Formatting message text", "Escaping text").
 */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text from outside as a code span, in which Slack formats nothing. Backticks would end it, so they become primes. */
export function codeSpan(text: string, url?: string): string {
  const code = escaped(text.replaceAll('`', '′'));
  // Within a link a "|" would part the address from its text.
  return url === undefined ? `\`${code}\`` : `\`<${escaped(url)}|${code.replaceAll('|', '¦')}>\``;
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
export function dateToken(moment: { readonly at: Instant; readonly isToday?: true }): string {
  const { at, isToday } = moment;
  if (at < 0 || at > LATEST_MS) return utcText(at);
  const format = isToday ? '{time}' : '{date_short_pretty} {time}';
  return `<!date^${Math.floor(at / 1000)}^${format}|${momentText(moment)}>`;
}

const LATEST_MS = Date.UTC(9999, 11, 31);
