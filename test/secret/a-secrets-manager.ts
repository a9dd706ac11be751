import type { IncomingMessage, ServerResponse } from 'node:http';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CLIENT_OPTIONS } from '../../lambda/aws/client-options.ts';
import { answers, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

/** The values of a filled secret. Each secret one contains a mark, so that a leak can be found. */
export const FILLED = {
  timbalApiKey: 'MARKED-key',
  timbalOrgId: 'acme',
  slackWebhookUrl: 'https://hooks.slack.com/services/T0/B0/MARKED',
};

/** An AWS Secrets Manager on loopback, over real HTTP, that has one secret. */
export class ASecretsManager {
  /** The text of the secret; undefined: it holds bytes. */
  text: string | undefined = JSON.stringify(FILLED);
  /** The server's behaviour at the next reads, in this order, instead of the secret. */
  readonly onReads: Behaviour[] = [];
  /** The name or ARN of each read. */
  readonly requestedIds: string[] = [];
  #server: LocalServer | undefined;

  static async start(): Promise<ASecretsManager> {
    const secrets = new ASecretsManager();
    const server = await localServer((request, response) => {
      secrets.answer(request, server.requests.at(-1)?.body ?? '', response);
    });
    secrets.#server = server;
    return secrets;
  }

  get server(): LocalServer {
    if (this.#server === undefined) throw new Error('the server was not started');
    return this.#server;
  }

  client(): SecretsManagerClient {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return new SecretsManagerClient({
      ...CLIENT_OPTIONS,
      region: 'eu-west-1',
      endpoint: this.server.url,
      credentials,
    });
  }

  fill(values: unknown): void {
    this.text = JSON.stringify(values);
  }

  /** Responds to one call, for a server that plays several services. */
  answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { SecretId }: { SecretId: string } = JSON.parse(body);
    this.requestedIds.push(SecretId);
    const value = this.text === undefined ? { SecretBinary: 'AAEC' } : { SecretString: this.text };
    const behave = this.onReads.shift() ?? json(200, { Name: SecretId, ...value });
    behave(request, response);
  }
}

/** An error as Secrets Manager sends it, with a message that repeats a secret value. */
export function secretFault(type: string, status = 400): Behaviour {
  return json(status, { __type: type, Message: 'MARKED-key is in this message of the service' });
}

function json(status: number, body: unknown): Behaviour {
  return answers(status, JSON.stringify(body), { 'content-type': 'application/x-amz-json-1.1' });
}
