import { randomUUID } from 'node:crypto';
import type { CheckSettings } from '../lambda/commands/ports.ts';
import type { SilencePorts } from '../lambda/commands/silences.ts';
import type { Instant } from '../lambda/core/time.ts';
import { slackDestination } from '../lambda/destinations/slack-destination.ts';
import { HttpHeartbeat } from '../lambda/heartbeat/heartbeat.ts';
import { redactedText, secretTexts } from '../lambda/secret/redaction.ts';
import { type Poster, SlackWebhook } from '../lambda/slack/webhook.ts';
import { FileStore } from '../lambda/state/file-store.ts';
import { lazyEvidence } from '../lambda/timbal/lazy-evidence.ts';
import { TimbalListing } from '../lambda/timbal/listing.ts';
import type { WatchSettings } from './settings.ts';
import { TERMINAL } from './terminal.ts';

/** What a command on the laptop works with. */
export interface Watch {
  readonly ports: SilencePorts;
  readonly settings: CheckSettings;
  /** Where messages go. */
  readonly destination: 'slack' | 'terminal';
  readonly stateFile: string;
}

/** The ports and settings of an organisation that is watched with its state in a file. */
export function watchOf(settings: WatchSettings, now: () => Instant, dryRun: boolean): Watch {
  const { apiKey, organisation, baseUrl, connectorId, stateFile, policy, webhookUrl, heartbeatUrl } =
    settings;
  const secrets = secretTexts(apiKey, webhookUrl === undefined ? [] : [webhookUrl], heartbeatUrl);
  const heartbeat = new HttpHeartbeat(async () => heartbeatUrl);
  const watched = {
    baseUrl,
    organisation,
    ...(connectorId !== undefined && { connectorId }),
    // The environment of a process does not change, so there is no fresher key to read.
    apiKey: { read: async () => apiKey, readFresh: async () => apiKey },
    redact: (text: string) => redactedText(text, secrets),
  };
  const listing = new TimbalListing({ ...watched, now });
  const filter = connectorId === undefined ? '' : `, connector ${connectorId}`;
  const scope = `organisation ${organisation} at ${new URL(baseUrl).href}${filter}`;
  const state = new FileStore(stateFile, scope);
  return {
    ports: {
      listing,
      evidence: lazyEvidence(watched),
      state,
      silences: state,
      slack: posterFor(webhookUrl),
      // The webhooks and keys of the others are in the secret of a deployment: here they are only printed.
      destinations: Object.fromEntries(
        Object.keys(policy.destinations).map((name) => [name, slackDestination(TERMINAL)]),
      ),
      heartbeat,
      now,
      random: Math.random,
    },
    settings: {
      policy,
      origin: {
        environment: 'laptop',
        organisation,
        ...(connectorId !== undefined && { connectorId }),
        moreHint: 'npm start --silent -- report --json',
        commandPrefix: 'npm start --',
      },
      checkId: randomUUID(),
      remainingSeconds: 60,
      dryRun,
    },
    destination: webhookUrl === undefined ? 'terminal' : 'slack',
    stateFile,
  };
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
