import { randomUUID } from 'node:crypto';
import { check } from '../lambda/commands/check.ts';
import type { Outcome } from '../lambda/commands/outcome.ts';
import type { Instant } from '../lambda/core/time.ts';
import { redactedText, secretTexts } from '../lambda/secret/redaction.ts';
import { type Poster, SlackWebhook } from '../lambda/slack/webhook.ts';
import { FileStore } from '../lambda/state/file-store.ts';
import { TimbalListing } from '../lambda/timbal/listing.ts';
import type { WatchSettings } from './settings.ts';
import { TERMINAL } from './terminal.ts';

/**
 * Checks an organisation once, with its state in a file.
 *
 * @throws CheckFailed when the check could not list the syncs, save its state or deliver its messages; StateError when
 * the state file cannot be read.
 */
export async function watch(settings: WatchSettings, dryRun: boolean, now: () => Instant): Promise<Outcome> {
  const { apiKey, organisation, baseUrl, connectorId, stateFile, policy, webhookUrl } = settings;
  const secrets = secretTexts(apiKey, webhookUrl === undefined ? [] : [webhookUrl]);
  const listing = new TimbalListing({
    baseUrl,
    organisation,
    ...(connectorId !== undefined && { connectorId }),
    // The environment of a process does not change, so there is no fresher key to read.
    apiKey: { read: async () => apiKey, readFresh: async () => apiKey },
    now,
    redact: (text) => redactedText(text, secrets),
  });
  const filter = connectorId === undefined ? '' : `, connector ${connectorId}`;
  const scope = `organisation ${organisation} at ${new URL(baseUrl).href}${filter}`;
  return check(
    { listing, state: new FileStore(stateFile, scope), slack: posterFor(webhookUrl), now },
    {
      policy,
      origin: {
        environment: 'laptop',
        organisation,
        ...(connectorId !== undefined && { connectorId }),
        moreHint: 'npm start -- --json',
      },
      checkId: randomUUID(),
      remainingSeconds: 60,
      dryRun,
    },
  );
}

/** Slack when there is a webhook, else the terminal. */
export function posterFor(webhookUrl: string | undefined): Poster {
  if (webhookUrl === undefined) return TERMINAL;
  return new SlackWebhook({
    name: 'default',
    read: async () => webhookUrl,
    readFresh: async () => webhookUrl,
  });
}
