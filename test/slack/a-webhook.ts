import { inspect } from 'node:util';
import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import {
  type PostResult,
  type SlackMessage,
  SlackWebhook,
  type WebhookOptions,
  type WebhookUrlSource,
} from '../../lambda/slack/webhook.ts';
import { answers, type LocalServer } from '../http/local-server.ts';

export const MESSAGE: SlackMessage = {
  text: 'one sync fails',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'orders fails', verbatim: true } }],
};
export const OK = answers(200, 'ok');
/** Each URL contains the mark, which no result may contain. */
export const PATH = '/services/T0/B0/MARKED';
export const FRESH_PATH = '/services/T0/B1/MARKED';

/** Options whose retries wait 1 to 4 ms, and whose posts need no gap. */
export const QUICK: WebhookOptions = {
  attemptTimeoutMs: 2000,
  gapMs: 0,
  retryPolicy: { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 },
};

interface PostOptions extends WebhookOptions {
  readonly url?: WebhookUrlSource;
  readonly deadline?: Deadline;
}

/** Posts the message to this server, and expects no part of the URL in the result. */
export async function post(
  { url: base }: Pick<LocalServer, 'url'>,
  { url = aUrl(base), deadline = deadlineIn(5), ...options }: PostOptions = {},
): Promise<PostResult> {
  const result = await new SlackWebhook(url, { ...QUICK, ...options }).post(MESSAGE, deadline);
  const everything = inspect(result, {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxStringLength: null,
  });
  expect(everything).not.toContain('MARKED');
  return result;
}

/** A URL that records how it was read. */
export function aUrl(
  base: string,
  overrides: Partial<Omit<WebhookUrlSource, 'name'>> = {},
): WebhookUrlSource & { readonly reads: readonly string[] } {
  const { read = async () => base + PATH, readFresh = async () => base + FRESH_PATH } = overrides;
  const reads: string[] = [];
  return {
    name: 'default',
    reads,
    read: () => {
      reads.push('read');
      return read();
    },
    readFresh: () => {
      reads.push('readFresh');
      return readFresh();
    },
  };
}

/** The error's message after the part that names the webhook, with which every message begins. */
export function messageOf(result: PostResult): string {
  if (result.kind === 'accepted') return 'accepted';
  const { message } = result.error;
  const beginning = 'cannot post to Slack webhook "default": ';
  expect(message.startsWith(beginning)).toBe(true);
  return message.slice(beginning.length);
}

/** The parsed bodies that the server received. */
export function bodies({ requests }: LocalServer): readonly unknown[] {
  return requests.map(({ body }): unknown => JSON.parse(body));
}
