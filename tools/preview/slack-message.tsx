import { Message } from 'slack-blocks-to-jsx';
import type { Block, Mrkdwn } from '../../lambda/core/render/blocks.ts';
import type { Instant } from '../../lambda/core/time.ts';
import type { SlackMessage } from '../../lambda/slack/webhook.ts';
import { clockText } from './clock.ts';

export type Theme = 'light' | 'dark';

const LOGO = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#2b4c7e"/>' +
    '<path d="M10 15a9 9 0 0 1 15-3l2 2m0-5v5h-5M26 21a9 9 0 0 1-15 3l-2-2m0 5v-5h5" fill="none" stroke="#fff" ' +
    'stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`;

/** A message that was posted at `at`, as Slack shows it to a reader in UTC on the same day. */
export function ShownInSlack({ message, at, theme }: { message: SlackMessage; at: Instant; theme: Theme }) {
  return (
    <Message
      name="sync-alerts"
      logo={LOGO}
      theme={theme}
      time={new Date(at)}
      blocks={message.blocks.map(formatted)}
      hooks={{ date: ({ timestamp }) => <span>{clockText(Number(timestamp) * 1000, at)}</span> }}
    />
  );
}

/**
 * The block without `verbatim`: the library shows `verbatim` text unformatted. Slack formats it; there `verbatim` only stops
 * URLs and names from becoming links and mentions (docs.slack.dev, "Text object").
 */
function formatted(block: Block) {
  switch (block.type) {
    case 'section':
      return { type: block.type, text: withoutVerbatim(block.text) };
    case 'context':
      return { type: block.type, elements: block.elements.map(withoutVerbatim) };
    case 'header':
    case 'divider':
      return block;
  }
}

function withoutVerbatim({ type, text }: Mrkdwn) {
  return { type, text };
}
