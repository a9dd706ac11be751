import { utcText } from '../digest/wording.ts';

/**
 * Escapes text for mrkdwn and for `text`: Slack reads `&`, `<` and `>` as control characters, so without them nothing
 * can become a mention, a link or a date (docs.slack.dev, "Formatting message text", "Escaping text").
 */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Data as a code span, in which Slack formats nothing. Backticks would end it, so they become primes. */
export function codeSpan(text: string): string {
  return `\`${escaped(text.replaceAll('`', '′'))}\``;
}

/**
 * Data inside `text`, where there are no code spans: an invisible word joiner on both sides of a sign keeps `@here` and
 * `#general` from being read as a mention, and a formatting sign from standing beside a word.
 */
export function neutralized(text: string): string {
  return escaped(text.replace(/[@#*_~`:]/g, (sign) => `\u2060${sign}\u2060`));
}

/**
 * A moment in the reader's own zone; where Slack cannot show that, in UTC. Its token takes seconds since 1970: a moment
 * before that, which a wrong clock may have given, is said in UTC alone, and so is one that no calendar shows.
 */
export function dateToken(epochMs: number): string {
  if (epochMs < 0 || epochMs > LATEST_MS) return utcText(epochMs);
  return `<!date^${Math.floor(epochMs / 1000)}^{date_short_pretty} {time}|${utcText(epochMs)}>`;
}

const LATEST_MS = Date.UTC(9999, 11, 31);
