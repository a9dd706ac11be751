/** A URL that may be used, or the reason why not as a predicate ("is not a URL") that never repeats the URL. */
export type CheckedUrl =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly fault: string };

/**
 * Accepts https, and plain http for loopback addresses only, so that tests can run against real local servers. A URL
 * may hold a secret, so a fault never repeats it.
 */
export function checkUrl(text: string): CheckedUrl {
  if (!URL.canParse(text)) return { ok: false, fault: 'is not a URL' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return { ok: false, fault: 'holds a user name or a password' };
  if (url.protocol === 'https:') return { ok: true, url };
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return { ok: true, url };
  return { ok: false, fault: 'is not https (plain http is accepted for loopback addresses only)' };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
