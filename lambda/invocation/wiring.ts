import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CLIENT_OPTIONS } from '../aws/client-options.ts';
import { signedBy } from '../aws/signed-request.ts';
import type { Ports } from '../commands/ports.ts';
import type { Instant } from '../core/time.ts';
import { type DestinationServices, destinationPorts } from '../destinations/destination-ports.ts';
import { SyncAlertsError } from '../errors.ts';
import { HttpHeartbeat } from '../heartbeat/heartbeat.ts';
import { Secret } from '../secret/secret.ts';
import { SlackWebhook, type WebhookOptions } from '../slack/webhook.ts';
import { DynamoDbStore } from '../state/dynamodb-store.ts';
import { stateScope } from '../state/scope.ts';
import type { SilenceStore } from '../state/state-store.ts';
import { lazyEvidence } from '../timbal/lazy-evidence.ts';
import { TimbalListing } from '../timbal/listing.ts';
import { parseSettings, type Settings } from './settings.ts';

/** Everything that the process provides to the function. */
export interface Runtime {
  /** The environment variables. */
  readonly environment: unknown;
  /** Reads the policy file; undefined when there is none. */
  readonly policyText: () => string | undefined;
  readonly now: () => Instant;
  /** Where the AWS services are and who calls them. @default the AWS SDK's own */
  readonly aws?: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** @default those of SlackWebhook: 10 s per attempt, 1.1 s between attempts */
  readonly slack?: WebhookOptions;
  /** @default PagerDuty's own */
  readonly pagerDuty?: DestinationServices['pagerDuty'];
}

/** Everything that lives as long as the container. */
export interface Wiring {
  readonly settings: Settings;
  readonly secret: Secret;
  /** The ports of an organisation. The same ones as before while the organisation is the same. */
  readonly portsFor: (organisation: string) => Ports & { readonly silences: SilenceStore };
}

/** @throws SyncAlertsError `settings_invalid` that names every fault of the settings. */
export function wire({ environment, policyText, now, aws, slack: options, pagerDuty }: Runtime): Wiring {
  const parsed = parseSettings(environment, policyText());
  if (!parsed.ok) {
    const faults = parsed.faults.join('; ');
    const advice = 'Fix the environment variables or the policy in the stack and redeploy';
    throw new SyncAlertsError('settings_invalid', `the settings are invalid: ${faults}. ${advice}`);
  }
  const { settings } = parsed;
  const { secretId, stackName, tableName: table, baseUrl, connectorId } = settings;
  const client = new DynamoDBClient({ ...CLIENT_OPTIONS, ...aws });
  const secrets = new SecretsManagerClient({ ...CLIENT_OPTIONS, ...aws });
  const secret = new Secret({ client: secrets, secretId, stackName, now });
  const slack = new SlackWebhook(secret.webhookUrl, options);
  const heartbeat = new HttpHeartbeat(secret.heartbeatUrl);
  const sns = { sign: signedBy(client), endpoint: aws?.endpoint };
  const services = { secret, environment: settings.environment, slack: options, pagerDuty, sns };
  const destinations = destinationPorts(settings.policy.destinations, services);
  let latest: { readonly organisation: string; readonly ports: ReturnType<Wiring['portsFor']> } | undefined;

  return {
    settings,
    secret,
    portsFor: (organisation) => {
      if (latest?.organisation === organisation) return latest.ports;
      const watched = { baseUrl, organisation, ...(connectorId !== undefined && { connectorId }) };
      const redact = (text: string) => secret.redacted(text);
      const listing = new TimbalListing({ ...watched, apiKey: secret.apiKey, now, redact });
      const state = new DynamoDbStore({ client, table, scope: stateScope(watched), now });
      const evidence = lazyEvidence({ ...watched, apiKey: secret.apiKey, redact });
      const ports = { listing, evidence, state, silences: state, slack, destinations, heartbeat, now };
      latest = { organisation, ports };
      return latest.ports;
    },
  };
}
