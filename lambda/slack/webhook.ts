// In: a Slack message, the URL of an incoming webhook, a deadline.
// Out: accepted, refused or unconfirmed. It never rejects.
// Called by: commands/deliver.ts for each message of a check, commands/report.ts, commands/test-deployment.ts.
import { createHash } from 'node:crypto';
import type { IncomingWebhookSendArguments } from '@slack/webhook';
import { type Block, minimalText, plainText } from '../core/render/blocks.ts';
import { SyncAlertsError } from '../errors.ts';
import { sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import { RETRY_POLICY, type RequestResult, type RetryPolicy, requestWithRetries } from '../http/retries.ts';
import { NotSent } from './certainty.ts';
import { SendGap } from './send-gap.ts';
import {
  isPayloadRefused,
  isRepostable,
  isWebhookRefused,
  type PostResult,
  postResult,
  storeTheUrl,
  webhookError,
} from './webhook-answer.ts';
import { checkWebhookUrl } from './webhook-url.ts';

export type { PostResult } from './webhook-answer.ts';

/** One message: the blocks, and the text that a push notification shows of them. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** The port to one destination. */
export interface Poster {
  /**
   * What the destination is known by: another channel has another id. Undefined when that cannot be read now.
   *
   * @param known The ids that count as this destination so far: another one is read fresh before it is believed.
   */
  destinationId(known: readonly string[]): Promise<string | undefined>;

  /**
   * Posts a message. A failure of Slack, of the network or of reading the URL is a result, never a rejection. No request
   * outlives the deadline.
   *
   * @param destinationId Only there: the message is refused if the destination is another one by now.
   */
  post(message: SlackMessage, deadline: Deadline, destinationId?: string): Promise<PostResult>;
}

/** Where the webhook's URL, a secret, comes from. `readFresh` bypasses any cache: Slack refused the URL. */
export interface WebhookUrlSource {
  /** Stands for the URL in errors. */
  readonly name: string;
  read(): Promise<string>;
  readFresh(): Promise<string>;
}

export interface WebhookOptions {
  /** @default 10 s */
  readonly attemptTimeoutMs?: number;
  readonly retryPolicy?: RetryPolicy;
  /**
   * The minimum time between two attempts.
   * @default 1.1 s
   */
  readonly gapMs?: number;
}

const ATTEMPT_TIMEOUT_MS = 10_000;
const GAP_MS = 1100;
/** Slack responds with one word. Of a longer body the rest is discarded. */
const MAX_RESPONSE_BYTES = 64 * 1024;
const NO_UNFURLING = { unfurl_links: false, unfurl_media: false } as const;

/** The adapter for a Slack incoming webhook. */
export class SlackWebhook implements Poster {
  readonly #url: WebhookUrlSource;
  readonly #attemptTimeoutMs: number;
  readonly #retryPolicy: RetryPolicy;
  readonly #gap: SendGap;

  constructor(url: WebhookUrlSource, options: WebhookOptions = {}) {
    const { attemptTimeoutMs = ATTEMPT_TIMEOUT_MS, retryPolicy = RETRY_POLICY, gapMs = GAP_MS } = options;
    this.#url = url;
    this.#attemptTimeoutMs = attemptTimeoutMs;
    this.#retryPolicy = { ...retryPolicy, minDelayMs: Math.max(retryPolicy.minDelayMs, gapMs) };
    this.#gap = new SendGap(gapMs);
  }

  async destinationId(known: readonly string[]): Promise<string | undefined> {
    const url = await this.#checkedUrl(() => this.#url.read());
    if (url instanceof SyncAlertsError) return undefined;
    if (known.length === 0 || known.includes(idOf(url))) return idOf(url);
    // A sandbox may hold an older URL than the one that wrote the state.
    const freshUrl = await this.#checkedUrl(() => this.#url.readFresh());
    return freshUrl instanceof SyncAlertsError ? undefined : idOf(freshUrl);
  }

  async post(message: SlackMessage, deadline: Deadline, destinationId?: string): Promise<PostResult> {
    const { name } = this.#url;
    const url = await this.#checkedUrl(() => this.#url.read());
    if (url instanceof SyncAlertsError) return refused(url);
    if (destinationId !== undefined && destinationId !== idOf(url)) return refused(this.#exchanged());
    const result = await this.#postTo(url, message, deadline);
    if (result.kind === 'no_response' || !(await isWebhookRefused(result))) return postResult(result, name);
    const freshUrl = await this.#checkedUrl(() => this.#url.readFresh());
    if (freshUrl instanceof SyncAlertsError) {
      const { status } = result.response;
      const problem = `expected 2xx, received ${status}, and the URL could not be read again; ${storeTheUrl(name)}`;
      return refused(webhookError(name, { code: 'slack_refused', problem, cause: freshUrl }));
    }
    if (freshUrl === url) return postResult(result, name);
    if (destinationId !== undefined) return refused(this.#exchanged());
    return postResult(await this.#postTo(freshUrl, message, deadline), name);
  }

  #exchanged(): SyncAlertsError {
    const problem = 'its URL was exchanged during this check; the next one posts to the new webhook';
    return webhookError(this.#url.name, { code: 'slack_url_exchanged', problem });
  }

  /** The URL, or why there is none. Only a cause of our own is kept: other errors may quote the secret. */
  async #checkedUrl(read: () => Promise<string>): Promise<string | SyncAlertsError> {
    const { name } = this.#url;
    let text: string;
    try {
      text = await read();
    } catch (error) {
      const cause = error instanceof SyncAlertsError ? error : undefined;
      const problem = `its URL could not be read; ${storeTheUrl(name)}`;
      return webhookError(name, { code: 'slack_url_unreadable', problem, cause });
    }
    const checked = checkWebhookUrl(text);
    if (checked.ok) return checked.url.href;
    const problem = `its URL ${checked.fault}; ${storeTheUrl(name)}`;
    return webhookError(name, { code: 'slack_url_invalid', problem });
  }

  /**
   * Posts with blocks; when Slack refuses those, as plain text; when it refuses that too, as minimal text, which holds
   * nothing from outside: one alert with content that Slack refuses must not block the others.
   */
  async #postTo(url: string, message: SlackMessage, deadline: Deadline): Promise<RequestResult> {
    const { text, blocks } = message;
    let result = await this.#send(url, { text, blocks: [...blocks], ...NO_UNFURLING }, deadline);
    for (const render of [plainText, minimalText]) {
      if (!(await isPayloadRefused(result))) break;
      result = await this.#send(url, { text: render(message), ...NO_UNFURLING }, deadline);
    }
    return result;
  }

  /** Sends through Slack's own client, with a `fetch` that retries only posts that certainly did not arrive. */
  async #send(
    url: string,
    payload: IncomingWebhookSendArguments,
    deadline: Deadline,
  ): Promise<RequestResult> {
    let result: RequestResult | undefined;
    // Loaded at the first post: most checks post nothing.
    const { IncomingWebhook } = await import('@slack/webhook');
    const webhook = new IncomingWebhook(url, {
      fetch: async (to, { method = 'POST', headers = {}, body = '' } = {}) => {
        result = await requestWithRetries(new Request(to, { method, headers, body }), {
          retryPolicy: this.#retryPolicy,
          deadline,
          send: (request) => this.#gap.run(() => this.#sendOnce(request, deadline), deadline),
          isRetryable: isRepostable,
        });
        if (result.kind === 'no_response') throw result.error;
        return result.response.clone();
      },
    });
    try {
      await webhook.send(payload);
    } catch (error) {
      // The client throws for any status but 2xx; the response itself says more.
      if (result === undefined) throw error;
    }
    return result ?? { kind: 'no_response', error: new NotSent(), attempts: 0 };
  }

  #sendOnce(request: Request, { signal }: Deadline): Promise<Response> {
    return sendOnce(request, {
      signal,
      attemptTimeoutMs: this.#attemptTimeoutMs,
      maxBytes: MAX_RESPONSE_BYTES,
      // The status decides, and the beginning of a body shows whether it comes from Slack.
      onIncompleteBody: 'keep',
    });
  }
}

function refused(error: SyncAlertsError): PostResult {
  return { kind: 'refused', error, invalidPayload: false };
}

/**
 * 12 hex digits of the SHA-256 of a URL: enough to tell webhooks apart, and no way back to the secret. Nothing sends a
 * fragment, so one makes no other destination.
 */
function idOf(url: string): string {
  return createHash('sha256').update(url.replace(/#.*$/s, '')).digest('hex').slice(0, 12);
}
