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
 * Data inside `text`, where there are no code spans: `@here` and `#general` are kept from being read as a mention by an
 * invisible word joiner after the sign, and formatting signs by none being adjacent to a word.
 */
export function defused(text: string): string {
  return escaped(text.replace(/[@#*_~`:]/g, (sign) => `${sign}\u2060`));
}

/** A moment in the reader's own zone; where Slack cannot show that, in UTC. */
export function dateToken(epochMs: number): string {
  return `<!date^${Math.floor(epochMs / 1000)}^{date_short_pretty} {time}|${utcText(epochMs)}>`;
}

/** "2026-11-24 05:40 UTC". */
export function utcText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
