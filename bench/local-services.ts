import { ENVIRONMENT_VARIABLES as NAMES } from '../lambda/invocation/environment-variables.ts';
import { answers, type Behaviour, type LocalServer, localServer } from '../test/http/local-server.ts';
import { ASecretsManager } from '../test/secret/a-secrets-manager.ts';
import { ADynamoDb, TABLE } from '../test/state/a-dynamodb.ts';
import { startTimbalServer, type TimbalServer } from '../test/timbal-server/timbal-server.ts';
import {
  CONNECTORS_BODY,
  jobsBody,
  KNOWLEDGE_BASES_BODY,
  type ListingOptions,
  listingBody,
} from './syncs.ts';

/** Network calls by their target, and the units of DynamoDB that they cost. */
export interface Calls {
  readonly secret: number;
  readonly listing: number;
  /** Of the neighbouring routes of the listing. */
  readonly evidence: number;
  readonly stateReads: number;
  readonly readUnits: number;
  readonly stateWrites: number;
  readonly writeUnits: number;
  readonly posts: number;
}

/** A Timbal API, a Slack and an AWS on loopback, for a function in another process. */
export class LocalServices {
  /** The body of the listing. */
  body: Buffer = Buffer.from('{"syncs":[]}');
  /** Whether `body` is compressed. */
  isGzip = false;
  #jobs = jobsBody({ syncs: 0, unhealthy: 0, at: 0 });
  readonly table = new ADynamoDb();
  readonly #secrets = new ASecretsManager();
  #environment: Readonly<Record<string, string>> = {};
  #api: TimbalServer | undefined;
  #slack: LocalServer | undefined;
  #counted: Calls | undefined;

  /** With the keys of the secret that every check needs, and these; `{slack}` in their values is where Slack is. */
  static async start(secret: Readonly<Record<string, unknown>> = {}): Promise<LocalServices> {
    const services = new LocalServices();
    const api = await startTimbalServer(
      {},
      {
        syncs: (request, response) => answersBody(services.body, services.isGzip)(request, response),
        jobs: (request, response) => answersBody(services.#jobs)(request, response),
        connectors: answersBody(CONNECTORS_BODY),
        k2: answersBody(KNOWLEDGE_BASES_BODY),
      },
    );
    const slack = await localServer(answers(200, 'ok'));
    const aws = await localServer((request, response) => {
      const body = aws.requests.at(-1)?.body ?? '';
      const isSecret = String(request.headers['x-amz-target']).startsWith('secretsmanager.');
      (isSecret ? services.#secrets : services.table).answer(request, body, response);
    });
    const slackWebhookUrl = `${slack.url}/services/T00000000/B00000000/bench`;
    const further: object = JSON.parse(JSON.stringify(secret).replaceAll('{slack}', slack.url));
    const values = { timbalApiKey: 'key-of-the-bench', timbalOrgId: 'bench', slackWebhookUrl };
    services.#secrets.fill({ ...values, ...further });
    services.#api = api;
    services.#slack = slack;
    services.#environment = {
      [NAMES.environment]: 'bench',
      [NAMES.secretId]: 'sync-alerts',
      [NAMES.tableName]: TABLE,
      [NAMES.periodSeconds]: '300',
      [NAMES.stackName]: 'SyncAlerts-bench',
      [NAMES.baseUrl]: api.url,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
    };
    return services;
  }

  /** Serves such a listing, and the last run of each of its syncs. */
  list(options: ListingOptions): void {
    this.body = listingBody(options);
    this.#jobs = jobsBody(options);
  }

  /** The environment of a function whose bundle is in this folder. */
  environment(folder: string): Readonly<Record<string, string>> {
    return { ...this.#environment, LAMBDA_TASK_ROOT: folder };
  }

  /** The calls since the last count. */
  countCalls(): Calls {
    const listing = this.#api?.calls('syncs') ?? 0;
    const total: Calls = {
      secret: this.#secrets.requestedIds.length,
      listing,
      evidence: (this.#api?.requests.length ?? 0) - listing,
      stateReads: this.table.queries,
      readUnits: this.table.readUnits,
      stateWrites: this.table.writes,
      writeUnits: this.table.writeUnits,
      posts: this.#slack?.requests.length ?? 0,
    };
    const before = this.#counted;
    this.#counted = total;
    return before === undefined ? total : difference(total, before);
  }
}

function answersBody(body: Buffer, isGzip = false): Behaviour {
  return answers(200, body, {
    'content-type': 'application/json',
    ...(isGzip && { 'content-encoding': 'gzip' }),
  });
}

function difference(later: Calls, earlier: Calls): Calls {
  return {
    secret: later.secret - earlier.secret,
    listing: later.listing - earlier.listing,
    evidence: later.evidence - earlier.evidence,
    stateReads: later.stateReads - earlier.stateReads,
    readUnits: later.readUnits - earlier.readUnits,
    stateWrites: later.stateWrites - earlier.stateWrites,
    writeUnits: later.writeUnits - earlier.writeUnits,
    posts: later.posts - earlier.posts,
  };
}
