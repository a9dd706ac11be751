import { setTimeout as sleep } from 'node:timers/promises';
import { IncomingWebhook, type IncomingWebhookSendArguments } from '@slack/webhook';
import { type Block, minimalText, plainText } from '../core/render/blocks.ts';
import { SyncAlertsError } from '../errors.ts';
import { sendOnce } from '../http/attempt.ts';
import type { Deadline } from '../http/deadline.ts';
import {
  type InvocationResponse,
  RETRY_POLICY,
  type RetryPolicy,
  requestWithRetries,
} from '../http/retries.ts';
import { NotSent } from './certainty.ts';
import {
  isRefusedForm,
  isRefusedWebhook,
  isRepostable,
  type PostResult,
  postedBy,
  webhookError,
} from './webhook-answer.ts';
import { checkWebhookUrl } from './webhook-url.ts';

export type { PostResult } from './webhook-answer.ts';

/** What is posted: the blocks, and what a notification shows of them. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Posts messages to one place. */
export interface Poster {
  /** Never rejects for what Slack, the network or the reading of the URL does; nothing of it outlives the deadline. */
  post(message: SlackMessage, deadline: Deadline): Promise<PostResult>;
}

/** Where a webhook's URL is read, which is a secret; afresh once it was refused. */
export interface WebhookUrl {
  /** What errors call it. */
  readonly name: string;
  read(): Promise<string>;
  readFresh(): Promise<string>;
}

export interface WebhookOptions {
  readonly attemptTimeoutMs?: number;
  readonly retryPolicy?: RetryPolicy;
  /** The least time from one try to the next: Slack allows about one a second (docs.slack.dev, "Rate limits"). */
  readonly gapMs?: number;
}

const ATTEMPT_TIMEOUT_MS = 10_000;
const GAP_MS = 1100;
/** Slack answers with a word; whatever is longer is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;
const NEW_URL = 'put the URL of an incoming webhook into the configuration';
const NO_UNFURLING = { unfurl_links: false, unfurl_media: false } as const;

/** One of Slack's incoming webhooks. Errors name it by its name, never by its URL. */
export class SlackWebhook implements Poster {
  readonly #url: WebhookUrl;
  readonly #options: Required<WebhookOptions>;
  /** When the next try may be sent, in milliseconds of `performance.now()`. */
  #nextSendMs = Number.NEGATIVE_INFINITY;

  constructor(url: WebhookUrl, options: WebhookOptions = {}) {
    this.#url = url;
    this.#options = {
      attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
      retryPolicy: RETRY_POLICY,
      gapMs: GAP_MS,
      ...options,
    };
  }

  async post(message: SlackMessage, deadline: Deadline): Promise<PostResult> {
    const { name } = this.#url;
    const url = await this.#usable(() => this.#url.read());
    if (url instanceof SyncAlertsError) return { kind: 'refused', error: url, form: false };
    const answer = await this.#postTo(url, message, deadline);
    if (answer.kind === 'no_response' || !(await isRefusedWebhook(answer))) return postedBy(answer, name);
    const fresh = await this.#usable(() => this.#url.readFresh());
    if (fresh instanceof SyncAlertsError) {
      const what = `answered ${answer.response.status}, and no other URL could be read`;
      const error = webhookError(name, 'slack_refused', `${what}; ${NEW_URL}`, fresh);
      return { kind: 'refused', error, form: false };
    }
    return postedBy(fresh === url ? answer : await this.#postTo(fresh, message, deadline), name);
  }

  /** The URL, or why there is none. A cause is kept if it is ours alone: those of others may quote the secret. */
  async #usable(read: () => Promise<string>): Promise<string | SyncAlertsError> {
    const { name } = this.#url;
    let text: string;
    try {
      text = await read();
    } catch (error) {
      const cause = error instanceof SyncAlertsError ? error : undefined;
      return webhookError(
        name,
        'slack_url_unreadable',
        `has a URL that could not be read; ${NEW_URL}`,
        cause,
      );
    }
    const checked = checkWebhookUrl(text);
    if (checked.ok) return checked.url.href;
    return webhookError(name, 'slack_url_invalid', `has a URL that ${checked.fault}; ${NEW_URL}`);
  }

  /**
   * Posts with blocks; in a plain form when Slack refuses those; and in the fewest words, which are ours alone, when it
   * refuses that: whatever it is that it does not take in what one alert says, it must not hold up the others.
   */
  async #postTo(url: string, message: SlackMessage, deadline: Deadline): Promise<InvocationResponse> {
    const { text, blocks } = message;
    let answer = await this.#send(url, { text, blocks: [...blocks], ...NO_UNFURLING }, deadline);
    for (const form of [plainText, minimalText]) {
      if (!(await isRefusedForm(answer))) break;
      answer = await this.#send(url, { text: form(message), ...NO_UNFURLING }, deadline);
    }
    return answer;
  }

  /** Sends through Slack's own client, with a `fetch` that retries what certainly did not arrive. */
  async #send(
    url: string,
    body: IncomingWebhookSendArguments,
    deadline: Deadline,
  ): Promise<InvocationResponse> {
    const { retryPolicy, gapMs } = this.#options;
    let answer: InvocationResponse | undefined;
    const webhook = new IncomingWebhook(url, {
      fetch: async (to, { method = 'POST', headers = {}, body: json = '' } = {}) => {
        answer = await requestWithRetries(new Request(to, { method, headers, body: json }), {
          retryPolicy: { ...retryPolicy, minDelayMs: Math.max(retryPolicy.minDelayMs, gapMs) },
          deadline,
          send: (request) => this.#sendOnce(request, deadline),
          isRetryable: isRepostable,
        });
        if (answer.kind === 'no_response') throw answer.error;
        return answer.response.clone();
      },
    });
    try {
      await webhook.send(body);
    } catch (error) {
      // The client throws for every answer but 2xx; the answer itself says more.
      if (answer === undefined) throw error;
    }
    return answer ?? { kind: 'no_response', error: new NotSent(), attempts: 0 };
  }

  /** Waits for its turn, which is taken before the wait: two posts at once do not get the same. */
  async #sendOnce(request: Request, { signal, leftMs }: Deadline): Promise<Response> {
    const { attemptTimeoutMs, gapMs } = this.#options;
    const turnMs = Math.max(performance.now(), this.#nextSendMs);
    this.#nextSendMs = turnMs + gapMs;
    const waitMs = turnMs - performance.now();
    try {
      if (waitMs >= leftMs()) throw new NotSent();
      if (waitMs > 0) await sleep(Math.ceil(waitMs), undefined, { signal });
      signal.throwIfAborted();
    } catch {
      throw new NotSent();
    }
    try {
      // The status decides: a 2xx is accepted whatever its body.
      return await sendOnce(request, {
        signal,
        attemptTimeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        cutBody: 'is empty',
      });
    } finally {
      // Counted from the end as well: a slow connection must not bring two tries together at Slack's door.
      this.#nextSendMs = Math.max(this.#nextSendMs, performance.now() + gapMs);
    }
  }
}
