import { slackMessages } from '../core/render/slack-messages.ts';
import type { Poster } from '../slack/webhook.ts';
import type { DestinationPort } from './destination-port.ts';

/** A channel of Slack behind an incoming webhook. */
export function slackDestination(poster: Poster): DestinationPort {
  return {
    destinationId: (known) => poster.destinationId(known),
    write: async (digest, { id }) =>
      slackMessages(digest).map((message) => ({
        covers: message.covers,
        endsReminder: message.endsReminder,
        post: (deadline) => poster.post(message, deadline, id),
      })),
  };
}
