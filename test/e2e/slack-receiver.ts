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

/** Incoming webhooks on loopback: every path is one. */
export interface SlackReceiver {
  /** The webhook of a name, a secret as Slack's are. */
  webhookUrl(name?: string): string;
  /** What was posted, whatever was answered; on one webhook, or on all. */
  messages(name?: string): readonly ReceivedMessage[];
  /** What to answer next, one behaviour for each post; `ok` when there is none left. */
  readonly script: Behaviour[];
  /** Every request as it came. */
  readonly requests: readonly Received[];
  /** How many connections are open that had a request. */
  readonly open: LocalServer['open'];
}

/** Starts one. `closeLocalServers` closes it. */
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
