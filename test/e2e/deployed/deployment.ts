import { gunzipSync } from 'node:zlib';
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import type { Environment } from '../../../infra/environment-schema.ts';
import { closeLocalServers } from '../../http/local-server.ts';
import { bootstrap, deploy, type Outputs } from '../cdk.ts';
import { type Emulator, type Invocation, REGION, startEmulator } from '../emulator.ts';
import { RolePolicies } from '../role-policy.ts';
import { aws } from '../shell.ts';
import { type ReceivedMessage, type SlackReceiver, startSlackReceiver } from '../slack-receiver.ts';
import { startTimbalServer, type TimbalServer } from '../timbal-server.ts';
import { API_KEY, WEBHOOK } from './secrets.ts';

const STACK = 'SyncAlerts-prod';
const APP = 'node --import tsx test/e2e/deployed/app.ts';
const PREVIOUS_APP = 'node --import tsx test/e2e/deployed/previous-release.ts';
export const ORGANISATION = 'acme';

type Item = Readonly<Record<string, AttributeValue>>;

/** `SyncAlerts-prod` in its own emulated account, with Timbal and Slack on loopback. */
export class Deployment {
  readonly emulator: Emulator;
  readonly timbal: TimbalServer;
  readonly slack: SlackReceiver;
  outputs: Outputs = {};
  /** Every state that a call of `items` has found. */
  readonly documents = new Set<string>();
  readonly #dynamodb: DynamoDBClient;
  readonly #secrets: SecretsManagerClient;
  #resources: readonly Resource[] = [];
  #takenMessages = 0;

  private constructor(emulator: Emulator, timbal: TimbalServer, slack: SlackReceiver) {
    this.emulator = emulator;
    this.timbal = timbal;
    this.slack = slack;
    const administrator = {
      endpoint: emulator.url,
      region: REGION,
      credentials: { accessKeyId: 'administrator', secretAccessKey: 'administrator' },
    };
    this.#dynamodb = new DynamoDBClient(administrator);
    this.#secrets = new SecretsManagerClient(administrator);
  }

  /** A bootstrapped account, with nothing deployed. */
  static async prepare(): Promise<Deployment> {
    const [timbal, slack] = await Promise.all([
      startTimbalServer({ organisation: ORGANISATION, key: API_KEY }),
      startSlackReceiver(),
    ]);
    const deployment = new Deployment(await startEmulator(), timbal, slack);
    try {
      await bootstrap(deployment.emulator);
      return deployment;
    } catch (error) {
      await deployment.stop();
      throw error;
    }
  }

  /** Deployed, with its secret filled. */
  static async start(): Promise<Deployment> {
    const deployment = await Deployment.prepare();
    await deployment.deploy();
    await deployment.fill();
    return deployment;
  }

  /** Deploys `infra/app.ts` unchanged. */
  async deployShipped(): Promise<void> {
    this.outputs = await deploy(this.emulator, STACK);
    await this.#readResources();
  }

  /** Deploys `prod` with the API on loopback. */
  async deploy(environment: Environment = {}, description?: string): Promise<void> {
    const prod: Environment = { timbalBaseUrl: this.timbal.baseUrl, ...environment };
    const context = {
      environments: JSON.stringify({ prod }),
      ...(description !== undefined && { description }),
    };
    this.outputs = await deploy(this.emulator, STACK, { app: APP, context });
    await this.#readResources();
  }

  /** Deploys the template of the release before, with the present code. */
  async deployPreviousRelease(): Promise<void> {
    this.outputs = await deploy(this.emulator, STACK, { app: PREVIOUS_APP });
    await this.#readResources();
  }

  /** Deploys `prod` again, and undoes what somebody changed by hand. */
  async revertDrift(): Promise<void> {
    const context = { environments: JSON.stringify({ prod: { timbalBaseUrl: this.timbal.baseUrl } }) };
    await deploy(this.emulator, STACK, { app: APP, context, revertDrift: true });
  }

  /** Deletes the stack, as `cdk destroy` does. The outputs stay, as a person has noted them. */
  async destroy(): Promise<void> {
    await aws(this.emulator, 'cloudformation', 'delete-stack', '--stack-name', STACK);
    this.#resources = [];
  }

  /** Every physical id by its logical id. */
  physicalIds(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#resources.map(({ LogicalResourceId, PhysicalResourceId }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  }

  async stop(): Promise<void> {
    this.#dynamodb.destroy();
    this.#secrets.destroy();
    await Promise.all([this.emulator.stop(), closeLocalServers()]);
  }

  invoke(event: unknown = {}): Promise<Invocation> {
    return this.emulator.invoke(this.output('FunctionName'), event);
  }

  /** The messages posted since the last call. */
  takePosted(): readonly ReceivedMessage[] {
    const messages = this.slack.messages().slice(this.#takenMessages);
    this.#takenMessages += messages.length;
    return messages;
  }

  output(name: string): string {
    return required(this.outputs[name], `output ${name}`);
  }

  /** The physical id of a resource. Its logical id is given without the hash: "WatchFunctionRole". */
  resource(logicalId: string): string {
    const found = this.#resources.find(({ LogicalResourceId: id }) => withoutHash(id) === logicalId);
    return required(found?.PhysicalResourceId, `resource ${logicalId}`);
  }

  /** The inline policies of a role, given by its logical id without the hash. */
  policiesOf(role: string): RolePolicies {
    return new RolePolicies(this.emulator, this.resource(role));
  }

  /** The AWS calls of an invocation, in their order: "dynamodb:Query". */
  async calls({ requestId }: Invocation): Promise<readonly string[]> {
    const calls = await this.emulator.calls(requestId);
    return calls.map(({ service, action }) => `${service}:${action}`);
  }

  /** Fills the secret with valid values, except for these. */
  fill(values: Readonly<Record<string, unknown>> = {}): Promise<void> {
    return this.fillWith(
      JSON.stringify({
        timbalApiKey: this.timbal.key,
        timbalOrgId: ORGANISATION,
        slackWebhookUrl: this.slack.webhookUrl(WEBHOOK),
        ...values,
      }),
    );
  }

  async fillWith(text: string): Promise<void> {
    const SecretId = this.output('SecretArn');
    await this.#secrets.send(new PutSecretValueCommand({ SecretId, SecretString: text }));
  }

  async secretText(): Promise<string | undefined> {
    const SecretId = this.output('SecretArn');
    return (await this.#secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  }

  /** All items of the table: the parts of one state in their order, and the silences. */
  async items(): Promise<readonly Item[]> {
    const { Items = [] } = await this.#dynamodb.send(
      new ScanCommand({ TableName: this.output('TableName'), ConsistentRead: true }),
    );
    if (Items.some(isOfState)) this.documents.add(documentIn(Items));
    return Items;
  }

  /** The stored state as JSON; empty when there is none. */
  async document(): Promise<string> {
    const items = await this.items();
    return items.some(isOfState) ? documentIn(items) : '';
  }

  async putItem(Item: Record<string, AttributeValue>): Promise<void> {
    await this.#dynamodb.send(new PutItemCommand({ TableName: this.output('TableName'), Item }));
  }

  /** Deletes the state and the containers, and resets the servers: the next check is an initial run. */
  async startAfresh(): Promise<void> {
    for (const { scope, part } of await this.items()) {
      if (scope === undefined || part === undefined) throw new Error('an item lacks its keys');
      await this.#dynamodb.send(
        new DeleteItemCommand({ TableName: this.output('TableName'), Key: { scope, part } }),
      );
    }
    await this.emulator.clearFaults();
    await this.emulator.coolDown();
    this.timbal.instead = undefined;
    this.timbal.syncs = [];
    this.slack.script.length = 0;
    this.takePosted();
  }

  async #readResources(): Promise<void> {
    const described = await aws(
      this.emulator,
      'cloudformation',
      'describe-stack-resources',
      '--stack-name',
      STACK,
    );
    this.#resources = v.parse(ResourcesSchema, described).StackResources;
  }
}

const ResourceSchema = v.object({ LogicalResourceId: v.string(), PhysicalResourceId: v.string() });
const ResourcesSchema = v.object({ StackResources: v.array(ResourceSchema) });
type Resource = v.InferOutput<typeof ResourceSchema>;

/** Not of a silence. */
function isOfState({ bytes }: Item): boolean {
  return bytes !== undefined;
}

function documentIn(items: readonly Item[]): string {
  return gunzipSync(Buffer.concat(items.filter(isOfState).map(bytesOf))).toString();
}

export function bytesOf({ bytes }: Item): Uint8Array {
  return bytes?.B ?? new Uint8Array();
}

/** The CDK appends a hash of eight characters to the path of a construct. */
function withoutHash(logicalId: string): string {
  return logicalId.slice(0, -8);
}

function required(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`the stack has no ${what}`);
  return value;
}
