/** Shorter parts of a URL are not secret, and may well appear in the name of a sync. */
const MIN_SECRET_PART_LENGTH = 16;

/** A shorter value is a placeholder or a test key: removed everywhere, `test` would take letters out of ordinary words. */
const MIN_SECRET_LENGTH = 8;

/**
 * The texts that must not be printed: the API key, each URL, and also its path and its query alone, which are the secret
 * parts of the URL. The token of a heartbeat may be short, "/c2354d53d2", so each part of its path with a digit is one.
 */
export function secretTexts(
  apiKey: string,
  webhookUrls: readonly string[],
  heartbeatUrl?: string,
): readonly string[] {
  const urls = heartbeatUrl === undefined ? webhookUrls : [...webhookUrls, heartbeatUrl];
  const parts = urls.flatMap((text) => {
    const { pathname, search } = new URL(text);
    return [pathname, search].filter((part) => part.length >= MIN_SECRET_PART_LENGTH);
  });
  const tokens = heartbeatUrl === undefined ? [] : new URL(heartbeatUrl).pathname.split('/');
  return inOrder([apiKey, ...urls, ...parts, ...tokens.filter((token) => /\d/.test(token))]);
}

/** Secrets in the order in which to remove them: a secret before any that is a part of it, or its rest would remain. */
export function inOrder(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets)]
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .sort((one, other) => other.length - one.length);
}

/**
 * The text with each secret replaced by `***`. This is the last line of defence: errors are made without secrets.
 *
 * @param secrets In the order of `secretTexts` or `inOrder`.
 */
export function redactedText(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) {
    // Nearly no text holds a secret, and searching for one takes a tenth of the time of replacing none.
    const mayContain = redacted.length >= secret.length && redacted.includes(secret);
    if (mayContain) redacted = redacted.replaceAll(secret, '***');
  }
  return redacted;
}
