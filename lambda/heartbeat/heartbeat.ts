// In: the URL of a heartbeat monitor, a secret as a whole; the end of the check.
// Out: whether the monitor accepted one GET. It never rejects, and never repeats the URL.
// Called by: commands/check.ts after each check that completed.
import { asError } from '../errors.ts';
import { sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import { isRedirect } from '../http/status.ts';

/** Tells a monitor outside the account that a check completed, so that it notices when none does. */
export interface Heartbeat {
  /** Undefined when no monitor expects one. */
  send(deadline: Deadline): Promise<HeartbeatResult | undefined>;
}

export type HeartbeatResult =
  | { readonly ok: true }
  /** Why the monitor did not accept it, or may not have: "404", "no response in time (TIMEOUT)". */
  | { readonly ok: false; readonly error: string };

/** Reads the URL for each heartbeat; undefined when there is none. */
export type HeartbeatUrlSource = () => Promise<string | undefined>;

const MAX_ATTEMPT_MS = 5000;
const MAX_BODY_BYTES = 64 * 1024;

/**
 * healthchecks.io answers 200 "OK (not found)" for a check that was deleted, and "OK (rate limited)" for a ping that it
 * ignores (Pinging API, "Response Codes"); Uptime Kuma answers `{"ok":false}`.
 */
const NOT_RECORDED = /^OK \(|"ok":\s*false/;

/**
 * Sends one GET, without retries: the next check sends the next one. It follows no redirect, which would carry the secret
 * to another place.
 */
export class HttpHeartbeat implements Heartbeat {
  readonly #url: HeartbeatUrlSource;

  constructor(url: HeartbeatUrlSource) {
    this.#url = url;
  }

  async send({ signal }: Deadline): Promise<HeartbeatResult | undefined> {
    try {
      const url = await this.#url();
      if (url === undefined) return undefined;
      // A connection that the sandbox kept while Lambda froze it may be dead, and this request is not sent again.
      const request = new Request(url, { headers: { connection: 'close' } });
      const response = await sendOnce(request, {
        signal,
        attemptTimeoutMs: MAX_ATTEMPT_MS,
        maxBytes: MAX_BODY_BYTES,
        onIncompleteBody: 'keep',
      });
      const fault = await faultOf(response);
      return fault === undefined ? { ok: true } : { ok: false, error: fault };
    } catch (error) {
      return { ok: false, error: asError(error).message };
    }
  }
}

async function faultOf(response: Response): Promise<string | undefined> {
  const { status, ok } = response;
  if (isRedirect(status)) return `${status}, a redirect, which is not followed`;
  if (!ok) return `${status}`;
  return NOT_RECORDED.test(await response.text())
    ? `${status}, but the monitor says that it did not record it`
    : undefined;
}
