import { randomUUID } from 'node:crypto';
import { check } from '../lambda/check.ts';
import type { Instant } from '../lambda/core/time.ts';
import { maskedListing } from '../lambda/masked-listing.ts';
import { FileStore } from '../lambda/memory/file-store.ts';
import type { Outcome } from '../lambda/outcome.ts';
import { maskedText, secretTexts } from '../lambda/secret-texts.ts';
import { type Poster, SlackWebhook } from '../lambda/slack/webhook.ts';
import { TimbalListing } from '../lambda/timbal/listing.ts';
import type { WatchSettings } from './settings.ts';
import { TERMINAL } from './terminal.ts';

/**
 * One check of the real thing.
 *
 * @throws CheckFailed when it could not list, remember or deliver; MemoryError when the memory file cannot be read.
 */
export async function watch(settings: WatchSettings, dryRun: boolean, now: () => Instant): Promise<Outcome> {
  const { apiKey, organisation, baseUrl, connectorId, memoryFile, policy, webhookUrl } = settings;
  const unmasked = new TimbalListing({
    baseUrl,
    organisation,
    ...(connectorId !== undefined && { connectorId }),
    // The environment of a process does not change: there is no fresher key to read.
    apiKey: { read: async () => apiKey, readAfresh: async () => apiKey },
    now,
  });
  const secrets = secretTexts(apiKey, webhookUrl === undefined ? [] : [webhookUrl]);
  const listing = maskedListing(unmasked, (text) => maskedText(text, secrets));
  const filter = connectorId === undefined ? '' : `, connector ${connectorId}`;
  const scope = `organisation ${organisation} at ${new URL(baseUrl).href}${filter}`;
  return check(
    { listing, memory: new FileStore(memoryFile, scope), slack: posterFor(webhookUrl), now },
    {
      policy,
      place: { environment: 'laptop', organisation, moreHint: 'npm start -- --json' },
      checkId: randomUUID(),
      killedAfterSeconds: 60,
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
    readAfresh: async () => webhookUrl,
  });
}
