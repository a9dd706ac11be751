import type { IncomingMessage, ServerResponse } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CLIENT_OPTIONS } from '../../lambda/aws/client-options.ts';
import { type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

export const TABLE = 'sync-alerts-test';

type Value = { readonly S?: string; readonly N?: string; readonly B?: string };
export type Item = Readonly<Record<string, Value>>;

interface Put {
  readonly Item: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

interface Delete {
  readonly Key: Item;
  readonly ConditionExpression?: string;
}

interface Transaction {
  readonly ClientRequestToken: string;
  readonly TransactItems: readonly { readonly Put?: Put; readonly Delete?: Delete }[];
}

interface Query {
  readonly ConsistentRead?: boolean;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  readonly ExclusiveStartKey?: Item;
}

/** What goes wrong with a call: another response, or a response that is lost after the call was executed. */
export type Fault = Behaviour | 'executed, response lost';

const PAGE_BYTES = 1024 * 1024;
const MAX_ITEM_BYTES = 400 * 1024;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

/**
 * A DynamoDB on loopback, over real HTTP, with the properties that the store relies on: transactions are atomic,
 * conditional, idempotent by their token and at most 4 MB; a query returns at most 1 MB; an item holds at most 400 KB. It
 * knows the expressions that the store sends, and fails on any other.
 */
export class ADynamoDb {
  /** By sort key. A test has one scope, unless it sets the attribute itself. */
  readonly items = new Map<string, Item>();
  /** The faults of the next queries, in this order; undefined: none. */
  readonly onQueries: (Fault | undefined)[] = [];
  readonly onWrites: (Fault | undefined)[] = [];
  /** Run before the responses to the next queries, in this order. */
  readonly beforeQueries: (() => void)[] = [];
  /** Write units of all transactions, as DynamoDB counts them: two for each started KB of each item. */
  writeUnits = 0;
  queries = 0;
  /** Read units of all queries, as DynamoDB counts consistent ones: one for each started 4 KB of a response. */
  readUnits = 0;
  writes = 0;
  readonly #tokens = new Map<string, string>();
  #server: LocalServer | undefined;

  static async start(): Promise<ADynamoDb> {
    const table = new ADynamoDb();
    const server = await localServer((request, response) => {
      table.answer(request, server.requests.at(-1)?.body ?? '', response);
    });
    table.#server = server;
    return table;
  }

  get server(): LocalServer {
    if (this.#server === undefined) throw new Error('the server was not started');
    return this.#server;
  }

  /** A client with the options of the function. */
  client(): DynamoDBClient {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const endpoint = this.server.url;
    return new DynamoDBClient({ ...CLIENT_OPTIONS, region: 'eu-west-1', endpoint, credentials });
  }

  /** Forgets all tokens, as DynamoDB does after ten minutes. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  /** Responds to one call, for a server that plays several services. */
  answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const target = String(request.headers['x-amz-target']);
    const isQuery = target === 'DynamoDB_20120810.Query';
    if (isQuery) this.queries += 1;
    else this.writes += 1;
    const fault = (isQuery ? this.onQueries : this.onWrites).shift();
    if (typeof fault === 'function') {
      fault(request, response);
      return;
    }
    const reply = isQuery ? this.#query(JSON.parse(body)) : this.#transact(JSON.parse(body), body);
    if (fault === undefined) replying(reply)(request, response);
    else request.socket.destroy();
  }

  #query({ ConsistentRead, ExpressionAttributeValues: values, ExclusiveStartKey: from }: Query): Reply {
    this.beforeQueries.shift()?.();
    if (!ConsistentRead) return faultReply('ValidationException', 'a check must read consistently');
    const scope = values[':scope']?.S;
    const prefix = values[':prefix']?.S ?? '';
    const after = from?.['part']?.S ?? '';
    const found = [...this.items.values()]
      .filter((item) => item['scope']?.S === scope && partOf(item).startsWith(prefix) && partOf(item) > after)
      .sort((one, other) => (partOf(one) < partOf(other) ? -1 : 1));
    const page: Item[] = [];
    let bytes = 0;
    for (const item of found) {
      if (bytes >= PAGE_BYTES) break;
      page.push(item);
      bytes += sizeOf(item);
    }
    this.readUnits += Math.max(1, Math.ceil(bytes / 4096));
    const last = page.at(-1);
    const isAll = page.length === found.length || last === undefined;
    const more = isAll ? {} : { LastEvaluatedKey: { scope: last['scope'], part: last['part'] } };
    return [200, { Items: page, Count: page.length, ...more }];
  }

  #transact({ ClientRequestToken: token, TransactItems: actions }: Transaction, body: string): Reply {
    const known = this.#tokens.get(token);
    if (known === body) return [200, {}];
    if (known !== undefined) return faultReply('IdempotentParameterMismatchException', 'another request');
    const puts = actions.flatMap(({ Put }) => (Put === undefined ? [] : [Put.Item]));
    const parts = actions.map(({ Put, Delete }) => partOf(Put?.Item ?? Delete?.Key ?? {}));
    if (parts.length > 100 || new Set(parts).size < parts.length)
      return faultReply('ValidationException', 'items');
    if (puts.some((item) => sizeOf(item) > MAX_ITEM_BYTES))
      return faultReply('ValidationException', 'item size');
    const bytes = puts.reduce((sum, item) => sum + sizeOf(item), 0);
    if (bytes > MAX_TRANSACTION_BYTES) return faultReply('ValidationException', 'transaction size');
    const conditions = actions.map(({ Put, Delete }) =>
      this.#isConditionMet(Put?.Item ?? Delete?.Key ?? {}, Put ?? Delete),
    );
    if (conditions.includes(false)) {
      return cancelled(...conditions.map((isMet) => (isMet ? 'None' : 'ConditionalCheckFailed')));
    }
    for (const { Put, Delete } of actions) {
      const part = partOf(Put?.Item ?? Delete?.Key ?? {});
      const size = Math.max(sizeOf(Put?.Item ?? {}), sizeOf(this.items.get(part) ?? {}), 1);
      this.writeUnits += 2 * Math.ceil(size / 1024);
      if (Put === undefined) this.items.delete(part);
      else this.items.set(part, Put.Item);
    }
    this.#tokens.set(token, body);
    return [200, {}];
  }

  #isConditionMet(
    item: Item,
    { ConditionExpression, ExpressionAttributeValues }: Omit<Put, 'Item'> = {},
  ): boolean {
    const current = this.items.get(partOf(item));
    switch (ConditionExpression) {
      case undefined:
        return true;
      case 'attribute_not_exists(part)':
        return current === undefined;
      case 'attribute_exists(part)':
        return current !== undefined;
      case 'version = :before':
        return current?.['version']?.N === ExpressionAttributeValues?.[':before']?.N;
      default:
        throw new Error(`unknown condition: ${ConditionExpression}`);
    }
  }
}

type Reply = readonly [status: number, body: unknown];

/** An error as DynamoDB sends it. */
export function faulty(type: string, message = 'a message of the service', status = 400): Behaviour {
  return replying(faultReply(type, message, status));
}

/** The error of a cancelled transaction, with the reason of each item. */
export function cancels(...reasons: readonly string[]): Behaviour {
  return replying(cancelled(...reasons));
}

function replying([status, body]: Reply): Behaviour {
  return (_request, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(body));
}

function faultReply(type: string, message: string, status = 400): Reply {
  return [status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }];
}

function cancelled(...reasons: readonly string[]): Reply {
  const type = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException';
  const message = 'Transaction cancelled, please refer cancellation reasons for specific reasons';
  return [400, { __type: type, Message: message, CancellationReasons: reasons.map((Code) => ({ Code })) }];
}

function partOf(item: Item): string {
  return item['part']?.S ?? '';
}

/** The size of an item as DynamoDB counts it: characters of names, texts and digits, and the number of bytes. */
function sizeOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, { S = '', N = '', B = '' }]) => {
    return sum + name.length + S.length + N.length + Buffer.byteLength(B, 'base64');
  }, 0);
}
