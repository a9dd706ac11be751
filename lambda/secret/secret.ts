// In: the ARN or the name of one secret in AWS Secrets Manager.
// Out: its API key, organisation and webhook URLs, cached for 15 minutes; texts with those values redacted.
// Called by: invocation/wiring.ts, which gives the key to the listing and the webhook's URL to Slack.
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { fillSecretCommand } from '../aws/cli-commands.ts';
import { type AwsFault, awsAdvice, awsFault, isDenied } from '../aws/fault.ts';
import { type Instant, MINUTE_SECONDS, secondsBetween } from '../core/time.ts';
import type { SecretValueSource } from '../destinations/secret-value.ts';
import { SyncAlertsError } from '../errors.ts';
import type { HeartbeatUrlSource } from '../heartbeat/heartbeat.ts';
import { deadlineIn } from '../http/deadline.ts';
import type { WebhookUrlSource } from '../slack/webhook.ts';
import type { ApiKeySource } from '../timbal/listing-source.ts';
import { inOrder, redactedText, secretTexts } from './redaction.ts';
import { parseSecret, type SecretValues } from './secret-values.ts';

interface SecretOptions {
  readonly client: SecretsManagerClient;
  /** ARN or name. */
  readonly secretId: string;
  /** The stack whose output is the command that fills the secret. */
  readonly stackName: string;
  readonly now: () => Instant;
  /**
   * The limit of one read, retries included, in seconds.
   * @default 5
   */
  readonly readSeconds?: number;
}

/** How long read values may be used: the longest time in which a rotated key that still works is picked up. */
const CACHE_SECONDS = 15 * MINUTE_SECONDS;

/** A check ends 5 s after its last post, and the URL of a webhook that is refused late is read within that time. */
const READ_SECONDS = 5;

/**
 * The one secret of a deployment. Its values are cached in the sandbox, and read fresh when one of them is refused.
 * Concurrent readers share one read.
 */
export class Secret {
  readonly #options: SecretOptions;
  #cached: { readonly values: SecretValues; readonly at: Instant } | undefined;
  #pendingRead: Promise<SecretValues> | undefined;
  /** All secret texts that this sandbox has ever read, rotated ones included. */
  #secretTexts: readonly string[] = [];

  readonly apiKey: ApiKeySource = {
    read: async () => (await this.read()).apiKey,
    readFresh: async () => (await this.readFresh()).apiKey,
  };

  readonly webhookUrl: WebhookUrlSource = {
    name: 'default',
    read: async () => (await this.read()).webhookUrl,
    readFresh: async () => (await this.readFresh()).webhookUrl,
  };

  readonly heartbeatUrl: HeartbeatUrlSource = async () => (await this.read()).heartbeatUrl;

  furtherWebhookUrl(name: string): WebhookUrlSource {
    return this.#named('slackWebhooks', name, ({ furtherWebhookUrls }) => furtherWebhookUrls[name]);
  }

  pagerDutyKey(name: string): SecretValueSource {
    return this.#named('pagerDutyKeys', name, ({ pagerDutyKeys }) => pagerDutyKeys[name]);
  }

  constructor(options: SecretOptions) {
    this.#options = options;
  }

  /** @throws SyncAlertsError that names the secret, the key and the command that fills it, and no value. */
  async read(): Promise<SecretValues> {
    const cached = this.#cached;
    if (cached === undefined) return this.readFresh();
    const age = secondsBetween(cached.at, this.#options.now());
    // A clock that was set back makes the age negative: then it is unknown.
    return age >= 0 && age < CACHE_SECONDS ? cached.values : this.readFresh();
  }

  /** @throws SyncAlertsError as `read` does. */
  readFresh(): Promise<SecretValues> {
    this.#pendingRead ??= this.#fetchValues().finally(() => {
      this.#pendingRead = undefined;
    });
    return this.#pendingRead;
  }

  /** The text without any value of the secret. */
  redacted(text: string): string {
    return redactedText(text, this.#secretTexts);
  }

  /** A value with a name. One that the secret lacks is read fresh: somebody may just have added it. */
  #named(
    key: string,
    name: string,
    valueIn: (values: SecretValues) => string | undefined,
  ): SecretValueSource {
    const readFresh = async () => {
      const value = valueIn(await this.readFresh());
      if (value !== undefined) return value;
      throw this.#notFilled('secret_invalid', `has no ${JSON.stringify(name)} in ${JSON.stringify(key)}`);
    };
    return { name, read: async () => valueIn(await this.read()) ?? readFresh(), readFresh };
  }

  async #fetchValues(): Promise<SecretValues> {
    const { now } = this.#options;
    const at = now();
    const parsed = parseSecret(await this.#fetchText());
    if (!parsed.ok) throw this.#notFilled('secret_invalid', `cannot be used: ${parsed.faults.join('; ')}`);
    const { values } = parsed;
    const { apiKey, webhookUrl, furtherWebhookUrls, heartbeatUrl } = values;
    const webhookUrls = [webhookUrl, ...Object.values(furtherWebhookUrls)];
    const keys = Object.values(values.pagerDutyKeys);
    const texts = [...secretTexts(apiKey, webhookUrls, heartbeatUrl), ...keys];
    this.#secretTexts = inOrder([...this.#secretTexts, ...texts]);
    this.#cached = { values, at };
    return values;
  }

  async #fetchText(): Promise<string> {
    const { client, secretId, readSeconds = READ_SECONDS } = this.#options;
    const { signal } = deadlineIn(readSeconds);
    let text: string | undefined;
    try {
      const command = new GetSecretValueCommand({ SecretId: secretId });
      text = (await client.send(command, { abortSignal: signal })).SecretString;
    } catch (error) {
      throw this.#unreadable(awsFault(error));
    }
    if (text === undefined) {
      throw this.#notFilled('secret_invalid', 'cannot be used: it holds bytes, not text');
    }
    return text;
  }

  #unreadable(fault: AwsFault): SyncAlertsError {
    const { name } = fault;
    if (name === 'ResourceNotFoundException') {
      return this.#notFilled(
        'secret_missing',
        'does not exist in this account and region, or has no value yet',
      );
    }
    const code = isDenied(name) ? 'secret_denied' : 'secret_unreadable';
    return new SyncAlertsError(code, `cannot read ${this.#label()} (${name}); ${this.#advice(fault)}`);
  }

  #advice(fault: AwsFault): string {
    const { secretId, stackName } = this.#options;
    if (fault.name === 'InvalidRequestException') {
      return `if it is marked for deletion: aws secretsmanager restore-secret --secret-id ${secretId}`;
    }
    return awsAdvice(fault, {
      actions: 'secretsmanager:GetSecretValue (and kms:Decrypt, when the secret has a key of its own)',
      resource: `the secret, or undo a change of its role: npx cdk deploy ${stackName} --revert-drift`,
      service: 'AWS Secrets Manager',
    });
  }

  #notFilled(code: 'secret_invalid' | 'secret_missing', problem: string): SyncAlertsError {
    const { secretId, stackName } = this.#options;
    const command = fillSecretCommand(secretId, { region: regionOf(secretId) });
    const advice = `Fill it: ${command} (output FillSecretCommand of the stack ${stackName})`;
    return new SyncAlertsError(code, `${this.#label()} ${problem}. ${advice}`);
  }

  #label(): string {
    return `the secret ${JSON.stringify(this.#options.secretId)}`;
  }
}

/** The region of an ARN; undefined for a name. */
function regionOf(secretId: string): string | undefined {
  return secretId.startsWith('arn:') ? secretId.split(':')[3] || undefined : undefined;
}
