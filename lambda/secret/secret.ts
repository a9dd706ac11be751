import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { fillSecretCommand } from '../aws/cli-commands.ts';
import { type AwsFault, awsFault, isDenied, isWithoutCredentials } from '../aws/fault.ts';
import { type Instant, MINUTE_SECONDS, secondsBetween } from '../core/time.ts';
import { SyncAlertsError } from '../errors.ts';
import { deadlineIn } from '../http/deadline.ts';
import type { WebhookUrl } from '../slack/webhook.ts';
import type { ApiKey } from '../timbal/listing.ts';
import { redactedText, secretTexts } from './redaction.ts';
import { parseSecret, type SecretValues } from './secret-values.ts';

export interface SecretOptions {
  readonly client: SecretsManagerClient;
  /** ARN or name. */
  readonly secretId: string;
  /** The stack that prints the command that fills it. */
  readonly stackName: string;
  readonly now: () => Instant;
  /** The whole of a reading is cut then, retries included. */
  readonly readSeconds?: number;
}

/** How long values that were read may be used: a rotated key that is not refused is picked up within it. */
export const KEPT_SECONDS = 15 * MINUTE_SECONDS;

/** No longer than a check keeps after its last post: a webhook that is refused late is read afresh within it. */
const READ_SECONDS = 5;

/**
 * The one secret of a deployment. Kept for a bounded time in the container, read afresh when something that it holds is
 * refused; whoever asks while it is being read gets what that reading gives.
 */
export class Secret {
  readonly #options: SecretOptions;
  #kept: { readonly values: SecretValues; readonly at: Instant } | undefined;
  #reading: Promise<SecretValues> | undefined;
  /** Every value that this container has held, to be masked in what the API says and in every error. */
  readonly #held = new Set<string>();

  readonly apiKey: ApiKey = {
    read: async () => (await this.read()).apiKey,
    readFresh: async () => (await this.readFresh()).apiKey,
  };

  readonly webhookUrl: WebhookUrl = {
    name: 'default',
    read: async () => (await this.read()).webhookUrl,
    readFresh: async () => (await this.readFresh()).webhookUrl,
  };

  constructor(options: SecretOptions) {
    this.#options = options;
  }

  /** @throws SyncAlertsError that names the secret, the key and the command that fills it, and no value. */
  async read(): Promise<SecretValues> {
    const age =
      this.#kept === undefined
        ? Number.POSITIVE_INFINITY
        : secondsBetween(this.#kept.at, this.#options.now());
    // A clock that was set back makes the age negative: then it is not known.
    if (this.#kept !== undefined && age >= 0 && age < KEPT_SECONDS) return this.#kept.values;
    return this.readFresh();
  }

  /** @throws SyncAlertsError as `read` does. */
  readFresh(): Promise<SecretValues> {
    this.#reading ??= this.#fetched().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** The text without any of the secret's values. */
  redacted(text: string): string {
    return redactedText(text, this.#held);
  }

  async #fetched(): Promise<SecretValues> {
    const { now } = this.#options;
    const at = now();
    const parsed = parseSecret(await this.#text());
    if (!parsed.ok) throw this.#error('secret_invalid', `is not usable: ${parsed.faults.join('; ')}`);
    const { values } = parsed;
    const { apiKey, webhookUrl, webhookUrls } = values;
    for (const text of secretTexts(apiKey, [webhookUrl, ...Object.values(webhookUrls)])) this.#held.add(text);
    this.#kept = { values, at };
    return values;
  }

  async #text(): Promise<string> {
    const { client, secretId, readSeconds = READ_SECONDS } = this.#options;
    const { signal } = deadlineIn(readSeconds);
    let text: string | undefined;
    try {
      const command = new GetSecretValueCommand({ SecretId: secretId });
      text = (await client.send(command, { abortSignal: signal })).SecretString;
    } catch (error) {
      throw this.#unreadable(awsFault(error));
    }
    if (text === undefined) throw this.#error('secret_invalid', 'is not usable: it holds bytes, not text');
    return text;
  }

  #unreadable({ name, deniedAction }: AwsFault): SyncAlertsError {
    const { secretId } = this.#options;
    const subject = `the secret ${JSON.stringify(secretId)} could not be read`;
    if (name === 'ResourceNotFoundException') {
      return this.#error('secret_missing', 'does not exist here, or has no value yet');
    }
    if (isDenied(name)) {
      const action =
        deniedAction ?? 'secretsmanager:GetSecretValue (and kms:Decrypt, when it has a key of its own)';
      const advice = `allow the function's role ${action} on it, as the stack ${this.#options.stackName} does`;
      return new SyncAlertsError('secret_denied', `${subject}: access denied (${name}); ${advice}`);
    }
    if (isWithoutCredentials(name)) {
      const advice =
        "the function's credentials are missing or no longer valid; the next check reads it again";
      return new SyncAlertsError('secret_unreadable', `${subject} (${name}); ${advice}`);
    }
    if (name === 'InvalidRequestException') {
      const advice = `if it is marked for deletion: aws secretsmanager restore-secret --secret-id ${secretId}`;
      return new SyncAlertsError('secret_unreadable', `${subject} (${name}); ${advice}`);
    }
    const advice = 'the next check reads it again; if this lasts, look at the status of AWS Secrets Manager';
    return new SyncAlertsError('secret_unreadable', `${subject} (${name}); ${advice}`);
  }

  #error(code: string, what: string): SyncAlertsError {
    const { secretId, stackName } = this.#options;
    const command = fillSecretCommand(secretId, { region: regionOf(secretId) });
    const fill = `Fill it: ${command} (the stack ${stackName} prints it as FillSecretCommand)`;
    return new SyncAlertsError(code, `the secret ${JSON.stringify(secretId)} ${what}. ${fill}`);
  }
}

/** An ARN says where it is; of a name nobody knows. */
function regionOf(secretId: string): string | undefined {
  return secretId.startsWith('arn:') ? secretId.split(':')[3] || undefined : undefined;
}
