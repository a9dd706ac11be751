import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CLIENT_OPTIONS } from './aws/client-options.ts';
import type { Instant } from './core/time.ts';
import { SyncAlertsError } from './errors.ts';
import { maskedListing } from './masked-listing.ts';
import { DynamoDbStore } from './memory/dynamodb-store.ts';
import { memoryScope } from './memory/scope.ts';
import type { Ports } from './ports.ts';
import { Secret } from './secret.ts';
import { parseSettings, type Settings } from './settings.ts';
import { SlackWebhook } from './slack/webhook.ts';
import { TimbalListing } from './timbal/listing.ts';

/** What the function is started with. */
export interface World {
  /** The process's environment variables. */
  readonly environment: unknown;
  /** Reads the policy file; undefined when there is none. */
  readonly policyText: () => string | undefined;
  readonly now: () => Instant;
  /** Where the AWS services are and who calls them, where the environment does not say it. */
  readonly aws?: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

/** What lives as long as the container. */
export interface Wiring {
  readonly settings: Settings;
  readonly secret: Secret;
  /** The adapters for an organisation: the same as long as it is the same. */
  readonly portsFor: (organisation: string) => Ports;
}

/** @throws SyncAlertsError that names every fault of the settings. */
export function wire({ environment, policyText, now, aws }: World): Wiring {
  const parsed = parseSettings(environment, policyText());
  if (!parsed.ok) {
    const what = `the function is set up wrongly: ${parsed.faults.join('; ')}`;
    throw new SyncAlertsError(
      'settings_invalid',
      `${what}. Mend its environment in the stack, and deploy again`,
    );
  }
  const { settings } = parsed;
  const { secretId, stackName, tableName: table, baseUrl, connectorId } = settings;
  const client = new DynamoDBClient({ ...CLIENT_OPTIONS, ...aws });
  const secrets = new SecretsManagerClient({ ...CLIENT_OPTIONS, ...aws });
  const secret = new Secret({ client: secrets, secretId, stackName, now });
  const slack = new SlackWebhook(secret.webhookUrl);
  let latest: { readonly organisation: string; readonly ports: Ports } | undefined;

  return {
    settings,
    secret,
    portsFor: (organisation) => {
      if (latest?.organisation === organisation) return latest.ports;
      const watched = { baseUrl, organisation, ...(connectorId !== undefined && { connectorId }) };
      const unmasked = new TimbalListing({ ...watched, apiKey: secret.apiKey, now });
      const listing = maskedListing(unmasked, (text) => secret.masked(text));
      const memory = new DynamoDbStore({ client, table, scope: memoryScope(watched) });
      latest = { organisation, ports: { listing, memory, slack, now } };
      return latest.ports;
    },
  };
}
