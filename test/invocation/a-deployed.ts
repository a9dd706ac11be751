import { gunzipSync } from 'node:zlib';
import { ENVIRONMENT_VARIABLES as NAMES } from '../../lambda/invocation/environment-variables.ts';
import { createHandler, type Handler } from '../../lambda/invocation/invocation.ts';
import type { Runtime } from '../../lambda/invocation/wiring.ts';
import { aRecord, START } from '../commands/a-world.ts';
import { answers, answersJson, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';
import { ASecretsManager } from '../secret/a-secrets-manager.ts';
import { ADynamoDb, TABLE } from '../state/a-dynamodb.ts';

/** Part of every secret value, so that a leak can be found. */
export const MARK = 'MARKED';

/**
 * The function as deployed, with Timbal, Slack and AWS on loopback. Posts do not wait 1.1 s for each other: the tests of
 * the webhook cover that.
 */
export class Deployed {
  now = START;
  clock = () => this.now;
  shown: readonly unknown[] = [aRecord(START)];
  apiKeys = [`${MARK}-key`];
  slackAnswer = answers(200, 'ok');
  /** The responses to the next posts, before `slackAnswer`. */
  slackAnswers: Behaviour[] = [];
  /** What the API does, if not list `shown`. */
  apiBehaviour: Behaviour | undefined;
  /** Where AWS is, if not on loopback. */
  awsUrl: string | undefined;
  policy: string | undefined = '{}';
  remainingMs = 60_000;
  readonly environment: Record<string, string> = {};
  readonly lines: { readonly level: string; readonly entry: Readonly<Record<string, unknown>> }[] = [];
  /** The lines that bypassed the log: metrics. */
  readonly printed: string[] = [];
  readonly secrets = new ASecretsManager();
  table = new ADynamoDb();
  #servers: { readonly api: LocalServer; readonly slack: LocalServer; readonly aws: LocalServer } | undefined;
  #handler: Handler | undefined;

  static async start(): Promise<Deployed> {
    const deployed = new Deployed();
    const api = await localServer((request, response) => {
      const isKeyValid = deployed.apiKeys.some((key) => request.headers.authorization === `Bearer ${key}`);
      const answer = isKeyValid ? answersJson(200, { syncs: deployed.shown }) : answersJson(401, {});
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

  /** What the function starts with. */
  runtime(): Runtime {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return {
      environment: this.environment,
      policyText: () => this.policy,
      now: () => this.clock(),
      aws: { region: 'eu-west-1', endpoint: this.awsUrl ?? this.servers.aws.url, credentials },
      slack: { gapMs: 0 },
    };
  }

  /** The next invocation is a cold start. */
  freshContainer(): void {
    this.#handler = createHandler(
      this.runtime(),
      (level, entry) => this.lines.push({ level, entry }),
      (line) => this.printed.push(line),
    );
  }

  /** The documents in the table, decompressed. */
  documents(): readonly string[] {
    const bytes = [...this.table.items.values()].map((item) => Buffer.from(item['bytes']?.B ?? '', 'base64'));
    return bytes.map((gzipped) => gunzipSync(gzipped).toString());
  }

  async invoke(event: unknown = {}) {
    const context = {
      awsRequestId: 'request-1',
      functionName: 'SyncAlerts-prod-Function',
      getRemainingTimeInMillis: () => this.remainingMs,
    };
    if (this.#handler === undefined) throw new Error('it was not started');
    return this.#handler(event, context);
  }

  /** The one line printed since the last call, parsed. */
  metrics(): Record<string, unknown> {
    const [line, ...others] = this.printed.splice(0);
    if (line === undefined || others.length > 0) throw new Error('expected exactly one printed line');
    return JSON.parse(line);
  }

  /** The number of calls to each service. */
  calls() {
    const { api, slack } = this.servers;
    const { queries, writes } = this.table;
    const reads = this.secrets.requestedIds.length;
    return { listings: api.requests.length, posts: slack.requests.length, queries, writes, secrets: reads };
  }

  /** The last line of the log. */
  logged() {
    const line = this.lines.at(-1);
    if (line === undefined) throw new Error('nothing was logged');
    return line;
  }
}
