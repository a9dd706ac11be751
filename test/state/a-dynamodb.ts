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

interface Transaction {
  readonly ClientRequestToken: string;
  readonly TransactItems: readonly { readonly Put?: Put; readonly Delete?: { readonly Key: Item } }[];
}

interface Query {
  readonly ConsistentRead?: boolean;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  readonly ExclusiveStartKey?: Item;
}

/** What befalls a call: an answer instead of the real one, or its loss after the call was obeyed. */
export type Mishap = Behaviour | 'obeyed, and its answer lost';

const PAGE_BYTES = 1024 * 1024;
const MOST_ITEM_BYTES = 400 * 1024;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

/**
 * A DynamoDB on loopback, over real HTTP, that keeps what the store relies on: transactions are atomic, conditional,
 * idempotent by their token, at most 4 MB; a query answers at most 1 MB; an item holds at most 400 KB. It knows the
 * expressions that the store sends, and refuses any other.
 */
export class ADynamoDb {
  /** By sort key; of the one scope that a test has, unless it says otherwise. */
  readonly items = new Map<string, Item>();
  /** What befalls the next queries, in this order; undefined: nothing. */
  readonly onQueries: (Mishap | undefined)[] = [];
  readonly onWrites: (Mishap | undefined)[] = [];
  /** What happens before each answer to a query, in this order. */
  readonly beforeQueries: (() => void)[] = [];
  /** Write units of all transactions, as DynamoDB counts them: two for each KB begun of each item. */
  writeUnits = 0;
  queries = 0;
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
    if (this.#server === undefined) throw new Error('it was not started');
    return this.#server;
  }

  /** A client as the function has it. */
  client(): DynamoDBClient {
    return aDynamoDbClient(this.server.url);
  }

  /** More than ten minutes pass: no token is known any more. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  /** Answers one call: for a server that plays more than this service. */
  answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const target = String(request.headers['x-amz-target']);
    const isQuery = target === 'DynamoDB_20120810.Query';
    if (isQuery) this.queries += 1;
    else this.writes += 1;
    const mishap = (isQuery ? this.onQueries : this.onWrites).shift();
    if (typeof mishap === 'function') {
      mishap(request, response);
      return;
    }
    const [status, answer] = isQuery ? this.#query(JSON.parse(body)) : this.#transact(JSON.parse(body), body);
    if (mishap === undefined) answering([status, answer])(request, response);
    else request.socket.destroy();
  }

  #query({
    ConsistentRead,
    ExpressionAttributeValues: values,
    ExclusiveStartKey: from,
  }: Query): InvocationResponse {
    this.beforeQueries.shift()?.();
    if (!ConsistentRead) return fault('ValidationException', 'a check must not read what is out of date');
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
    const last = page.at(-1);
    const isAll = page.length === found.length || last === undefined;
    const more = isAll ? {} : { LastEvaluatedKey: { scope: last['scope'], part: last['part'] } };
    return [200, { Items: page, Count: page.length, ...more }];
  }

  #transact(
    { ClientRequestToken: token, TransactItems: command }: Transaction,
    body: string,
  ): InvocationResponse {
    const known = this.#tokens.get(token);
    if (known === body) return [200, {}];
    if (known !== undefined) return fault('IdempotentParameterMismatchException', 'another request');
    const puts = command.flatMap(({ Put }) => (Put === undefined ? [] : [Put.Item]));
    const parts = command.map(({ Put, Delete }) => partOf(Put?.Item ?? Delete?.Key ?? {}));
    if (parts.length > 100 || new Set(parts).size < parts.length)
      return fault('ValidationException', 'items');
    if (puts.some((item) => sizeOf(item) > MOST_ITEM_BYTES)) return fault('ValidationException', 'item size');
    const bytes = puts.reduce((sum, item) => sum + sizeOf(item), 0);
    if (bytes > MAX_TRANSACTION_BYTES) return fault('ValidationException', 'transaction size');
    const holds = command.map(({ Put }) => Put === undefined || this.#holds(Put));
    if (holds.includes(false)) {
      return cancelled(...holds.map((one) => (one ? 'None' : 'ConditionalCheckFailed')));
    }
    for (const { Put, Delete } of command) {
      const part = partOf(Put?.Item ?? Delete?.Key ?? {});
      const size = Math.max(sizeOf(Put?.Item ?? {}), sizeOf(this.items.get(part) ?? {}), 1);
      this.writeUnits += 2 * Math.ceil(size / 1024);
      if (Put === undefined) this.items.delete(part);
      else this.items.set(part, Put.Item);
    }
    this.#tokens.set(token, body);
    return [200, {}];
  }

  #holds({ Item, ConditionExpression, ExpressionAttributeValues }: Put): boolean {
    const there = this.items.get(partOf(Item));
    switch (ConditionExpression) {
      case undefined:
        return true;
      case 'attribute_not_exists(part)':
        return there === undefined;
      case 'version = :before':
        return there?.['version']?.N === ExpressionAttributeValues?.[':before']?.N;
      default:
        throw new Error(`not played: ${ConditionExpression}`);
    }
  }
}

/** A client as the function has it, of whatever speaks DynamoDB at this address. */
export function aDynamoDbClient(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({ ...CLIENT_OPTIONS, region: 'eu-west-1', endpoint, credentials });
}

type InvocationResponse = readonly [status: number, body: unknown];

/** An error as DynamoDB sends it. */
export function faulty(type: string, message = 'as the service words it', status = 400): Behaviour {
  return answering(fault(type, message, status));
}

/** A transaction that was cancelled, with the reason of each of its items. */
export function cancels(...reasons: readonly string[]): Behaviour {
  return answering(cancelled(...reasons));
}

function answering([status, body]: InvocationResponse): Behaviour {
  return (_request, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(body));
}

function fault(type: string, message: string, status = 400): InvocationResponse {
  return [status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }];
}

function cancelled(...reasons: readonly string[]): InvocationResponse {
  const type = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException';
  const message = 'Transaction cancelled, please refer cancellation reasons for specific reasons';
  return [400, { __type: type, Message: message, CancellationReasons: reasons.map((Code) => ({ Code })) }];
}

function partOf(item: Item): string {
  return item['part']?.S ?? '';
}

/** As DynamoDB counts: names, texts and digits by their characters, bytes by their number. */
function sizeOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, { S = '', N = '', B = '' }]) => {
    return sum + name.length + S.length + N.length + Buffer.byteLength(B, 'base64');
  }, 0);
}
