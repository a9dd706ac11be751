import type { IncomingMessage, ServerResponse } from 'node:http';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CLIENT_OPTIONS } from '../../lambda/aws/client-options.ts';
import { answers, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

/** What a filled secret holds, with a mark that nothing but the secret may hold. */
export const FILLED = {
  timbalApiKey: 'MARKED-key',
  timbalOrgId: 'acme',
  slackWebhookUrl: 'https://hooks.slack.com/services/T0/B0/MARKED',
};

/** A Secrets Manager on loopback, over real HTTP, with one secret in it. */
export class ASecretsManager {
  /** Its text; undefined: it holds bytes. */
  text: string | undefined = JSON.stringify(FILLED);
  /** What befalls the next readings, in this order. */
  readonly onReads: Behaviour[] = [];
  /** The names or ARNs that were asked for. */
  readonly command: string[] = [];
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
    if (this.#server === undefined) throw new Error('it was not started');
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

  /** Answers one call: for a server that plays more than this service. */
  answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { SecretId }: { SecretId: string } = JSON.parse(body);
    this.command.push(SecretId);
    const value = this.text === undefined ? { SecretBinary: 'AAEC' } : { SecretString: this.text };
    const behave = this.onReads.shift() ?? json(200, { Name: SecretId, ...value });
    behave(request, response);
  }
}

/** An error as Secrets Manager sends it, in words that repeat what must not be repeated. */
export function secretFault(type: string, status = 400): Behaviour {
  return json(status, { __type: type, Message: 'about MARKED-key, as the service words it' });
}

function json(status: number, body: unknown): Behaviour {
  return answers(status, JSON.stringify(body), { 'content-type': 'application/x-amz-json-1.1' });
}
