import * as v from 'valibot';
import {
  answers,
  type Behaviour,
  type LocalServer,
  localServer,
  type Received,
} from '../http/local-server.ts';

const MessageSchema = v.looseObject({ text: v.string(), blocks: v.optional(v.array(v.unknown())) });

/** A message as it was posted. */
export type ReceivedMessage = v.InferOutput<typeof MessageSchema>;

/** Incoming webhooks of Slack on loopback: every path is a webhook. */
export interface SlackReceiver {
  /** The URL of a webhook. Its name is as secret as the token of a real one. */
  webhookUrl(name?: string): string;
  /** The posted messages, accepted or not; of one webhook, or of all. */
  messages(name?: string): readonly ReceivedMessage[];
  /** One behaviour for each of the next posts; after them the answer is `ok`. */
  readonly script: Behaviour[];
  readonly requests: readonly Received[];
  /** How many connections that carried a request are open. */
  readonly open: LocalServer['open'];
}

/** Starts a receiver, which `closeLocalServers` closes. */
export async function startSlackReceiver(): Promise<SlackReceiver> {
  const script: Behaviour[] = [];
  const ok = answers(200, 'ok');
  const server = await localServer((request, response) => (script.shift() ?? ok)(request, response));
  const pathOf = (name: string): string => `/services/T0/B0/${name}`;
  return {
    webhookUrl: (name = 'default') => `${server.url}${pathOf(name)}`,
    messages: (name) =>
      server.requests
        .filter(({ url }) => name === undefined || url === pathOf(name))
        .map(({ body }) => v.parse(MessageSchema, JSON.parse(body))),
    script,
    requests: server.requests,
    open: server.open,
  };
}
