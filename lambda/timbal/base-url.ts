import { type CheckedUrl, checkUrl } from '../http/secure-url.ts';

/** Where the API is, unless someone says otherwise (List Connector Syncs, `servers`). */
export const DEFAULT_BASE_URL = 'https://api.timbal.ai';

/** A base URL of the API: a path of its own is kept, a query or a fragment is a mistake. A fault never repeats it. */
export function checkBaseUrl(text: string): CheckedUrl {
  const checked = checkUrl(text);
  // An empty query or fragment counts too: it would swallow the path that is put after it.
  if (checked.ok && /[?#]/.test(checked.url.href)) {
    return { ok: false, fault: 'holds a query or a fragment' };
  }
  return checked;
}
