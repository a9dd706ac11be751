import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What is known of one request on its way. */
interface Sending {
  /** Whether a connection began to carry the request; undefined when the platform does not report it. */
  wasSent(): boolean | undefined;
  stop(): void;
}

/**
 * Watches a request from before its `fetch`. The error of a `fetch` that failed or was aborted does not say whether the
 * request had left; the diagnostics channels of undici, which is the `fetch` of Node.js, do (undici, "Diagnostics Channel
 * Support").
 */
export function watchSending({ method, url }: Request): Sending {
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  let isCreated = false;
  let isSent = false;
  const created = (message: unknown) => {
    isCreated ||= isRequest(message, method, path);
  };
  const sent = (message: unknown) => {
    isSent ||= isRequest(message, method, path);
  };
  subscribe(CREATED, created);
  subscribe(SENT, sent);
  return {
    wasSent: () => (isSent || isCreated ? isSent : undefined),
    stop: () => {
      unsubscribe(CREATED, created);
      unsubscribe(SENT, sent);
    },
  };
}

const CREATED = 'undici:request:create';
/** Published just before the first byte is written. */
const SENT = 'undici:client:sendHeaders';

/** Two requests that are alike may be taken for each other: then both count as sent. */
function isRequest(message: unknown, method: string, path: string): boolean {
  if (typeof message !== 'object' || message === null || !('request' in message)) return false;
  const { request } = message;
  if (typeof request !== 'object' || request === null) return false;
  return 'method' in request && request.method === method && 'path' in request && request.path === path;
}
