/** Shorter parts of a URL are not secret, and may well appear in the name of a sync. */
const MIN_SECRET_PART_LENGTH = 16;

/**
 * The texts that must not be printed: the API key, each webhook URL, and also its path and its query alone, which are
 * the secret parts of the URL.
 */
export function secretTexts(apiKey: string, webhookUrls: readonly string[]): readonly string[] {
  const parts = webhookUrls.flatMap((text) => {
    const { pathname, search } = new URL(text);
    return [pathname, search].filter((part) => part.length >= MIN_SECRET_PART_LENGTH);
  });
  return [apiKey, ...webhookUrls, ...parts];
}

/** The text with each secret replaced by `***`. This is the last line of defence: errors are made without secrets. */
export function redactedText(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) {
    // Nearly no text holds a secret, and searching for one takes a tenth of the time of replacing none.
    const mayContain = redacted.length >= secret.length && redacted.includes(secret);
    if (mayContain) redacted = redacted.replaceAll(secret, '***');
  }
  return redacted;
}
