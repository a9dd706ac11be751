import { type CheckedUrl, checkUrl } from '../http/secure-url.ts';

/** The API's own base URL (List Connector Syncs, `servers`), used unless the environment sets another. */
export const DEFAULT_BASE_URL = 'https://api.timbal.ai';

/** Accepts a base URL of the API: it may have a path, but no query and no fragment. A fault never repeats the URL. */
export function checkBaseUrl(text: string): CheckedUrl {
  const checked = checkUrl(text);
  // An empty query or fragment is refused too: it would swallow the path that is appended.
  if (checked.ok && /[?#]/.test(checked.url.href)) {
    return { ok: false, fault: 'holds a query or a fragment' };
  }
  return checked;
}
