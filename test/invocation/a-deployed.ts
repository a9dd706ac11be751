import { gunzipSync } from 'node:zlib';
import { ENVIRONMENT_VARIABLES as NAMES } from '../../lambda/invocation/environment-variables.ts';
import { createHandler, type Handler } from '../../lambda/invocation/invocation.ts';
import type { World } from '../../lambda/invocation/wiring.ts';
import { aRecord, START } from '../commands/a-world.ts';
import { answers, answersJson, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';
import { ASecretsManager } from '../secret/a-secrets-manager.ts';
import { ADynamoDb, TABLE } from '../state/a-dynamodb.ts';

/** In each value of the secret that is one. */
export const MARK = 'MARKED';

/** The function as it is deployed, but for where its world is: an API, a Slack and an AWS on loopback. */
export class Deployed {
  now = START;
  clock = () => this.now;
  shown: readonly unknown[] = [aRecord(START)];
  apiKeys = [`${MARK}-key`];
  slackAnswer = answers(200, 'ok');
  /** What it answers before that, one for each post. */
  slackAnswers: Behaviour[] = [];
  /** What the API does instead of answering, when it does something else. */
  apiBehaviour: Behaviour | undefined;
  /** Where AWS is, when it is somewhere else. */
  awsUrl: string | undefined;
  policy: string | undefined = '{}';
  leftMs = 60_000;
  readonly environment: Record<string, string> = {};
  readonly lines: { readonly level: string; readonly entry: Readonly<Record<string, unknown>> }[] = [];
  /** What was printed as it is. */
  readonly printed: string[] = [];
  readonly secrets = new ASecretsManager();
  table = new ADynamoDb();
  #servers: { readonly api: LocalServer; readonly slack: LocalServer; readonly aws: LocalServer } | undefined;
  #handler: Handler | undefined;

  static async start(): Promise<Deployed> {
    const deployed = new Deployed();
    const api = await localServer((request, response) => {
      const isKnown = deployed.apiKeys.some((key) => request.headers.authorization === `Bearer ${key}`);
      const answer = isKnown ? answersJson(200, { syncs: deployed.shown }) : answersJson(401, {});
      (deployed.apiBehaviour ?? answer)(request, response);
    });
    const slack = await localServer((request, response) =>
      (deployed.slackAnswers.shift() ?? deployed.slackAnswer)(request, response),
    );
    const aws = await localServer((request, response) => {
      const body = aws.requests.at(-1)?.body ?? '';
      const isSecret = String(request.headers['x-amz-target']).startsWith('secretsmanager.');
      (isSecret ? deployed.secrets : deployed.table).answer(request, body, response);
    });
    deployed.#servers = { api, slack, aws };
    deployed.fill();
    Object.assign(deployed.environment, {
      [NAMES.environment]: 'prod',
      [NAMES.secretId]: 'sync-alerts',
      [NAMES.tableName]: TABLE,
      [NAMES.periodSeconds]: '300',
      [NAMES.stackName]: 'SyncAlerts-prod',
      [NAMES.baseUrl]: api.url,
      AWS_REGION: 'eu-west-1',
    });
    deployed.freshContainer();
    return deployed;
  }

  get servers() {
    if (this.#servers === undefined) throw new Error('it was not started');
    return this.#servers;
  }

  fill(overrides: Readonly<Record<string, unknown>> = {}): void {
    const slackWebhookUrl = `${this.servers.slack.url}/services/${MARK}`;
    this.secrets.fill({ timbalApiKey: `${MARK}-key`, timbalOrgId: 'acme', slackWebhookUrl, ...overrides });
  }

  /** What the function is started with. */
  world(): World {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return {
      environment: this.environment,
      policyText: () => this.policy,
      now: () => this.clock(),
      aws: { region: 'eu-west-1', endpoint: this.awsUrl ?? this.servers.aws.url, credentials },
    };
  }

  /** Nothing is wired and nothing cached any more. */
  freshContainer(): void {
    this.#handler = createHandler(
      this.world(),
      (level, entry) => this.lines.push({ level, entry }),
      (line) => this.printed.push(line),
    );
  }

  /** What the table holds, as it was written. */
  documents(): readonly string[] {
    const bytes = [...this.table.items.values()].map((item) => Buffer.from(item['bytes']?.B ?? '', 'base64'));
    return bytes.map((gzipped) => gunzipSync(gzipped).toString());
  }

  async invoke(event: unknown = {}) {
    const context = {
      awsRequestId: 'request-1',
      functionName: 'SyncAlerts-prod-Function',
      getRemainingTimeInMillis: () => this.leftMs,
    };
    if (this.#handler === undefined) throw new Error('it was not started');
    return this.#handler(event, context);
  }

  /** The one line that was printed since this was last asked, as an object. */
  metrics(): Record<string, unknown> {
    const [line, ...others] = this.printed.splice(0);
    if (line === undefined || others.length > 0) throw new Error('not one line was printed');
    return JSON.parse(line);
  }

  /** How many calls went where. */
  calls() {
    const { api, slack } = this.servers;
    const { queries, writes } = this.table;
    const reads = this.secrets.command.length;
    return { listings: api.requests.length, posts: slack.requests.length, queries, writes, secrets: reads };
  }

  /** What the last line of the log says. */
  logged() {
    const line = this.lines.at(-1);
    if (line === undefined) throw new Error('nothing was logged');
    return line;
  }
}
