import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandOutput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { awsFault } from '../aws/fault.ts';
import { NOTHING_REMEMBERED, type WatchState } from '../core/state.ts';
import { cutBy, type Deadline, deadlineIn } from '../http/deadline.ts';
import { decode, encode } from './document.ts';
import { adviceFor, writeFaultOf } from './dynamodb-fault.ts';
import {
  assembled,
  fitsTransaction,
  itemsOf,
  MAX_TRANSACTION_BYTES,
  PART_PREFIX,
  partName,
  piecesOf,
  type Written,
} from './dynamodb-items.ts';
import { StateConflict, StateError } from './errors.ts';
import type { LoadedState, StateStore } from './state-store.ts';

export interface DynamoDbStoreOptions {
  /** Retries what it knows to pass: throttling, 5xx, the network. */
  readonly client: DynamoDBClient;
  readonly table: string;
  /** The partition key (`memoryScope`). */
  readonly scope: string;
  /** Each reading and each writing is cut then, retries included. */
  readonly seconds?: number;
}

/** What a check keeps after its last post (design, section 6, "Time"): whatever is begun before then ends in time. */
const SECONDS = 5;
/** A memory that is being written is whole again within milliseconds. */
const MAX_READS = 5;
const MAX_WRITES = 6;
const MIN_PAUSE_MS = 50;
/** Far above what fits a transaction; a bound, so that nothing can fill the function's memory. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

const READING = 'dynamodb:Query';
const WRITING = 'dynamodb:PutItem and dynamodb:DeleteItem';
const START_AFRESH =
  'delete its items to start afresh (everything wrong is then told again), or restore the table to a point in time';

/**
 * A memory in a DynamoDB table: gzipped, in as many items as it needs, all written by one transaction, read by one
 * strongly consistent query. A write that was made, though its answer was lost, is known by its id.
 */
export class DynamoDbStore implements StateStore {
  readonly #options: DynamoDbStoreOptions;
  readonly #place: string;
  /** The latest write that this store read or made: how many items a later one replaces. */
  #latest: { readonly version: number; readonly pieces: number } | undefined;

  constructor(options: DynamoDbStoreOptions) {
    this.#options = options;
    this.#place = `the memory in table ${JSON.stringify(options.table)}, scope ${options.scope}`;
  }

  async load(): Promise<LoadedState> {
    const written = await this.#read(this.#deadline());
    if (written === undefined) return { state: NOTHING_REMEMBERED, version: 0 };
    const loaded = decode(await this.#document(written), this.#place);
    if (loaded.version === written.version) return loaded;
    throw this.#unreadable('holds a document of another version than its items say');
  }

  async save(state: WatchState, version: number, by?: Deadline): Promise<number> {
    const deadline = by === undefined ? this.#deadline() : cutBy(this.#deadline(), by.signal);
    const json = JSON.stringify(encode(state, version + 1));
    const written = { version: version + 1, writeId: randomUUID(), bytes: await promisify(gzip)(json) };
    const before = await this.#piecesBefore(version, deadline);
    const pieces = piecesOf(written.bytes);
    if (!fitsTransaction(pieces, before)) throw this.#tooLarge(written.bytes.length);
    const { table, scope } = this.#options;
    await this.#write(itemsOf(table, scope, written, before), written, deadline);
    this.#latest = { version: written.version, pieces: pieces.length };
    return written.version;
  }

  /** Undefined when there is no memory. A reader beside a writer may find parts of two writes, and reads again. */
  async #read(deadline: Deadline): Promise<Written | undefined> {
    for (let reads = 1; ; reads += 1) {
      const found = assembled(await this.#items(deadline));
      switch (found.kind) {
        case 'nothing':
          this.#latest = { version: 0, pieces: 0 };
          return undefined;
        case 'whole':
          this.#latest = { version: found.written.version, pieces: found.pieces };
          return found.written;
        case 'foreign':
          throw this.#unreadable(`holds an item that is none of its own, ${JSON.stringify(found.part)}`);
        case 'torn':
          if (reads < MAX_READS && (await paused(reads, deadline))) continue;
          throw this.#unreadable(`holds parts of different writes, in ${reads} readings running`);
      }
    }
  }

  /** All items of the memory: one call, and one more for each further MB. */
  async #items(deadline: Deadline): Promise<readonly Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#query(PART_PREFIX, from, deadline);
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }

  async #query(
    prefix: string,
    from: Record<string, AttributeValue> | undefined,
    deadline: Deadline,
  ): Promise<QueryCommandOutput> {
    const { client, table, scope } = this.#options;
    const command = new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#scope = :scope AND begins_with(#part, :prefix)',
      ExpressionAttributeNames: { '#scope': 'scope', '#part': 'part' },
      ExpressionAttributeValues: { ':scope': { S: scope }, ':prefix': { S: prefix } },
      ...(from !== undefined && { ExclusiveStartKey: from }),
    });
    try {
      return await client.send(command, { abortSignal: deadline.signal });
    } catch (error) {
      const { name, deniedAction } = awsFault(error);
      const what = `${this.#place} cannot be read (${name})`;
      throw new StateError('state_unreadable', `${what}; ${adviceFor(name, deniedAction, READING)}`);
    }
  }

  async #document({ bytes }: Written): Promise<unknown> {
    let json: Buffer;
    try {
      json = await promisify(gunzip)(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES });
    } catch {
      throw this.#unreadable('is damaged: its bytes are not gzip');
    }
    try {
      return JSON.parse(json.toString());
    } catch {
      throw this.#unreadable('is damaged: its text is not JSON');
    }
  }

  /** How many items the memory of that version has; usually it was read, or written, by this store just before. */
  async #piecesBefore(version: number, deadline: Deadline): Promise<number> {
    if (version === 0) return 0;
    if (this.#latest?.version !== version) await this.#read(deadline);
    if (this.#latest?.version !== version) throw new StateConflict(this.#place, version);
    return this.#latest.pieces;
  }

  async #write(items: TransactWriteItem[], { version, writeId }: Written, deadline: Deadline): Promise<void> {
    const { client } = this.#options;
    // The token makes a repeated write the same write for ten minutes (DynamoDB, `ClientRequestToken`).
    const command = new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: writeId });
    for (let writes = 1; ; writes += 1) {
      try {
        await client.send(command, { abortSignal: deadline.signal });
        return;
      } catch (error) {
        const fault = writeFaultOf(error);
        switch (fault.kind) {
          case 'conflict':
            if (await this.#isWritten(writeId, deadline)) return;
            this.#latest = undefined;
            throw new StateConflict(this.#place, version - 1);
          case 'passing':
            if (writes < MAX_WRITES && (await paused(writes, deadline))) continue;
            throw this.#unwritable(fault.name, undefined, `, ${writes} tries`);
          case 'lasting':
            throw this.#unwritable(fault.name, fault.deniedAction, '');
        }
      }
    }
  }

  /** Whether the head is this very write: it was made, and its answer lost. */
  async #isWritten(writeId: string, deadline: Deadline): Promise<boolean> {
    const [head] = (await this.#query(partName(0), undefined, deadline)).Items ?? [];
    return head?.['writeId']?.S === writeId;
  }

  #deadline(): Deadline {
    return deadlineIn(this.#options.seconds ?? SECONDS);
  }

  #unreadable(what: string): StateError {
    const message = `${this.#place} ${what}. It is left as it is; ${START_AFRESH}`;
    return new StateError('state_unreadable', message);
  }

  /** Whether it was written is not always known: then the next check finds out. */
  #unwritable(name: string, deniedAction: string | undefined, attempts: string): StateError {
    // Whatever is there now, the next write must not go by what this store knew.
    this.#latest = undefined;
    const what = `${this.#place} could not be written (${name}${attempts})`;
    return new StateError('state_unwritable', `${what}; ${adviceFor(name, deniedAction, WRITING)}`);
  }

  #tooLarge(bytes: number): StateError {
    const megabytes = (size: number) => (size / 1024 / 1024).toFixed(1);
    const what = `${this.#place} would be ${megabytes(bytes)} MB compressed, and one transaction writes ${megabytes(MAX_TRANSACTION_BYTES)} MB at most`;
    const advice = 'watch fewer syncs with one stack: ignore some in the policy, or filter by connector';
    return new StateError('state_unwritable', `${what}; nothing was written; ${advice}`);
  }
}

/** Waits before the next try, twice as long each time, with jitter; false when the deadline comes first. */
async function paused(attempts: number, { signal, leftMs }: Deadline): Promise<boolean> {
  const pauseMs = MIN_PAUSE_MS * 2 ** (attempts - 1) * (1 + Math.random());
  if (pauseMs >= leftMs()) return false;
  try {
    await sleep(pauseMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
