// In: the destinations of the policy.
// Out: the port to each, whose adapter is loaded when it is first needed.
// Called by: invocation/wiring.ts, once a sandbox.
import type { SignRequest } from '../aws/signed-request.ts';
import type { DestinationSettings, Policy } from '../core/policy.ts';
import type { RetryPolicy } from '../http/retries.ts';
import type { Secret } from '../secret/secret.ts';
import { SlackWebhook, type WebhookOptions } from '../slack/webhook.ts';
import type { DestinationPort } from './destination-port.ts';
import { slackDestination } from './slack-destination.ts';

/** What the adapters of destinations are made from. */
export interface DestinationServices {
  readonly secret: Secret;
  readonly environment: string;
  readonly slack?: WebhookOptions | undefined;
  /** Signs requests to SNS, and where it is. @default in the region of each topic */
  readonly sns: { readonly sign: SignRequest; readonly endpoint?: string | undefined };
  /** @default PagerDuty itself, and the retries of production */
  readonly pagerDuty?: { readonly url: string; readonly retryPolicy?: RetryPolicy } | undefined;
}

/** The port to each destination of the policy, by name. */
export function destinationPorts(
  destinations: Policy['destinations'],
  services: DestinationServices,
): Readonly<Record<string, DestinationPort>> {
  return Object.fromEntries(
    Object.entries(destinations).map(([name, settings]) => [name, destinationPort(settings, services)]),
  );
}

function destinationPort(settings: DestinationSettings, services: DestinationServices): DestinationPort {
  const { secret, environment, slack, pagerDuty, sns } = services;
  switch (settings.kind) {
    case 'slack':
      return slackDestination(new SlackWebhook(secret.furtherWebhookUrl(settings.webhook), slack));
    case 'pagerduty':
      return lazily(async () => {
        const { pagerDutyDestination } = await import('./pagerduty-destination.ts');
        const { region = 'us' } = settings;
        return pagerDutyDestination({
          key: secret.pagerDutyKey(settings.key),
          region,
          environment,
          ...pagerDuty,
        });
      });
    case 'sns':
      return lazily(async () => {
        const { snsDestination } = await import('./sns-destination.ts');
        return snsDestination({ settings, environment, ...sns });
      });
  }
}

/** A port whose adapter is loaded once, at its first use. */
function lazily(load: () => Promise<DestinationPort>): DestinationPort {
  let loading: Promise<DestinationPort> | undefined;
  const port = () => {
    loading ??= load();
    return loading;
  };
  return {
    destinationId: async (known) => (await port()).destinationId(known),
    write: async (digest, context) => (await port()).write(digest, context),
  };
}
