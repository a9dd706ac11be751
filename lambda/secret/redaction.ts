/** A shorter part is no secret, and may well stand in the name of a sync. */
const MIN_SECRET_PART_LENGTH = 16;

/** What must not be said: the key, and of a webhook also the path and the query alone, which are its secret parts. */
export function secretTexts(apiKey: string, webhookUrls: readonly string[]): readonly string[] {
  const parts = webhookUrls.flatMap((text) => {
    const { pathname, search } = new URL(text);
    return [pathname, search].filter((part) => part.length >= MIN_SECRET_PART_LENGTH);
  });
  return [apiKey, ...webhookUrls, ...parts];
}

/** The text without any of the secrets: the last line of defence. */
export function redactedText(text: string, secrets: Iterable<string>): string {
  let safe = text;
  for (const secret of secrets) safe = safe.replaceAll(secret, '***');
  return safe;
}
