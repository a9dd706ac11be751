import { setTimeout as sleep } from 'node:timers/promises';
import { IncomingWebhook, type IncomingWebhookSendArguments } from '@slack/webhook';
import { SyncAlertsError } from '../errors.ts';
import type { Deadline } from '../http/deadline.ts';
import { sendOnce } from '../http/one-try.ts';
import { type Answer, PATIENCE, type Patience, requestWithRetries } from '../http/retries.ts';
import { type Block, plainForm } from './blocks.ts';
import { certainlyNotSent, NotSent, slacksWord } from './certainty.ts';

/** What is posted: the blocks, and what a notification shows of them. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** What came of a post. `uncertain`: Slack may have it. */
export type Posted =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly error: SyncAlertsError;
      /** Slack refused this message, and would take another. */
      readonly form: boolean;
      /** How long Slack asked to be left alone, where that did not fit the deadline. */
      readonly waitSeconds?: number;
    }
  | { readonly kind: 'uncertain'; readonly error: SyncAlertsError };

/** Posts messages to one place. */
export interface Poster {
  /** Never rejects for what Slack or the network does; nothing of it goes on after the deadline. */
  post(message: SlackMessage, deadline: Deadline): Promise<Posted>;
}

/** Where a webhook's URL is read, which is a secret; afresh once it was refused. */
export interface WebhookUrl {
  /** What errors call it. */
  readonly name: string;
  read(): Promise<string>;
  readAfresh(): Promise<string>;
}

export interface WebhookOptions {
  readonly tryMs?: number;
  readonly patience?: Patience;
  /** The least time between two posts to one webhook: Slack allows about one a second (docs.slack.dev, "Rate limits"). */
  readonly gapMs?: number;
}

const TRY_MS = 10_000;
const GAP_MS = 1100;
/** Slack answers with a word; whatever is longer is not read. */
const MOST_ANSWER_BYTES = 64 * 1024;
const NO_UNFURLING = { unfurl_links: false, unfurl_media: false } as const;

/** One of Slack's incoming webhooks. Errors name it by its name, never by its URL. */
export class SlackWebhook implements Poster {
  readonly #url: WebhookUrl;
  readonly #options: Required<WebhookOptions>;
  #lastSentMs = Number.NEGATIVE_INFINITY;

  constructor(url: WebhookUrl, options: WebhookOptions = {}) {
    this.#url = url;
    this.#options = { tryMs: TRY_MS, patience: PATIENCE, gapMs: GAP_MS, ...options };
  }

  async post(message: SlackMessage, deadline: Deadline): Promise<Posted> {
    const url = await this.#url.read();
    const answer = await this.#postTo(url, message, deadline);
    if (!isRefusedWebhook(answer)) return this.#decided(answer);
    const fresh = await this.#url.readAfresh();
    return this.#decided(fresh === url ? answer : await this.#postTo(fresh, message, deadline));
  }

  /** Posts with blocks, and once more without, in a plain form, when Slack refuses the form. */
  async #postTo(url: string, message: SlackMessage, deadline: Deadline): Promise<Answer> {
    const { text, blocks } = message;
    const answer = await this.#send(url, { text, blocks: [...blocks], ...NO_UNFURLING }, deadline);
    if (!isRefusedForm(answer)) return answer;
    return this.#send(url, { text: plainForm(message), ...NO_UNFURLING }, deadline);
  }

  /** Sends through Slack's own client, with a `fetch` that retries what certainly did not arrive. */
  async #send(url: string, body: IncomingWebhookSendArguments, deadline: Deadline): Promise<Answer> {
    let answer: Answer | undefined;
    const webhook = new IncomingWebhook(url, {
      fetch: async (to, { method = 'POST', headers = {}, body: json = '' } = {}) => {
        answer = await requestWithRetries(new Request(to, { method, headers, body: json }), {
          patience: this.#options.patience,
          deadline,
          send: (request) => this.#sendOnce(request, deadline),
          mayRetry: certainlyNotAccepted,
        });
        if (answer.kind === 'unanswered') throw answer.error;
        return answer.response.clone();
      },
    });
    try {
      await webhook.send(body);
    } catch (error) {
      // The client throws for every answer but 2xx; the answer itself says more.
      if (answer === undefined) throw error;
    }
    return answer ?? { kind: 'unanswered', error: new NotSent(), tries: 0 };
  }

  async #sendOnce(request: Request, { signal }: Deadline): Promise<Response> {
    const waitMs = this.#lastSentMs + this.#options.gapMs - performance.now();
    try {
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      signal.throwIfAborted();
    } catch {
      throw new NotSent();
    }
    this.#lastSentMs = performance.now();
    // The status decides: a 2xx is accepted whatever its body.
    return sendOnce(request, {
      tryMs: this.#options.tryMs,
      mostBytes: MOST_ANSWER_BYTES,
      cutBody: 'is empty',
    });
  }

  async #decided(answer: Answer): Promise<Posted> {
    if (answer.kind === 'unanswered') {
      const isCertain = certainlyNotSent(answer.error);
      const what = isCertain
        ? `could not be reached: ${reasonOf(answer.error)}`
        : 'did not answer in time, or was cut off';
      const then = isCertain
        ? 'the next check posts again'
        : 'it may have the message; it is posted again later';
      const error = this.#error(
        isCertain ? 'slack_unreachable' : 'slack_uncertain',
        `${what}; ${then}`,
        answer.error,
      );
      return isCertain ? { kind: 'refused', error, form: false } : { kind: 'uncertain', error };
    }
    const { response, waitSeconds } = answer;
    if (response.ok) return { kind: 'accepted' };
    const { status } = response;
    const word = slacksWord(await response.clone().text());
    const said = `answered ${status}${word === undefined ? '' : ` ${word}`}`;
    if (status >= 500 && word === undefined) {
      const error = this.#error(
        'slack_uncertain',
        `${said}, which is not Slack's own; it may have the message`,
      );
      return { kind: 'uncertain', error };
    }
    const error = this.#error('slack_refused', `${said}; ${adviceFor(status)}`);
    const form = isRefusedForm(answer);
    return { kind: 'refused', error, form, ...(waitSeconds !== undefined && { waitSeconds }) };
  }

  #error(code: string, what: string, cause?: Error): SyncAlertsError {
    return new SyncAlertsError(code, `slack webhook ${JSON.stringify(this.#url.name)} ${what}`, { cause });
  }
}

/** What Slack's client, its network or its own word says did not arrive, and may in a moment. */
async function certainlyNotAccepted(came: Response | Error): Promise<boolean> {
  if (came instanceof Error) return !(came instanceof NotSent) && certainlyNotSent(came);
  if (came.status === 429) return true;
  return came.status >= 500 && slacksWord(await came.clone().text()) !== undefined;
}

/** The webhook itself is refused: revoked, its channel archived, its app removed. */
function isRefusedWebhook(answer: Answer): boolean {
  return answer.kind === 'answered' && [403, 404, 410].includes(answer.response.status);
}

function isRefusedForm(answer: Answer): boolean {
  return answer.kind === 'answered' && [400, 413].includes(answer.response.status);
}

function adviceFor(status: number): string {
  if ([403, 404, 410].includes(status)) {
    return 'the webhook was revoked, or its channel or app is gone: create a new one and put it into the configuration';
  }
  if (status === 429) return 'it asks to be left alone; the next check posts again';
  if (status === 400 || status === 413) return 'it refused the message in its plain form too';
  if (status >= 500) return 'Slack is in trouble; the next check posts again';
  return 'check that the URL is an incoming webhook';
}

/** The network's own word for it; its message would name hosts at the most, its code is enough. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : message;
}
